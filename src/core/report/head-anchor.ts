import type { JournalEntry } from '../event.js';
import { genesisHash } from '../event.js';
import { readMarker } from '../marker.js';
import { displayName, type RecordName } from '../record-name.js';
import type { RecordSet } from '../record-set.js';

/** What stands at `_shift.<host>`. */
export interface HostMarker {
  readonly host: RecordName;
  readonly marker: readonly RecordSet[];
}

/**
 * What a marker in the zone says about the journal.
 *
 * - `anchored`: its head is the hash of entry `sequence`, so that nothing up to there was changed or removed since it was written.
 * - `unanchored`: the hash of no entry: the journal was changed, cut off or put back from an older copy.
 * - `none`: nothing to compare: no marker of this migration, or one that was written without the journal.
 */
export type HeadAnchor = { readonly host: string } & (
  | { readonly found: 'anchored'; readonly sequence: number }
  | { readonly found: 'unanchored'; readonly head: string }
  | { readonly found: 'none'; readonly because: string }
);

/** Compares the head that each marker carries with the entries of the journal, whose chain has been checked already. */
export function headAnchors(
  migrationId: string,
  entries: readonly JournalEntry[],
  markers: readonly HostMarker[],
): HeadAnchor[] {
  return markers.map(({ host: name, marker: records }): HeadAnchor => {
    const host = displayName(name);
    const marker = readMarker(records);
    if (marker === null) return { host, found: 'none', because: 'there is no marker of ours in the zone' };
    if (marker.migrationId !== migrationId)
      return { host, found: 'none', because: `the marker is of another migration, ${marker.migrationId}` };
    if (marker.head === '')
      return { host, found: 'none', because: 'the marker was written without the journal' };
    const sequence = marker.head === genesisHash ? 0 : sequenceOf(entries, marker.head);
    return sequence === null
      ? { host, found: 'unanchored', head: marker.head }
      : { host, found: 'anchored', sequence };
  });
}

function sequenceOf(entries: readonly JournalEntry[], hash: string): number | null {
  return entries.find((entry) => entry.hash === hash)?.sequence ?? null;
}
