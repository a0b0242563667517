import type { Counts } from '../gate/metrics/bucket.js';
import { binomial, type Random } from './random.js';

/**
 * The requests of one bucket dealt out to two sides at random. Failures that come in clusters belong to one user, one client or one
 * moment, so they go to a side in clumps of `clump`.
 */
export function split(
  { n, e }: Counts,
  share: number,
  clump: number,
  random: Random,
): { readonly source: Counts; readonly target: Counts } {
  const clumps = Math.floor(e / clump);
  const rest = e - clumps * clump;
  const failed = clump * binomial(random, clumps, share) + (rest > 0 && random() < share ? rest : 0);
  const passed = binomial(random, n - e, share);
  return {
    target: { n: failed + passed, e: failed },
    source: { n: n - failed - passed, e: e - failed },
  };
}
