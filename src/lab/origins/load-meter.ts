/** What an origin did in one second of wall-clock time. */
export interface SecondOfLoad {
  /** Seconds since 1970. */
  readonly second: number;
  /** Requests answered, whatever the status. */
  readonly requests: number;
  /** Of these, answered with a status of 500 or above. */
  readonly errors: number;
}

const slotMs = 100;
const slotsPerSecond = 1_000 / slotMs;
const keptSeconds = 600;

/** Counts what reaches an origin and what leaves it; remembers ten minutes. */
export class LoadMeter {
  readonly #now: () => number;
  readonly #arrivals = new Map<number, number>();
  readonly #seconds: { second: number; requests: number; errors: number }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one arriving request; returns the arrivals of the last second, this one included. */
  arrived(): number {
    const slot = Math.floor(this.#now() / slotMs);
    this.#arrivals.set(slot, (this.#arrivals.get(slot) ?? 0) + 1);
    let total = 0;
    for (const [at, count] of this.#arrivals) {
      // Slots of the future are there when the clock was set back.
      if (at > slot - slotsPerSecond && at <= slot) total += count;
      else this.#arrivals.delete(at);
    }
    return total;
  }

  /** Counts one answer. */
  answered(status: number): void {
    const second = Math.floor(this.#now() / 1_000);
    let current = this.#seconds.at(-1);
    if (current?.second !== second) {
      current = { second, requests: 0, errors: 0 };
      this.#seconds.push(current);
      if (this.#seconds.length > keptSeconds) this.#seconds.shift();
    }
    current.requests += 1;
    if (status >= 500) current.errors += 1;
  }

  /** The seconds in which something was answered, oldest first; the last one may still grow. */
  seconds(): readonly SecondOfLoad[] {
    return this.#seconds.map((second) => ({ ...second }));
  }
}
