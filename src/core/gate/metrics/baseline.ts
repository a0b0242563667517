import { usableCounts, type Counts } from './bucket.js';
import { clamp } from './log-space.js';

/** What the source does when nothing changes. */
export interface Baseline {
  /** The error rate, slightly above the estimate, because an estimate that is too low would be held against the target for hours. */
  readonly rate: number;
  /** Errors and requests that the rate rests on. */
  readonly errors: number;
  readonly requests: number;
  /** Variance over mean of the errors of a bucket: how far failures come in clusters. */
  readonly phi: number;
  /** The relative variance of a bucket's true rate is `1 / k`. */
  readonly k: number;
}

/** How many standard deviations of its own count an error rate is raised by. */
export const cautionDeviations = 0.5;

const phiMin = 1.3;
const phiMax = 4;
const phiUnknown = 2;
const kMin = 0.5;
const kMax = 30;

/** Reads the baseline from the source's history. Without history it assumes a rate of `minRate` and much noise. */
export function estimateBaseline(history: readonly Counts[], minRate: number): Baseline {
  const buckets: Counts[] = [];
  let requests = 0;
  let errors = 0;
  for (const counts of history) {
    const usable = usableCounts(counts);
    if (usable === null) continue;
    buckets.push(usable);
    requests += usable.n;
    errors += usable.e;
  }
  if (requests === 0) return { rate: minRate, errors: 0, requests: 0, phi: phiUnknown, k: 1 };
  const raised = errors + 0.5 + cautionDeviations * Math.sqrt(errors + 0.5);
  const rate = raised / (requests + 0.5 / minRate);
  const dispersion = dispersionOf(buckets, errors / requests, errors);
  const phi = clamp(dispersion, phiMin, phiMax);
  const excess = Math.max(0, dispersion - phi);
  const k = excess === 0 ? kMax : clamp(errors / buckets.length / excess, kMin, kMax);
  return { rate, errors, requests, phi, k };
}

/** Pearson's statistic over its degrees of freedom, or a guess when there is too little to measure it. */
function dispersionOf(buckets: readonly Counts[], rate: number, errors: number): number {
  if (buckets.length <= 10 || errors < 10) return phiUnknown;
  let total = 0;
  for (const { n, e } of buckets) total += (e - n * rate) ** 2 / (n * rate);
  return total / (buckets.length - 1);
}
