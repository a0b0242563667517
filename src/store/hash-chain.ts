import { createHash } from 'node:crypto';
import { genesisHash, type Event, type JournalEntry } from '../core/event.js';
import { canonicalJson } from './canonical-json.js';

/** The place in a chain that the next entry is linked to. */
export interface ChainLink {
  readonly sequence: number;
  readonly hash: string;
}

/** The first place where a chain is not what was written. */
export interface ChainBreak {
  readonly sequence: number;
  readonly because: string;
}

/** Where every migration's chain begins. */
export const chainStart: ChainLink = { sequence: 0, hash: genesisHash };

/** An entry as it is stored: `body` is the canonical JSON of its event. */
export interface StoredEntry extends ChainLink {
  readonly body: string;
}

/** SHA-256, lower-case hex, over the hash before and the canonical JSON of `{event, sequence}`. */
export function chainHash(previousHash: string, sequence: number, event: Event): string {
  return storedHash(previousHash, sequence, canonicalJson(event));
}

/** The same from the text of the event: a long journal is verified without being written anew. */
function storedHash(previousHash: string, sequence: number, body: string): string {
  return createHash('sha256')
    .update(previousHash)
    .update(`{"event":${body},"sequence":${sequence}}`)
    .digest('hex');
}

/**
 * The entries that `events` become after `link`. Each event is a copy that has been through JSON, so that what is returned
 * from a write is what a later read returns.
 */
export function chained(link: ChainLink, events: readonly Event[]): JournalEntry[] {
  let hash = link.hash;
  return events.map((original, index) => {
    const event = JSON.parse(canonicalJson(original)) as Event;
    const sequence = link.sequence + index + 1;
    hash = chainHash(hash, sequence, event);
    return { sequence, event, hash };
  });
}

/**
 * The first break of a chain, or null when every entry follows the one before it and has the hash of its content. A chain
 * proves nothing about entries removed from its end; the hash that each marker in the zone carries does.
 */
export function verifyChain(
  entries: readonly JournalEntry[],
  after: ChainLink = chainStart,
): ChainBreak | null {
  const stored = entries.map(({ sequence, event, hash }) => ({ sequence, hash, body: canonicalJson(event) }));
  return verifyStored(stored, after);
}

/** As `verifyChain`, of entries as they are stored. A body that is not the canonical text of its event is a break too. */
export function verifyStored(entries: readonly StoredEntry[], after: ChainLink): ChainBreak | null {
  let last = after;
  for (const entry of entries) {
    const expected = last.sequence + 1;
    if (entry.sequence !== expected) {
      return {
        sequence: expected,
        because: `this entry is missing, the next one found is ${entry.sequence}`,
      };
    }
    if (entry.hash !== storedHash(last.hash, expected, entry.body)) {
      return { sequence: expected, because: 'its hash does not fit its content and the entry before it' };
    }
    last = entry;
  }
  return null;
}
