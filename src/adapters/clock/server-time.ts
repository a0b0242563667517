import type { Clock, ServerTime } from '../../engine/ports.js';

/** Below it the clocks agree for every purpose: a date has whole seconds, and an answer takes its time. */
const agreesWithinMs = 30_000;
/** One answer in between may come from a cache or have been held up. */
const keptSamples = 5;
/** An answer older than this says nothing about the clock of now. */
const goodForMs = 600_000;
/** Wall and monotonic time part by more than this when the clock was set, or when the machine slept. */
const jumpMs = 5_000;

interface Sample {
  readonly offsetMs: number;
  readonly monotonicMs: number;
  /** Wall time less monotonic time; the same for two samples between which nobody has set the clock. */
  readonly baseMs: number;
}

/**
 * How far this machine's clock is from Amazon's, by the dates of its answers, which came over TLS. A clock that is set, and a machine that slept, begin
 * anew: what was heard before says nothing any more.
 */
export class HeardTime implements ServerTime {
  readonly #clock: Clock;
  #samples: readonly Sample[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be told the `date` header of every answer; one that cannot be read is no answer. */
  hear(date: unknown): void {
    const said = typeof date === 'string' ? Date.parse(date) : NaN;
    if (!Number.isFinite(said)) return;
    const wallMs = this.#clock.now();
    const monotonicMs = this.#clock.monotonicMs();
    const sample = { offsetMs: said - wallMs, monotonicMs, baseMs: wallMs - monotonicMs };
    this.#samples = [...this.#valid(), sample].slice(-keptSamples);
  }

  offsetMs(): number {
    const offsets = this.#valid()
      .map(({ offsetMs }) => offsetMs)
      .toSorted((one, other) => one - other);
    const median = offsets[Math.floor(offsets.length / 2)] ?? 0;
    return Math.abs(median) < agreesWithinMs ? 0 : median;
  }

  #valid(): readonly Sample[] {
    const monotonicMs = this.#clock.monotonicMs();
    const baseMs = this.#clock.now() - monotonicMs;
    return this.#samples.filter(
      (sample) => monotonicMs - sample.monotonicMs <= goodForMs && Math.abs(baseMs - sample.baseMs) <= jumpMs,
    );
  }
}

/** The machine's clock put right by what the services say, for whoever speaks with them about time. */
export function correctedClock(clock: Clock, { offsetMs }: Pick<ServerTime, 'offsetMs'>): Clock {
  return {
    now: () => (clock.now() + offsetMs()) as ReturnType<Clock['now']>,
    monotonicMs: () => clock.monotonicMs(),
    bootId: clock.bootId,
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}
