import type { ProviderFailure } from './failure.js';
import type { Instant } from './time.js';

/** Writes that Route 53 would not make, one after another, since the last one that it made. */
export interface Refusals {
  readonly count: number;
  readonly since: Instant;
  readonly lastAt: Instant;
  readonly failure: ProviderFailure;
}
