import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../store-error.js';
import { storeFailure } from './sqlite-failure.js';

/** How long SQLite itself waits for a lock; the event loop stands still meanwhile. */
export const lockWaitMs: number = 50;

/** How long a call waits for a lock in all: two seconds, by a clock that every process has without loading anything. */
const patienceNs = 2_000_000_000n;

const pauseMs = 10;

/**
 * Runs `work`, again while another program holds the file, for two seconds at most. SQLite blocks the event loop while it
 * waits, so it waits only briefly each time: a caller that has less patience than this can give up in between.
 */
export async function waitWhileBusy<T>(path: string, work: () => T): Promise<T> {
  const start = process.hrtime.bigint();
  for (;;) {
    try {
      return work();
    } catch (error) {
      const failure = storeFailure(error, path);
      const busy = failure instanceof StoreError && failure.reason === 'busy';
      if (!busy || process.hrtime.bigint() - start >= patienceNs) throw failure;
    }
    await sleep(pauseMs);
  }
}
