import type { RecordName } from './record-name.js';
import { sameRecords, type RecordSet } from './record-set.js';

/** Everything that stands at one host and at its marker's name. */
export interface HostImage {
  readonly host: RecordName;
  readonly records: readonly RecordSet[];
  /** All record sets at `_shift.<host>`: normally none or one TXT. */
  readonly marker: readonly RecordSet[];
}

/** The records and markers of all hosts of a migration at one moment, hosts in the plan's order. */
export type RecordImage = readonly HostImage[];

/** True when records and markers of all hosts are the same. */
export function sameImage(a: RecordImage, b: RecordImage): boolean {
  if (a.length !== b.length) return false;
  return a.every((host, index) => {
    const other = b[index];
    return (
      other?.host === host.host &&
      sameRecords(host.records, other.records) &&
      sameRecords(host.marker, other.marker)
    );
  });
}

/** True when the records are the same, whatever the markers say. */
export function sameRecordsOf(a: RecordImage, b: RecordImage): boolean {
  return (
    a.length === b.length && a.every((host, index) => sameRecords(host.records, b[index]?.records ?? []))
  );
}
