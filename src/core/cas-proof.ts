import type { ChangeBatch } from './change-batch.js';
import { displayName, type RecordName } from './record-name.js';
import { textRecord, weight, type RecordSet } from './record-set.js';

const setIdentifier = 'shift-test';
const ttlSeconds = 60;
const ours = /^"shift test [a-z0-9]{1,32}; may be removed"$/;

/** Where the proof writes, and nowhere else: `_shift-test.<host>`. */
export function proofName(host: RecordName): RecordName {
  return `_shift-test.${host}` as RecordName;
}

/** The weighted TXT record that the proof creates, tries to delete under a wrong weight, and removes again. */
export function proofRecord(host: RecordName, id: string): RecordSet {
  const record = textRecord(proofName(host), `"shift test ${id}; may be removed"`, ttlSeconds);
  return { ...record, setIdentifier, weight: weight(1) };
}

/** The same record but for its weight: what a compare-and-swap on a stale share would try to delete. */
export function withWrongWeight(record: RecordSet): RecordSet {
  return { ...record, weight: weight(2) };
}

/** True for a record that an earlier proof left behind. */
export function isProofRecord(record: RecordSet): boolean {
  return (
    record.type === 'TXT' &&
    record.setIdentifier === setIdentifier &&
    record.foreignRouting === null &&
    record.values.every((value) => ours.test(value))
  );
}

export function proofBatch(action: 'CREATE' | 'DELETE', records: readonly RecordSet[]): ChangeBatch {
  const comment = `shift: proof of compare-and-swap at ${displayName(records[0]?.name ?? '')}`;
  return { changes: records.map((record) => ({ action, record })), comment: comment.slice(0, 256) };
}
