/** How often and how long, in milliseconds. */
export interface TailTimes {
  /** Between two canaries of one app. */
  readonly canaryEveryMs: number;
  /** How long the line of a canary may take before the stream is taken for deaf. */
  readonly canaryTimeoutMs: number;
  /** By how much lines may overtake each other. */
  readonly lineDelayMs: number;
  readonly openTimeoutMs: number;
  /** Waits before a new connection or session, from and to. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** A tail that nobody has read for this long ends itself. */
  readonly idleMs: number;
}

/**
 * Times that fit buckets of this length: several canaries to a bucket, so that one is known soon after its end, and never more of
 * them than two a second or fewer than one in ten seconds. Logplex is usually behind by less than ten seconds.
 */
export function tailTimes(bucketMs: number): TailTimes {
  return {
    canaryEveryMs: between(500, bucketMs / 4, 10_000),
    canaryTimeoutMs: between(10_000, bucketMs, 60_000),
    lineDelayMs: between(1_000, bucketMs, 10_000),
    openTimeoutMs: 10_000,
    firstWaitMs: between(100, bucketMs / 4, 1_000),
    longestWaitMs: between(5_000, bucketMs, 60_000),
    idleMs: Math.max(30 * 60_000, 20 * bucketMs),
  };
}

function between(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
