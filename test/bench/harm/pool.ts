import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Job } from './job.js';
import type { Tally } from './tally.js';

/** Few enough that no core waits long for another at the end. */
const jobsPerMessage = 4;

/** Works off all jobs on every core; the results are in the order of the jobs and do not depend on who did what. */
export async function workAll(jobs: readonly Job[]): Promise<Tally[]> {
  const results = new Array<Tally>(jobs.length);
  let next = 0;
  const drain = (worker: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      let from = 0;
      const send = (): void => {
        from = next;
        next = Math.min(jobs.length, next + jobsPerMessage);
        if (from === next) resolve();
        else worker.postMessage(jobs.slice(from, next));
      };
      worker.on('error', reject);
      worker.on('message', (tallies: readonly Tally[]) => {
        tallies.forEach((tally, i) => (results[from + i] = tally));
        send();
      });
      send();
    });
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(new URL('worker.js', import.meta.url)),
  );
  try {
    await Promise.all(workers.map(drain));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return results;
}
