import { displayName } from '../record-name.js';
import { describeRecord, type RecordSet } from '../record-set.js';
import { safeText } from '../safe-text.js';
import { exportRemarks, type ExportedHost, type ExportedZone } from './exported-records.js';

/**
 * The records as a master file (RFC 1035, section 5) with the zone's SOA and NS, so that it is a zone by itself. What a master file
 * has no words for, weights and aliases, is told in comments; of a weighted set the member with the most weight stands.
 */
export function zoneFileText(zone: ExportedZone): string {
  const head = [
    `; Records of ${displayName(zone.name)} (${zone.id}) as they now stand.`,
    `$ORIGIN ${masterName(zone.name)}`,
    ...zone.apex.flatMap((record) => recordLines(record)),
  ];
  return `${[head, ...zone.hosts.map((host) => hostLines(host))].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function hostLines(host: ExportedHost): readonly string[] {
  const remarks = exportRemarks(host).map((remark) => comment(remark));
  return [...remarks, ...setsOf(host.records).flatMap((set) => setLines(set))];
}

/** Record sets of one name and type, which share their place in a master file. */
function setsOf(records: readonly RecordSet[]): readonly (readonly RecordSet[])[] {
  const keyOf = ({ name, type }: RecordSet): string => `${name} ${type}`;
  return [...new Set(records.map(keyOf))].map((key) => records.filter((record) => keyOf(record) === key));
}

function setLines(set: readonly RecordSet[]): readonly string[] {
  const [standing, ...others] = set.toSorted((a, b) => (b.weight ?? 0) - (a.weight ?? 0));
  if (standing === undefined) return [];
  if (others.length === 0) return recordLines(standing);
  return [
    comment('A master file has no weights; the member with the most weight stands for:'),
    ...[standing, ...others].map((record) => comment(describeRecord(record))),
    ...recordLines(standing),
  ];
}

function recordLines(record: RecordSet): readonly string[] {
  const { name, type, ttl, values, alias, foreignRouting } = record;
  if (alias !== null || foreignRouting !== null)
    return [comment(`No form in a master file: ${displayName(name)} ${describeRecord(record)}`)];
  return values.map((value) => `${masterName(name)} ${ttl ?? 0} IN ${type} ${decimalEscapes(value)}`);
}

function comment(text: string): string {
  return `; ${safeText(text, 1_000)}`;
}

/** A name with its final dot; `*` is written as such and everything else that is special by its decimal code. */
function masterName(name: string): string {
  return decimalEscapes(name.replace(/^\\052(?=\.)/, '*'));
}

/** Route 53 writes three octal digits after a backslash (Developer Guide, "DNS domain name format"), a master file three decimal ones. */
function decimalEscapes(text: string): string {
  return text.replace(/\\([0-3][0-7]{2}|.)/gs, (whole, escaped: string) =>
    escaped.length === 3 ? `\\${String(Number.parseInt(escaped, 8)).padStart(3, '0')}` : whole,
  );
}
