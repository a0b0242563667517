import { readMarker } from '../marker.js';
import { displayName, markerName, type RecordName } from '../record-name.js';
import type { RecordSet } from '../record-set.js';

/** Everything that stands at the hosts and at their markers' names, as read from the zone. */
export interface ExportedZone {
  readonly id: string;
  readonly name: RecordName;
  /** SOA and NS of the zone's own name. */
  readonly apex: readonly RecordSet[];
  readonly hosts: readonly ExportedHost[];
}

export interface ExportedHost {
  readonly host: RecordName;
  readonly records: readonly RecordSet[];
  readonly marker: readonly RecordSet[];
}

/** The names that are read for an export. */
export function exportedNames(hosts: readonly RecordName[]): readonly RecordName[] {
  return hosts.flatMap((host) => [host, markerName(host)]);
}

/** What a reader of the exported text must know besides the records, one sentence for each line. */
export function exportRemarks({ host, records, marker }: ExportedHost): readonly string[] {
  const name = displayName(host);
  const at = displayName(markerName(host));
  const found = readMarker(marker);
  const standing = records.length === 0 ? [`Nothing stands at ${name}.`] : [];
  if (found === null) return standing;
  if (found.state === 'live')
    return [
      ...standing,
      `Migration ${found.migrationId} is under way: these records change with its next stage.`,
      `TXT ${at} is its marker and is left out: every write replaces it.`,
    ];
  return [
    ...standing,
    `TXT ${at} is the marker of migration ${found.migrationId}, which has ended, and is left out: shiftctl forget removes it.`,
  ];
}
