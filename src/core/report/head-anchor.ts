import type { JournalEntry } from '../event.js';
import { genesisHash } from '../event.js';
import { readMarker } from '../marker.js';
import { displayName, type RecordName } from '../record-name.js';
import type { Instant } from '../time.js';
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

/** A head that somebody kept: from a page, a message, or an export. */
export interface KeptHead {
  /** The place of that entry; null where only the hash was kept. */
  readonly sequence: number | null;
  /** Lower-case hex, the whole hash or its beginning. */
  readonly hash: string;
}

/**
 * What a kept head says about the journal.
 *
 * - `in-chain`: it is the hash of entry `sequence`: nothing up to there was changed or removed since it was sent; `later` entries follow.
 * - `cut`: the journal ends before that entry: entries `from` to `to` are gone.
 * - `changed`: that entry is there with another hash: it, or one before it, is not what it was.
 * - `absent`: the hash of no entry, and nobody knows which it should be.
 */
export type KeptHeadFound = { readonly head: KeptHead } & (
  | { readonly found: 'in-chain'; readonly sequence: number; readonly at: Instant; readonly later: number }
  | { readonly found: 'cut'; readonly from: number; readonly to: number; readonly lastAt: Instant | null }
  | { readonly found: 'changed'; readonly sequence: number; readonly at: Instant }
  | { readonly found: 'absent' }
);

/** Short beginnings of a hash would fit by chance. */
const keptHead = /^(?:([1-9]\d{0,8}):)?([0-9a-f]{16,64})$/;

/** `42:<hash>` or a hash alone; null for anything else. */
export function parseKeptHead(text: string): KeptHead | null {
  const [, sequence, hash] = keptHead.exec(text.trim().toLowerCase()) ?? [];
  return hash === undefined ? null : { sequence: sequence === undefined ? null : Number(sequence), hash };
}

/** Looks for a kept head in the journal, whose chain has been checked already. */
export function findKeptHead(entries: readonly JournalEntry[], head: KeptHead): KeptHeadFound {
  const found = entries.find(({ hash }) => hash.startsWith(head.hash));
  const last = entries.at(-1);
  if (found !== undefined) {
    const { sequence, event } = found;
    return {
      head,
      found: 'in-chain',
      sequence,
      at: event.at,
      later: (last?.sequence ?? sequence) - sequence,
    };
  }
  if (head.sequence === null) return { head, found: 'absent' };
  const there = entries.find(({ sequence }) => sequence === head.sequence);
  if (there !== undefined) return { head, found: 'changed', sequence: there.sequence, at: there.event.at };
  const from = (last?.sequence ?? 0) + 1;
  return { head, found: 'cut', from, to: head.sequence, lastAt: last?.event.at ?? null };
}

function sequenceOf(entries: readonly JournalEntry[], hash: string): number | null {
  return entries.find((entry) => entry.hash === hash)?.sequence ?? null;
}
