import type { Instant } from '../../time.js';

/** Requests of one side in one bucket and how many of them failed (or were slow, where that is what is counted). */
export interface Counts {
  readonly n: number;
  readonly e: number;
}

/** One latency quantile of one bucket, and the number of requests it was taken from. */
export interface Quantile {
  readonly n: number;
  readonly valueMs: number;
}

/** The same thing seen on both sides. Null means unknown: not arrived, missing, or no requests. It is never good and never bad. */
export interface Sides<Value> {
  readonly source: Value | null;
  readonly target: Value | null;
}

/** Everything that is known about one bucket of time. Late and revised readings replace what stood here; nothing else remembers. */
export interface BucketRecord {
  /** The start of the bucket. */
  readonly at: Instant;
  /** The stage in force, an index into the ladder. */
  readonly stage: number;
  /** The bucket began after settling and after the latest gap, so that it counts towards promotion. */
  readonly isSettled: boolean;
  /** What users sent, without our own probes (`withoutProbes`). */
  readonly requests: Sides<Counts>;
  /** What our prober sent and what failed; it has no metric delay. */
  readonly probes: Sides<Counts>;
  /** Requests slower than the source's usual p95; null when that is not measured. */
  readonly slow: Sides<Counts> | null;
  /** A high latency quantile, usually p99; null when that is not measured. */
  readonly latency: Sides<Quantile> | null;
  /** Plain gauges by name. */
  readonly gauges: Readonly<Record<string, Sides<number>>>;
}

/** The source before the first weight change, oldest first: at least 60 buckets are wanted, 180 are usual. */
export interface History {
  readonly requests: readonly Counts[];
  readonly slow: readonly Counts[];
  readonly latency: readonly (Quantile | null)[];
  /** For a gauge that both sides share, its values before the first weight change. */
  readonly gauges: Readonly<Record<string, readonly (number | null)[]>>;
}

/** Nothing serves more in one bucket; a larger count is garbage. */
const maxCount = 1e12;
/** Sources that extrapolate give counts that are not whole, but less than this is no request. */
const minCount = 1e-3;

/** Counts fit to reckon with (`0 <= e <= n`), or null for unknown, for garbage and for a bucket without a request. */
export function usableCounts(counts: Counts | null | undefined): Counts | null {
  if (counts === null || counts === undefined) return null;
  const { n, e } = counts;
  if (!(n >= minCount && n <= maxCount && e >= 0 && e <= maxCount)) return null;
  return e <= n ? counts : { n, e: n };
}

/**
 * A load balancer counts our own probes among its requests, but they are not users. `answered` is how many probes of this side and
 * bucket reached the balancer and how many of those it answered with an error.
 */
export function withoutProbes(counts: Counts | null, answered: Counts): Counts | null {
  if (counts === null) return null;
  const n = Math.max(0, counts.n - answered.n);
  return { n, e: Math.min(n, Math.max(0, counts.e - answered.e)) };
}
