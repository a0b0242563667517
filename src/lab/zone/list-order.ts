import type { LabRecord } from './record.js';

/** Where a listing of record sets begins; later fields need the earlier ones. */
export interface ListPosition {
  /** Normalised name. */
  readonly name: string;
  readonly type?: string;
  readonly setIdentifier?: string;
}

/**
 * Orders record sets as `ListResourceRecordSets` returns them: by the labels in reverse, compared as text with their final
 * dot, then by type, then by identifier. Because `-` sorts before `.`, `a-b.example.com.` comes before `a.example.com.`.
 */
export function compareRecords(left: LabRecord, right: LabRecord): number {
  return (
    compareNames(left.name, right.name) ||
    compareText(left.type, right.type) ||
    compareText(left.setIdentifier ?? '', right.setIdentifier ?? '')
  );
}

/** Orders normalised names as both `ListResourceRecordSets` and `ListHostedZonesByName` do. */
export function compareNames(left: string, right: string): number {
  return compareText(reversed(left), reversed(right));
}

/** True when a record set stands at or after the position. */
export function isAtOrAfter(record: LabRecord, position: ListPosition): boolean {
  const byName = compareNames(record.name, position.name);
  if (byName !== 0 || position.type === undefined) return byName >= 0;
  const byType = compareText(record.type, position.type);
  if (byType !== 0 || position.setIdentifier === undefined) return byType >= 0;
  return compareText(record.setIdentifier ?? '', position.setIdentifier) >= 0;
}

/** Plain comparison by code unit; `localeCompare` would depend on the machine. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function reversed(name: string): string {
  return `${name.replace(/\.$/, '').split('.').reverse().join('.')}.`;
}
