import { accumulate } from './e-process.js';
import { logMeanExp } from './log-space.js';

/** Bets on a yes-or-no question asked once per bucket. */
export interface Signs {
  /** By bucket: 1 is bad, 0 is good, -1 is unknown. */
  readonly signs: Int8Array;
  /** The largest chance of a bad bucket that is tolerated, given the buckets before it. */
  readonly tolerated: (b: number) => number;
}

const chances = [0.3, 0.6, 0.9];
const minMargin = 0.05;

/** The log e-value of "bad more often than tolerated", averaged over how much more often and since when. */
export function signEvidence({ signs, tolerated }: Signs, mass: Float64Array): number {
  const ln = accumulate({
    alternatives: chances.length,
    mass,
    isPresent: (b) => signs[b] === 0 || signs[b] === 1,
    lnFactor: (b, j) => {
      const p = tolerated(b);
      const q = Math.max(chances[j] ?? 0, p + minMargin);
      return signs[b] === 1 ? Math.log(q / p) : Math.log((1 - q) / (1 - p));
    },
    carriesMass: true,
  });
  return logMeanExp(ln);
}

/** Fewer than this many observations do not measure how often something happens. */
export const minObservations = 10;

/** A tolerated chance from how often it happened in history: twice that and a little, within bounds; the upper one when unknown. */
export function toleratedChance(times: number, of: number): number {
  if (of < minObservations) return 0.5;
  return Math.min(0.5, Math.max(0.1, (2 * times) / of + 0.05));
}
