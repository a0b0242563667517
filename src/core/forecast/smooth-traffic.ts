import type { Counts } from '../gate/metrics/bucket.js';
import type { Traffic } from '../simulation/gate-run.js';

/** Users who come evenly and fail evenly: what happens on average, in whole requests. */
export interface SmoothUsers {
  /** On both sides together, in one bucket. */
  readonly perBucket: number;
  /** The share of requests that fail on a good side. */
  readonly errorRate: number;
  /** What fails at the target beyond that, from `fromBucket` on. */
  readonly excess: number;
  readonly fromBucket: number;
}

export function smoothTraffic({ perBucket, errorRate, excess, fromBucket }: SmoothUsers): Traffic {
  return (b, share) => {
    const worse = b >= fromBucket ? excess : 0;
    return {
      requests: {
        target: evenly(b, perBucket * share, Math.min(1, errorRate + worse)),
        source: share >= 1 ? null : evenly(b, perBucket * (1 - share), errorRate),
      },
      probes: { source: null, target: null },
    };
  };
}

/** What falls into bucket `b` when as much comes in every bucket; a bucket without a request is unknown, as providers leave it out. */
function evenly(b: number, perBucket: number, errorRate: number): Counts | null {
  const until = Math.floor((b + 1) * perBucket);
  const before = Math.floor(b * perBucket);
  const n = until - before;
  return n === 0 ? null : { n, e: Math.floor(until * errorRate) - Math.floor(before * errorRate) };
}
