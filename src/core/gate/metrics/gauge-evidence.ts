import type { History, Sides } from './bucket.js';
import { clamp } from './log-space.js';
import type { GaugeRule } from './parameters.js';
import { minObservations, signEvidence, toleratedChance } from './sign-evidence.js';
import type { Timeline } from './timeline.js';

/** What one gauge says. */
export interface GaugeEvidence {
  readonly ln: number;
  /** Beyond it the gauge is bad; null when none was given and history is too short, or usually zero, so that it gives none. */
  readonly limit: number | null;
  /** The newest bucket with a value at the target, or -1. */
  readonly newest: number;
}

/** A gauge may exceed its usual peak by half. */
const slack = 1.5;
const usualPeak = 0.95;

/**
 * The log e-value of "the gauge is beyond its limit too often". A gauge such as database connections or queue age is a level, not a
 * count of requests: it grows with the share, so that both sides cannot be compared bucket by bucket, and it stays where it is from one
 * bucket to the next, so that ten bad buckets in a row are hardly more than one. Hence:
 *
 * - each bucket answers one question, "beyond the limit?", and the limit is the policy's, or half above the 95th percentile of
 *   history, in which the source carried everything;
 * - the answer is unknown while the source is beyond the limit too, for then it is not the target's doing; a gauge that both sides
 *   share is only known at the target and has no such excuse;
 * - the tolerated chance of a bad bucket is history's after a good bucket, but at least one half after a bad one, or more if
 *   history's excursions last. A lasting excursion so counts once in full and little by little from then on: alone, it takes about
 *   ten to twenty buckets to roll back.
 */
export function gaugeEvidence(timeline: Timeline, history: History, rule: GaugeRule): GaugeEvidence {
  const usual = history.gauges[rule.name] ?? [];
  const limit = rule.limit ?? usualLimit(usual, rule.worse);
  const signs = new Int8Array(timeline.length).fill(-1);
  let newest = -1;
  for (let b = 0; b < timeline.length; b += 1) {
    const sides = timeline.records[b]?.gauges[rule.name];
    if (isValue(sides?.target)) newest = b;
    signs[b] = sign(sides, (value) => isBeyond(value, limit, rule.worse));
  }
  const { afterGood, afterBad } = toleratedChances(usual, (value) => isBeyond(value, limit, rule.worse));
  const tolerated = (b: number): number => (signs[b - 1] === 1 ? afterBad : afterGood);
  return { ln: signEvidence({ signs, tolerated }, timeline.mass), limit, newest };
}

function sign(sides: Sides<number> | undefined, isBad: (value: number) => boolean | null): -1 | 0 | 1 {
  if (sides === undefined || !isValue(sides.target)) return -1;
  if (isValue(sides.source) && isBad(sides.source) === true) return -1;
  const bad = isBad(sides.target);
  if (bad === null) return -1;
  return bad ? 1 : 0;
}

function isBeyond(value: number, limit: number | null, worse: GaugeRule['worse']): boolean | null {
  if (limit === null) return null;
  return worse === 'high' ? value > limit : value < limit;
}

function usualLimit(usual: readonly (number | null)[], worse: GaugeRule['worse']): number | null {
  const sorted = usual.filter(isValue).toSorted((a, b) => (worse === 'high' ? a - b : b - a));
  const peak = sorted[Math.floor(usualPeak * (sorted.length - 1))];
  // A gauge that usually stands at zero has no scale to measure an excursion by.
  if (peak === undefined || peak <= 0 || sorted.length < minObservations) return null;
  return worse === 'high' ? peak * slack : peak / slack;
}

function toleratedChances(
  usual: readonly (number | null)[],
  isBad: (value: number) => boolean | null,
): { afterGood: number; afterBad: number } {
  const bad = usual.map((value) => (isValue(value) ? isBad(value) : null));
  const known = bad.filter((value) => value !== null);
  const after = bad.slice(1).filter((value, i) => value !== null && bad[i] === true);
  const lasts =
    after.length < minObservations ? 0 : after.filter((value) => value === true).length / after.length;
  return {
    afterGood: toleratedChance(known.filter((value) => value).length, known.length),
    afterBad: clamp(lasts + 0.1, 0.5, 0.9),
  };
}

function isValue(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
