import type { Counts } from '../../../../src/core/gate/metrics/bucket.js';

/** The largest error rate that passes. */
export type Limit = number;

export function isBreached({ n, e }: Counts, limit: Limit): boolean {
  return n > 0 && e / n > limit;
}
