import type { Baseline } from './baseline.js';
import type { CountRule } from './count-rule.js';
import { lnRising } from './log-rising.js';
import type { ReferenceRate } from './reference-rate.js';

/** Below this the errors do not cluster and counts are Poisson. */
const poissonPhi = 1.001;
/** Alternatives closer to the tolerated rate than this are not worth telling apart. */
const minRatio = 1.05;
const maxTargetRate = 0.95;

/** No ordinary single bucket may roll back by itself. */
const ordinaryCapNats = 5;
const highCapNats = 8;
const highRate = 0.1;
const highErrors = 3;
const grossRate = 0.25;
const grossErrors = 20;

/** Log likelihood ratio of `e` failures for mean `m1` over mean `m0` when failures come in log-series clusters of variance/mean `phi`. */
export function clusterLn(e: number, m0: number, m1: number, phi: number): number {
  if (phi < poissonPhi) return e * Math.log(m1 / m0) - (m1 - m0);
  const d = phi - 1;
  return lnRising(m1 / d, e) - lnRising(m0 / d, e) - ((m1 - m0) / d) * Math.log(phi);
}

/** The same when the true rate itself varies from bucket to bucket with relative variance `1 / k` (a Gamma mixture). */
export function rateNoiseLn(e: number, m0: number, m1: number, k: number): number {
  return e * Math.log((m1 * (m0 + k)) / (m0 * (m1 + k))) - k * Math.log((m1 + k) / (m0 + k));
}

/** The most that one bucket may say against the target, in nats. Infinity for a bucket that is bad beyond any noise. */
export function evidenceCap(n: number, e: number, reference: number, rule: CountRule): number {
  if (!rule.trustsGrossBuckets) return ordinaryCapNats;
  const rate = e / n;
  if (e >= grossErrors && rate >= grossRate && reference < grossRate / 3) return Infinity;
  if (e >= highErrors && rate >= highRate && reference < highRate / 3) return highCapNats;
  return ordinaryCapNats;
}

/**
 * What one target bucket says for "the target fails `ratio` times the tolerated rate" over "it fails at most at the tolerated rate",
 * in nats, capped so that no single bucket decides alone.
 */
export function bucketLn(
  n: number,
  e: number,
  reference: ReferenceRate,
  baseline: Baseline,
  rule: CountRule,
  ratio: number,
): number {
  return Math.min(
    uncappedLn(n, e, reference, baseline, ratio),
    n > 0 ? evidenceCap(n, e, reference.rate, rule) : 0,
  );
}

/** The same without the cap, which is what tells how much worse the target is. Both kinds of noise must agree, so the smaller counts. */
export function uncappedLn(
  n: number,
  e: number,
  reference: ReferenceRate,
  baseline: Baseline,
  ratio: number,
): number {
  const possible = Math.min(ratio, maxTargetRate / reference.rate);
  if (n <= 0 || possible < minRatio) return 0;
  const m0 = n * reference.rate;
  const m1 = possible * m0;
  // A reference that rests on few errors is itself uncertain, which widens the noise of the rate.
  const k = 1 / (1 / baseline.k + 1 / (1 + reference.errors));
  return Math.min(clusterLn(e, m0, m1, baseline.phi), rateNoiseLn(e, m0, m1, k));
}

/** What one target bucket says for "as good as the source usually is" over "worse than the reference by `margin`", in nats. */
export function bucketOk(
  n: number,
  e: number,
  reference: number,
  baseline: Baseline,
  rule: CountRule,
  margin: number,
): number {
  const bad = n * Math.min(0.99, reference + margin);
  const good = n * Math.max(baseline.rate, rule.minRate);
  if (n <= 0 || good >= bad) return 0;
  return Math.min(clusterLn(e, bad, good, baseline.phi), rateNoiseLn(e, bad, good, baseline.k));
}
