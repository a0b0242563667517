import type { Phase } from '../phase.js';

/** What each phase means to the person who is paged, and what to do in it. */
export const phaseMeanings: Readonly<Record<Phase['phase'], string>> = {
  planned: 'nothing has been written yet',
  'taking-over': 'the old record is being replaced by the weighted pair; no traffic moves',
  settling: 'a change is on its way to name servers and caches; wait',
  shifting: 'the next share is being written; wait',
  observing: 'both sides are watched and compared; nothing to do',
  waiting: 'a person is asked: approve, resume or rollback',
  finalizing: 'the plain record to the target is being written; wait',
  completed: 'everything is at the target; rollback still works',
  'rolling-back': 'everything is going back to the source; wait, or apply drain.json',
  draining: 'the source has it all back; caches are still forgetting the target',
  'rolled-back': 'everything is at the source; nothing more will happen by itself',
  halted: 'the records are not as they were left; look at history, then rollback',
  adopting: 'what a person confirmed is being written; wait',
  restoring: 'the records of before the migration are being put back; wait',
  restored: 'the records are exactly as they were before the migration',
  forgetting: 'the marker is being removed; wait',
  forgotten: 'nothing of this migration is left in the zone',
};

/** What the exit codes of `status --exit-code` and of every other verb mean. */
export const exitMeanings: readonly (readonly [number, string])[] = [
  [0, 'done'],
  [1, 'internal error of the program'],
  [2, 'invalid input'],
  [3, 'a check refused, or a permission is missing'],
  [4, 'rolled back'],
  [5, 'waits for a person'],
  [6, 'conflict: somebody else changed the records, or another controller did'],
  [7, 'a provider cannot be reached'],
  [8, 'interrupted; can be resumed'],
];
