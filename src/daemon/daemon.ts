import { schedule } from 'node-cron';
import type { Controller } from '../engine/controller.js';
import type { Clock, Log } from '../engine/ports.js';
import { daemonHealth, type DaemonHealth } from './daemon-health.js';
import type { ServiceManager } from './service-manager.js';
import { WakeWatch } from './wake-watch.js';

/** Every second: what is due is computed from the journals, so a wake-up costs one look at the list. */
const everySecond = '* * * * * *';

/** How long running ticks may take after the signal; with what comes after, the process ends within ten seconds. */
const drainMs = 7_000;

export interface DaemonOptions {
  readonly controller: Controller;
  readonly clock: Clock;
  readonly log: Log;
  readonly manager: ServiceManager;
  /** What somebody should look at although every migration is looked after; null when there is nothing. */
  readonly warning?: () => string | null;
}

/**
 * Wakes the controller until the signal comes, then lets running ticks end. node-cron only wakes: a slot that is missed because
 * the machine slept or was busy changes nothing but is told once, and slots that overlap are refused.
 */
export class Daemon {
  readonly #options: DaemonOptions;
  readonly #watch = new WakeWatch();
  /** Why the list could not be read the last time. */
  #trouble: string | null = null;
  /** What was warned of the last time. */
  #warned: string | null = null;

  constructor(options: DaemonOptions) {
    this.#options = options;
  }

  health(): DaemonHealth {
    return daemonHealth({
      lastWakeAgeMs: this.#watch.ageMs(this.#options.clock.monotonicMs()),
      gaps: this.#watch.gaps,
      trouble: this.#trouble,
      warning: this.#options.warning?.() ?? null,
      migrations: this.#options.controller.ages(),
    });
  }

  /** Resolves after the signal with how many ticks had not ended in time. */
  async run(signal: AbortSignal): Promise<number> {
    const { controller, log, manager } = this.#options;
    const options = { noOverlap: true, logger: silentLogger };
    const task = schedule(everySecond, () => this.wake(signal), options);
    task.on('execution:missed', () => this.#watch.missed());
    await aborted(signal);
    manager.stopping();
    await task.stop();
    await Promise.race([controller.idle(), later(drainMs)]);
    const left = controller.abandon();
    if (left > 0)
      log.warn(`${left} ticks were still running after ${drainMs} ms; the journal says where they were`);
    return left;
  }

  /** One wake-up. Never rejects. */
  async wake(signal: AbortSignal): Promise<void> {
    const { controller, clock, log, manager } = this.#options;
    const noted = this.#watch.woke({ wallMs: clock.now(), monotonicMs: clock.monotonicMs() });
    if (noted !== null) log.warn(noted);
    try {
      await controller.wake(signal);
      this.#trouble = null;
    } catch (error) {
      const trouble = `the list of migrations cannot be read: ${error instanceof Error ? error.message : String(error)}`;
      if (trouble !== this.#trouble) log.warn(trouble);
      this.#trouble = trouble;
    }
    const health = this.health();
    const warned = health.warnings[0] ?? null;
    if (warned !== null && warned !== this.#warned) log.warn(warned);
    this.#warned = warned;
    manager.tell(health, clock.monotonicMs());
  }
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

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
