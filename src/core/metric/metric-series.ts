import type { Instant, Millis } from '../time.js';

/** Buckets that begin in `[start, end)`, both multiples of `bucketMs` since the epoch. */
export interface MetricWindow {
  readonly start: Instant;
  readonly end: Instant;
  readonly bucketMs: Millis;
}

/**
 * What a source answered to one query. `complete` with a bucket missing means that the source has no point there; `partial` means
 * that points may be missing or wrong, so that a gap says nothing. `settledTo`: buckets that end at or before it will not change any more as
 * far as the source knows. A source never throws and never invents a point.
 */
export interface MetricSeries {
  readonly id: string;
  /** Bucket start and value: finite, in time order, each bucket once, all inside the window. */
  readonly points: readonly (readonly [Instant, number])[];
  readonly status: 'complete' | 'partial' | 'empty' | 'denied' | 'error';
  readonly settledTo: Instant;
  /** For people, free of control characters; each at most 300 characters, at most 5. Garbage is quoted here, never in `points`. */
  readonly warnings: readonly string[];
}
