import type { RecordImage } from './record-image.js';
import type { RecordSet } from './record-set.js';

/** One element of a Route 53 change batch, as data. */
export interface Change {
  readonly action: 'CREATE' | 'DELETE' | 'UPSERT';
  readonly record: RecordSet;
}

/** What one `ChangeResourceRecordSets` call carries: all of it happens or none of it (Route 53 API reference). */
export interface ChangeBatch {
  readonly changes: readonly Change[];
  /** At most 256 characters; shown in the account's change history. */
  readonly comment: string;
}

/**
 * The compare-and-swap from one image to another: a DELETE with the exact old values of everything that stood there, then a
 * CREATE of everything that shall stand there. Route 53 refuses the whole batch when any DELETE does not match, so nothing
 * changes unless the zone still is as `before` says.
 *
 * All deletes come first, aliases before the records they may point at, because changes are judged in sequence.
 */
export function compareAndSwap(before: RecordImage, after: RecordImage, comment: string): ChangeBatch {
  const deletes = recordsOf(before).map((record): Change => ({ action: 'DELETE', record }));
  const creates = recordsOf(after).map((record): Change => ({ action: 'CREATE', record }));
  const aliasFirst = [...deletes].sort(
    (a, b) => Number(b.record.alias !== null) - Number(a.record.alias !== null),
  );
  const aliasLast = [...creates].sort(
    (a, b) => Number(a.record.alias !== null) - Number(b.record.alias !== null),
  );
  return { changes: [...aliasFirst, ...aliasLast], comment: comment.slice(0, 256) };
}

function recordsOf(image: RecordImage): RecordSet[] {
  return image.flatMap((host) => [...host.records, ...host.marker]);
}
