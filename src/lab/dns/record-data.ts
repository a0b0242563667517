import type { Answer, CaaData } from 'dns-packet';
import { characterStrings } from './character-strings.js';
import { wireForm } from './name.js';

/**
 * One record for a packet, from the text form of its data in the API (Route 53 Developer Guide, "Supported DNS record
 * types"). The owner is in wire form, the TTL in seconds.
 * @throws Error for data that does not fit its type and for types without a packet form here (HTTPS, NAPTR,
 *   SSHFP, SVCB, TLSA); the server then answers SERVFAIL.
 */
export function packetRecord(name: string, ttl: number, type: string, value: string): Answer {
  const fields = fieldsOf(value);
  switch (type) {
    case 'A':
    case 'AAAA':
      return { name, ttl, type, data: value };
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return { name, ttl, type, data: wireForm(value) };
    case 'TXT':
      return { name, ttl, type, data: [...characterStrings(value)] };
    case 'SOA':
      return { name, ttl, type, data: soaData(fields) };
    case 'MX':
      return { name, ttl, type, data: { preference: fields.number(0), exchange: fields.name(1) } };
    case 'SRV': {
      const [priority, weight, port] = [fields.number(0), fields.number(1), fields.number(2)];
      return { name, ttl, type, data: { priority, weight, port, target: fields.name(3) } };
    }
    case 'DS': {
      const [keyTag, algorithm, digestType] = [fields.number(0), fields.number(1), fields.number(2)];
      const digest = Buffer.from(fields.text(3), 'hex');
      return { name, ttl, type, data: { keyTag, algorithm, digestType, digest } };
    }
    case 'CAA': {
      const text = Buffer.concat(characterStrings(value)).toString('utf8');
      return {
        name,
        ttl,
        type,
        data: { flags: fields.number(0), tag: fields.text(1) as CaaData['tag'], value: text },
      };
    }
    default:
      throw new Error(`the lab's DNS has no packet form for records of type ${type}`);
  }
}

interface SoaFields {
  readonly mname: string;
  readonly rname: string;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}

function soaData(fields: Fields): SoaFields {
  return {
    mname: fields.name(0),
    rname: fields.name(1),
    serial: fields.number(2),
    refresh: fields.number(3),
    retry: fields.number(4),
    expire: fields.number(5),
    minimum: fields.number(6),
  };
}

/** The blank-separated fields of a value, each read as what it must be. */
interface Fields {
  text(index: number): string;
  number(index: number): number;
  name(index: number): string;
}

function fieldsOf(value: string): Fields {
  const parts = value.trim().split(/\s+/);
  const text = (index: number): string => {
    const part = parts[index];
    if (part === undefined) throw new Error(`the value ${value} has no field ${index + 1}`);
    return part;
  };
  const number = (index: number): number => {
    const parsed = Number(text(index));
    if (!Number.isInteger(parsed))
      throw new Error(`field ${index + 1} of the value ${value} is not a whole number`);
    return parsed;
  };
  return { text, number, name: (index) => wireForm(text(index)) };
}
