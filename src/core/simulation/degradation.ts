import type { Counts } from '../gate/metrics/bucket.js';
import { unreachable } from '../result.js';
import { binomial, type Random } from './random.js';

/** What is wrong with a target from its first request on. */
export type Degradation =
  | { readonly kind: 'none' }
  /** This share of the requests fails besides those that fail anyway. */
  | { readonly kind: 'more'; readonly excess: number }
  /** So many times as many requests fail as usual. */
  | { readonly kind: 'times'; readonly factor: number }
  /** Every request fails. */
  | { readonly kind: 'broken' };

/** A target as good as the source, and the degradations that are planted. */
export const degradations: readonly Degradation[] = [
  { kind: 'none' },
  { kind: 'more', excess: 0.005 },
  { kind: 'more', excess: 0.01 },
  { kind: 'more', excess: 0.02 },
  { kind: 'more', excess: 0.05 },
  { kind: 'times', factor: 2 },
  { kind: 'times', factor: 5 },
  { kind: 'broken' },
];

/** The counts with the degradation in them; `usualRate` is what the source fails at on average. */
export function degrade(
  degradation: Degradation,
  { n, e }: Counts,
  usualRate: number,
  random: Random,
): Counts {
  switch (degradation.kind) {
    case 'none':
      return { n, e };
    case 'more':
      return { n, e: e + binomial(random, n - e, degradation.excess) };
    case 'times':
      return { n, e: e + binomial(random, n - e, Math.min(1, (degradation.factor - 1) * usualRate)) };
    case 'broken':
      return { n, e: n };
    default:
      return unreachable(degradation);
  }
}
