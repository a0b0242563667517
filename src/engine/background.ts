import type { Clock, Log, Notifier, Store } from './ports.js';

/** What work beside the ticks needs. */
export interface TellingPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly notifier: Notifier;
}

/** Work that goes on beside the ticks, at most one piece under each name; none of it ever rejects. */
export class Background {
  readonly #running = new Map<string, Promise<void>>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  isRunning(name: string): boolean {
    return this.#running.has(name);
  }

  /** Starts `work` unless some of that name is still going on; says whether it did. */
  start(name: string, work: () => Promise<void>): boolean {
    if (this.#running.has(name)) return false;
    const guarded = work()
      .catch((error: unknown) =>
        this.#log.warn(`telling people: ${error instanceof Error ? error.message : String(error)}`),
      )
      .finally(() => this.#running.delete(name));
    this.#running.set(name, guarded);
    return true;
  }

  /** Resolves when nothing whose name begins like this is going on. */
  async settled(prefix: string): Promise<void> {
    for (;;) {
      const running = [...this.#running].filter(([name]) => name.startsWith(prefix));
      if (running.length === 0) return;
      await Promise.all(running.map(([, work]) => work));
    }
  }
}
