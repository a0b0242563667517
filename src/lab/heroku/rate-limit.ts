import { Refusal } from './refusal.js';

/** Platform API reference, "Rate limits": 4,500 tokens to an account, refilled by 75 a minute. */
const capacity = 4_500;
const refillPerMs = 75 / 60_000;

/** The account's bucket of request tokens. */
export class RateLimit {
  readonly #now: () => number;
  #tokens = capacity;
  #refilledAtMs: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#refilledAtMs = now();
  }

  /** Whole requests that are left. */
  remaining(): number {
    this.#refill();
    return Math.floor(this.#tokens);
  }

  /** Takes one token; throws the refusal with status 429 when none is left. */
  take(): void {
    this.#refill();
    if (this.#tokens < 1) {
      throw new Refusal(
        429,
        'rate_limit',
        'Your account reached the API rate limit\nPlease wait a few minutes before making new requests',
        { url: 'https://devcenter.heroku.com/articles/platform-api-reference#rate-limits' },
      );
    }
    this.#tokens -= 1;
  }

  #refill(): void {
    const nowMs = this.#now();
    this.#tokens = Math.min(capacity, this.#tokens + Math.max(0, nowMs - this.#refilledAtMs) * refillPerMs);
    this.#refilledAtMs = nowMs;
  }
}
