import type { Counts } from '../gate/metrics/bucket.js';
import type { RecordName } from '../record-name.js';

/** What the users of one host did at the source before anything was moved. */
export interface SourceHistory {
  readonly host: RecordName;
  /** Every bucket of the window, oldest first, null where nothing is known; empty when there is no past to read. */
  readonly buckets: readonly (Counts | null)[];
  /** Why nothing is known; null where something is. */
  readonly because: string | null;
}

/** The buckets that are known. */
export function knownBuckets({ buckets }: SourceHistory): readonly Counts[] {
  return buckets.filter((counts) => counts !== null);
}
