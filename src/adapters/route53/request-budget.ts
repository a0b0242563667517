import type { Clock } from '../../engine/ports.js';

/**
 * Whose calls go first. `rollback` never waits; then what moves traffic forward, then what the guard reads at every tick, then
 * looks that nobody misses for a while.
 */
export type Turn = 'rollback' | 'write' | 'guard' | 'background';

export interface Quota {
  /** Requests that may be sent at once after a rest. */
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * Half of what Route 53 gives an account, 50 at once and 10 a second (Developer Guide, "Throttling API requests"): Terraform, external-dns
 * and people in the console draw from the same bucket.
 */
export const halfOfAccount: Quota = { burst: 25, perSecond: 5 };

/** One throttling answer usually comes with its neighbours'; together they count once. */
const sameAnswerMs = 1_000;
const slowestPart = 1 / 16;
/** How long the full rate takes to come back from nothing. */
const recoveryMs = 4 * 60_000;

const order: Readonly<Record<Exclude<Turn, 'rollback'>, number>> = { write: 0, guard: 1, background: 2 };

interface Waiting {
  readonly rank: number;
  readonly go: () => void;
}

/**
 * The requests of one process to Route 53, shared by all its migrations: a token bucket with an order of turns. A rollback takes its token
 * whether or not there is one, and everybody else pays that back.
 */
export class RequestBudget {
  readonly #clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
  readonly #quota: Quota;
  readonly #waiting: Waiting[] = [];
  #tokens: number;
  #perSecond: number;
  #filledAtMs: number;
  #slowedAtMs = -Infinity;
  #pump: AbortController | null = null;

  constructor(clock: Pick<Clock, 'monotonicMs' | 'sleep'>, quota: Quota = halfOfAccount) {
    this.#clock = clock;
    this.#quota = quota;
    this.#tokens = quota.burst;
    this.#perSecond = quota.perSecond;
    this.#filledAtMs = clock.monotonicMs();
  }

  /** Resolves when one request may be sent; rejects when the signal aborts first. */
  async take(turn: Turn, signal: AbortSignal): Promise<void> {
    this.#fill();
    if (turn === 'rollback') {
      this.#tokens = Math.max(this.#tokens - 1, -this.#quota.burst);
      return;
    }
    if (signal.aborted) throw new Error('aborted');
    const rank = order[turn];
    if (this.#tokens >= 1 && this.#waiting.every((other) => other.rank > rank)) {
      this.#tokens -= 1;
      return;
    }
    await this.#wait(rank, signal);
  }

  /** Route 53 has asked for fewer requests: everybody but a rollback goes half as fast, and slowly faster again. */
  slowDown(): void {
    this.#fill();
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#slowedAtMs < sameAnswerMs) return;
    this.#slowedAtMs = nowMs;
    this.#perSecond = Math.max(this.#perSecond / 2, this.#quota.perSecond * slowestPart);
    this.#tokens = Math.min(this.#tokens, 0);
  }

  #wait(rank: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = { rank, go: resolve };
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        if (this.#waiting.length === 0) this.#pump?.abort();
        reject(new Error('aborted'));
      };
      waiting.go = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      signal.addEventListener('abort', abort, { once: true });
      const after = this.#waiting.findIndex((other) => other.rank > rank);
      this.#waiting.splice(after < 0 ? this.#waiting.length : after, 0, waiting);
      if (this.#pump === null) void this.#serve();
    });
  }

  /** Lets them go one by one, for as long as anybody waits. */
  async #serve(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#fill();
      if (this.#tokens >= 1) {
        this.#tokens -= 1;
        this.#waiting.shift()?.go();
        continue;
      }
      this.#pump = new AbortController();
      await this.#clock.sleep(Math.ceil(((1 - this.#tokens) / this.#perSecond) * 1_000), this.#pump.signal);
    }
    this.#pump = null;
  }

  #fill(): void {
    const nowMs = this.#clock.monotonicMs();
    const passedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#filledAtMs = nowMs;
    const { burst, perSecond } = this.#quota;
    this.#tokens = Math.min(burst, this.#tokens + (passedMs / 1_000) * this.#perSecond);
    this.#perSecond = Math.min(perSecond, this.#perSecond + (passedMs / recoveryMs) * perSecond);
  }
}
