import type { HostImage, RecordImage } from './record-image.js';
import { displayName } from './record-name.js';
import { describeRecord, recordKey, sameRecord, sameRecords, type RecordSet } from './record-set.js';
import { shareOf, sourceMember, targetMember } from './share.js';

/** A reason is read at three in the morning: the gravest few of a large group say enough, the differences say all. */
const maxNamed = 3;

/**
 * What somebody did to the zone, as a person would say it, the records before the markers: "the target's share of www.example.com was
 * set from 10 % to 60 %". Both images have the same hosts.
 */
export function nameDrift(expected: RecordImage, found: RecordImage): string {
  const pairs = expected.map((host) => ({
    host,
    other: found.find((candidate) => candidate.host === host.host) ?? emptyAt(host),
  }));
  const names = [
    ...pairs.flatMap(({ host, other }) => nameRecords(host, other.records)),
    ...pairs.flatMap(({ host, other }) => nameMarker(host, other.marker)),
  ];
  const more = names.length > maxNamed ? `; and ${names.length - maxNamed} more` : '';
  return `somebody changed the zone: ${names.slice(0, maxNamed).join('; ')}${more}`;
}

function emptyAt({ host }: HostImage): HostImage {
  return { host, records: [], marker: [] };
}

/** One name for a host: the gravest change there. */
function nameRecords({ host, records: expected }: HostImage, found: readonly RecordSet[]): string[] {
  if (sameRecords(expected, found)) return [];
  const name = displayName(host);
  if (found.length === 0) return [`every record of ${name} was deleted`];
  const change =
    nameForeign(name, expected, found) ??
    nameMissing(name, expected, found) ??
    nameShare(name, expected, found) ??
    nameDetail(name, expected, found);
  return [change ?? `the records of ${name} are others`];
}

/** Something stands there that this migration never wrote: a third member, another type, a plain record in place of the pair. */
function nameForeign(
  name: string,
  expected: readonly RecordSet[],
  found: readonly RecordSet[],
): string | null {
  const foreign = found.find((record) => !expected.some((other) => recordKey(other) === recordKey(record)));
  if (foreign === undefined) return null;
  const what = describeRecord(foreign);
  const isBeside = expected.every((record) => found.some((other) => recordKey(other) === recordKey(record)));
  if (isBeside) return `another record stands beside ours at ${name}, ${what}`;
  const isPair = expected.some(({ setIdentifier }) => setIdentifier !== null);
  const ours = isPair ? 'the weighted pair' : 'the record';
  return `${ours} of ${name} was replaced by ${what}`;
}

function nameMissing(
  name: string,
  expected: readonly RecordSet[],
  found: readonly RecordSet[],
): string | null {
  const missing = expected.find((record) => !found.some((other) => recordKey(other) === recordKey(record)));
  return missing === undefined ? null : `${memberOf(missing)} of ${name} was deleted`;
}

function nameShare(name: string, expected: readonly RecordSet[], found: readonly RecordSet[]): string | null {
  const before = shareOf(expected);
  const after = shareOf(found);
  if (before === null || after === null || before === after) return null;
  return `the target's share of ${name} was set from ${percent(before)} to ${percent(after)}`;
}

/** The same records with other contents. */
function nameDetail(
  name: string,
  expected: readonly RecordSet[],
  found: readonly RecordSet[],
): string | null {
  for (const record of expected) {
    const other = found.find((candidate) => recordKey(candidate) === recordKey(record));
    if (other !== undefined && !sameRecord(record, other)) return detail(name, record, other);
  }
  return null;
}

function detail(name: string, record: RecordSet, other: RecordSet): string {
  const which = `${memberOf(record)} of ${name}`;
  const { ttl, weight, healthCheckId } = other;
  if (!sameRecord({ ...record, ttl, weight, healthCheckId }, other))
    return `${which} was changed to ${describeRecord(other)}`;
  if (record.weight !== weight)
    return `the weight of ${which} was set from ${record.weight ?? 'none'} to ${weight ?? 'none'}`;
  if (record.healthCheckId !== healthCheckId)
    return `${which} ${healthCheckId === null ? 'has lost its health check' : 'has another health check'}`;
  return `the TTL of ${name} was set from ${seconds(record.ttl)} to ${seconds(ttl)}`;
}

function nameMarker({ host, marker: expected }: HostImage, found: readonly RecordSet[]): string[] {
  if (sameRecords(expected, found)) return [];
  const marker = `the marker of ${displayName(host)}`;
  if (expected.length === 0) return [`${marker} was put there`];
  return [found.length === 0 ? `${marker} was deleted` : `${marker} was changed`];
}

function memberOf({ setIdentifier, type }: RecordSet): string {
  if (setIdentifier === sourceMember) return 'the source member';
  return setIdentifier === targetMember ? 'the target member' : `the ${type}`;
}

function percent(share: number): string {
  return `${Math.round(share)} %`;
}

function seconds(ttl: number | null): string {
  return ttl === null ? 'none' : `${ttl} s`;
}
