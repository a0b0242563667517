import { isIPv4, isIPv6 } from 'node:net';
import { normaliseName } from './name.js';
import type { LabRecord } from './record.js';

const maxCharacterString = 255;

/**
 * What is wrong with the values of a record set that is to be created: unreadable RDATA, a repeated value, or more than one
 * value where only one is allowed (API reference, ResourceRecord and ResourceRecordSet).
 *
 * The text for IPv4 and for a repeated value are quoted by public code; the others marked below are unconfirmed.
 */
export function valueFaults(record: LabRecord): readonly string[] {
  const values = record.values ?? [];
  const repeated = [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
  const unreadable = values
    .map((value) => rdataFault(record.type, value))
    .filter((fault) => fault !== undefined);
  return [
    ...unreadable.map((fault) => `Invalid Resource Record: FATAL problem: ${fault}`),
    ...repeated.map((value) => `Duplicate Resource Record: '${value}'`),
    ...countFaults(record, values.length),
  ];
}

/** Source unconfirmed: the rule is documented, the text is not. */
function countFaults(record: LabRecord, count: number): readonly string[] {
  if (count <= 1) return [];
  if (record.type === 'CNAME' || record.type === 'SOA') {
    return [
      `RRSet of type ${record.type} with DNS name ${record.name} must have exactly one resource record`,
    ];
  }
  if (record.weight !== undefined) {
    return [
      `RRSet with DNS name ${record.name}, type ${record.type} must have exactly one resource record as it is weighted`,
    ];
  }
  return [];
}

/** Types without a rule here are only required not to be blank. */
function rdataFault(type: string, value: string): string | undefined {
  switch (type) {
    case 'A':
      return isIPv4(value)
        ? undefined
        : problem('ARRDATAIllegalIPv4Address', 'Value is not a valid IPv4 address', value);
    case 'AAAA':
      // Source unconfirmed, after the pattern of the one for type A.
      return isIPv6(value)
        ? undefined
        : problem('AAAARRDATAIllegalIPv6Address', 'Value is not a valid IPv6 address', value);
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return nameFault(value);
    case 'TXT':
    case 'SPF':
      return characterStringFault(value);
    case 'MX':
      return fieldsFault(value, [/^\d+$/, 'name']);
    case 'SRV':
      return fieldsFault(value, [/^\d+$/, /^\d+$/, /^\d+$/, 'name']);
    case 'CAA':
      return fieldsFault(value, [/^\d+$/, /^[A-Za-z0-9]+$/, /^"[^"]*"$/]);
    case 'SOA':
      return fieldsFault(value, ['name', 'name', /^\d+$/, /^\d+$/, /^\d+$/, /^\d+$/, /^\d+$/]);
    default:
      return value.trim() === '' ? problem('InvalidRDATA', 'Value is empty', value) : undefined;
  }
}

function nameFault(value: string): string | undefined {
  const reading = normaliseName(value);
  return reading.kind === 'name' ? undefined : reading.fault.replace(/^FATAL problem: /, '');
}

/** The texts for missing quotation marks and for over 255 characters are the ones users of Terraform report. */
function characterStringFault(value: string): string | undefined {
  const strings = value.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  if (strings.length === 0 || !/^("(?:[^"\\]|\\.)*"\s*)+$/.test(value)) {
    return problem('InvalidCharacterString', 'Value should be enclosed in quotation marks', value);
  }
  const isLong = strings.some((text) => unescapedLength(text.slice(1, -1)) > maxCharacterString);
  return isLong ? problem('CharacterStringTooLong', 'Value is too long', value) : undefined;
}

function unescapedLength(text: string): number {
  return text.replace(/\\([0-7]{3}|.)/g, 'x').length;
}

/** Source unconfirmed. */
function fieldsFault(value: string, fields: readonly (RegExp | 'name')[]): string | undefined {
  const given = value.match(/"[^"]*"|\S+/g) ?? [];
  const fits =
    given.length === fields.length &&
    fields.every((field, index) => {
      const text = given[index] ?? '';
      return field === 'name' ? text === '.' || normaliseName(text).kind === 'name' : field.test(text);
    });
  return fits ? undefined : problem('InvalidRDATA', 'Value is not valid for its type', value);
}

function problem(code: string, meaning: string, encountered: string): string {
  return `${code} (${meaning}) encountered with '${encountered}'`;
}
