import { schedule } from 'node-cron';
import type { Controller } from '../engine/controller.js';
import type { Log } from '../engine/ports.js';

/** Every second: what is due is computed from the journals, so a wake-up costs one look at the list. */
const everySecond = '* * * * * *';

/** How long running ticks may take after the signal before the daemon stops waiting for them. */
const drainMs = 10_000;

/**
 * Wakes the controller until the signal comes, then lets running ticks end. node-cron only wakes: a slot that is missed because
 * the machine slept or was busy changes nothing, and slots that overlap are refused.
 */
export async function runDaemon(controller: Controller, log: Log, signal: AbortSignal): Promise<void> {
  const wake = async (): Promise<void> => {
    try {
      await controller.wake(signal);
    } catch (error) {
      log.warn(
        `the list of migrations cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
  const task = schedule(everySecond, wake, { noOverlap: true, logger: silentLogger });
  await aborted(signal);
  await task.stop();
  const drained = await Promise.race([controller.idle().then(() => true), later(drainMs)]);
  if (!drained) log.warn(`ticks were still running after ${drainMs} ms; the journal says where they were`);
}

/** The daemon tells what happened itself; node-cron's own lines would be noise on the same stream. */
const silentLogger = { info: quiet, warn: quiet, error: quiet, debug: quiet };

function quiet(): void {
  // Says nothing.
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function later(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms).unref());
}
