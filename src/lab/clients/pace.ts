/**
 * How many requests are due, so that they follow each other evenly at a rate that may change.
 *
 * A process that was kept from running makes up for at most one second of lost requests: users who could not be simulated in time
 * are not simulated all at once.
 */
export class Pace {
  readonly #now: () => number;
  #perSecond: number;
  #countedUntilMs: number;
  /** Fraction of a request that is due already. */
  #due = 0;

  constructor(perSecond: number, now: () => number) {
    this.#now = now;
    this.#perSecond = perSecond;
    this.#countedUntilMs = now();
  }

  /** Changes the rate from now on; 0 stops. */
  set(perSecond: number): void {
    this.#advance();
    this.#perSecond = perSecond;
  }

  /** The whole requests that have become due since the last call. */
  take(): number {
    this.#advance();
    const whole = Math.floor(this.#due);
    this.#due -= whole;
    return whole;
  }

  #advance(): void {
    const now = this.#now();
    this.#due = Math.min(
      this.#due + (this.#perSecond * (now - this.#countedUntilMs)) / 1_000,
      Math.max(this.#perSecond, 1),
    );
    this.#countedUntilMs = now;
  }
}
