import { parentPort } from 'node:worker_threads';
import { work, type Job } from './job.js';

parentPort?.on('message', (jobs: readonly Job[]) => {
  parentPort?.postMessage(jobs.map((job) => work(job)));
});
