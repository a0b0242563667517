import type { Instant } from '../time.js';

/**
 * Things with a time, in the order of time, that grow at their end: a list of lists, so that adding one to ten thousand copies only the
 * last few. Never mutated.
 */
export type BucketLog<T extends Timed> = readonly (readonly T[])[];

export interface Timed {
  readonly at: Instant;
}

/** Entries of one inner list. */
const chunkSize = 64;

/** The log with these entries added, or put in the place of those with the same time; late ones find their place too. */
export function withEntries<T extends Timed>(log: BucketLog<T>, entries: readonly T[]): BucketLog<T> {
  if (entries.length === 0) return log;
  const chunks = [...log];
  const copied = new Set<number>();
  for (const entry of entries) place(chunks, copied, entry);
  return chunks;
}

function place<T extends Timed>(chunks: (readonly T[])[], copied: Set<number>, entry: T): void {
  let index = Math.max(0, chunks.length - 1);
  while (index > 0 && (chunks[index]?.[0]?.at ?? 0) > entry.at) index -= 1;
  const found = chunks[index] ?? [];
  const isAtEnd = index >= chunks.length - 1;
  if (found.length >= chunkSize && isAtEnd && (found.at(-1)?.at ?? 0) < entry.at) {
    copied.add(chunks.push([entry]) - 1);
    return;
  }
  const chunk = copied.has(index) ? (found as T[]) : [...found];
  copied.add(index);
  chunks[index] = chunk;
  let at = chunk.length;
  while (at > 0 && (chunk[at - 1]?.at ?? 0) > entry.at) at -= 1;
  if (at > 0 && chunk[at - 1]?.at === entry.at) chunk[at - 1] = entry;
  else chunk.splice(at, 0, entry);
}

/** Every entry, oldest first. */
export function entriesOf<T extends Timed>(log: BucketLog<T>): T[] {
  return log.flat();
}

/** The entry of exactly this time, or null. */
export function entryAt<T extends Timed>(log: BucketLog<T>, at: Instant): T | null {
  const chunk = log.findLast(([first]) => first !== undefined && first.at <= at);
  return chunk?.find((entry) => entry.at === at) ?? null;
}

/** The newest entry, or null. */
export function lastEntry<T extends Timed>(log: BucketLog<T>): T | null {
  return log.at(-1)?.at(-1) ?? null;
}
