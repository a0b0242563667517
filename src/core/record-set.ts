import type { Brand } from './brand.js';
import { recordName, type RecordName } from './record-name.js';
import { assert } from './result.js';

/** A Route 53 weight, 0 to 255 (Route 53 API reference, ResourceRecordSet). */
export type Weight = Brand<number, 'Weight'>;

/** Where an alias points, as the API returns it. */
export interface AliasTarget {
  readonly hostedZoneId: string;
  /** Normalised; Route 53 may return it with a `dualstack.` prefix, which is kept. */
  readonly dnsName: string;
  readonly evaluateTargetHealth: boolean;
}

/**
 * One resource record set, exactly as read from the zone: enough to delete it by its values and to create it again.
 * Absent parts are null, never missing, so that two equal sets have equal JSON.
 */
export interface RecordSet {
  readonly name: RecordName;
  readonly type: string;
  readonly setIdentifier: string | null;
  readonly weight: Weight | null;
  /** Seconds; null on an alias. */
  readonly ttl: number | null;
  /** RDATA in the API's text form; empty on an alias. */
  readonly values: readonly string[];
  readonly alias: AliasTarget | null;
  readonly healthCheckId: string | null;
  /** The name of a routing policy or owner this product does not handle (`Region`, `TrafficPolicyInstanceId`, ...), else null. */
  readonly foreignRouting: string | null;
}

export function weight(value: number): Weight {
  assert(Number.isInteger(value) && value >= 0 && value <= 255, 'a weight is a whole number from 0 to 255');
  return value as Weight;
}

/** A plain (not weighted) CNAME. `target` is stored with a final dot. */
export function plainCname(name: RecordName, target: string, ttl: number): RecordSet {
  return { ...blank(name, 'CNAME'), ttl, values: [withFinalDot(target)] };
}

/** One member of the weighted pair. */
export function weightedCname(member: {
  name: RecordName;
  target: string;
  ttl: number;
  setIdentifier: string;
  weight: number;
  healthCheckId?: string | null;
}): RecordSet {
  return {
    ...plainCname(member.name, member.target, member.ttl),
    setIdentifier: member.setIdentifier,
    weight: weight(member.weight),
    healthCheckId: member.healthCheckId ?? null,
  };
}

/** An alias without a routing policy; it has no TTL of its own. */
export function aliasRecord(name: RecordName, type: 'A' | 'AAAA', alias: AliasTarget): RecordSet {
  return { ...blank(name, type), alias };
}

/** A TXT set whose one value is already in the API's quoted form. */
export function textRecord(name: RecordName, quoted: string, ttl: number): RecordSet {
  return { ...blank(name, 'TXT'), ttl, values: [quoted] };
}

function blank(name: RecordName, type: string): RecordSet {
  return {
    name,
    type,
    setIdentifier: null,
    weight: null,
    ttl: null,
    values: [],
    alias: null,
    healthCheckId: null,
    foreignRouting: null,
  };
}

/** A name in the one spelling used for comparing values: lower case, final dot, octal escapes; unparsable text stays itself. */
export function withFinalDot(target: string): string {
  const name = recordName(target);
  return name.ok ? name.value : target;
}

/** The identity of a record set in a zone: name, type and set identifier (Route 53 API reference). */
export function recordKey(record: RecordSet): string {
  return `${record.name} ${record.type} ${record.setIdentifier ?? ''}`;
}

function canonical(record: RecordSet): string {
  const isName = record.type === 'CNAME' || record.type === 'NS';
  const values = record.values.map((value) => (isName ? withFinalDot(value) : value)).sort();
  const alias =
    record.alias === null ? null : { ...record.alias, dnsName: withFinalDot(record.alias.dnsName) };
  const { name, type, setIdentifier, weight: share, ttl, healthCheckId, foreignRouting } = record;
  return JSON.stringify([
    name,
    type,
    setIdentifier,
    share,
    ttl,
    values,
    alias && [alias.hostedZoneId, alias.dnsName, alias.evaluateTargetHealth],
    healthCheckId,
    foreignRouting,
  ]);
}

/** Equal in everything a DELETE is matched against; the order of values and the spelling of names do not matter. */
export function sameRecord(a: RecordSet, b: RecordSet): boolean {
  return canonical(a) === canonical(b);
}

/** Equal as sets of record sets, in any order. */
export function sameRecords(a: readonly RecordSet[], b: readonly RecordSet[]): boolean {
  if (a.length !== b.length) return false;
  const left = a.map(canonical).sort();
  const right = b.map(canonical).sort();
  return left.every((text, index) => text === right[index]);
}

/** One line for a person: `CNAME shift-source 90 -> x.herokudns.com. (ttl 60)`. */
export function describeRecord(record: RecordSet): string {
  const member = record.setIdentifier === null ? '' : ` ${record.setIdentifier}`;
  const share = record.weight === null ? '' : ` weight ${record.weight}`;
  const foreign = record.foreignRouting === null ? '' : ` (${record.foreignRouting})`;
  const target = record.alias === null ? record.values.join(', ') : `alias ${record.alias.dnsName}`;
  const ttl = record.ttl === null ? '' : ` (ttl ${record.ttl}s)`;
  const check = record.healthCheckId === null ? '' : ` (health check ${record.healthCheckId})`;
  return `${record.type}${member}${share}${foreign} -> ${target}${ttl}${check}`;
}
