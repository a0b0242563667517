import type { LabRecord } from './zone/record.js';

/** How much of a host the records give to the target. */
export interface TargetShare {
  /** Percent, 0 to 100. */
  readonly percent: number;
  /** True when the host is shared by weights, false for a plain record. */
  readonly weighted: boolean;
  /** The largest TTL among the host's records; 0 for aliases, which have none of their own. */
  readonly ttlSeconds: number;
}

/**
 * Reads the target's share out of a zone's records, whatever identifiers they carry: the weight of the members that point at
 * the target, or all or nothing for a plain record.
 *
 * @param host normalised name of the host
 * @param target normalised name that records of the target point at
 */
export function targetShareOf(records: readonly LabRecord[], host: string, target: string): TargetShare {
  const own = records.filter(
    ({ name, type }) => name === host && (type === 'CNAME' || type === 'A' || type === 'AAAA'),
  );
  const weightOf = (record: LabRecord): number => record.weight ?? 1;
  const total = own.reduce((sum, record) => sum + weightOf(record), 0);
  const toTarget = own
    .filter((record) => pointsAt(record, target))
    .reduce((sum, record) => sum + weightOf(record), 0);
  return {
    percent: total === 0 ? 0 : (100 * toTarget) / total,
    weighted: own.some(({ weight }) => weight !== undefined),
    ttlSeconds: Math.max(0, ...own.map((record) => record.ttl ?? 0)),
  };
}

function pointsAt(record: LabRecord, target: string): boolean {
  const names = record.alias === undefined ? (record.values ?? []) : [record.alias.dnsName];
  return names.some((name) => `${name.toLowerCase().replace(/\.$/, '')}.` === target);
}
