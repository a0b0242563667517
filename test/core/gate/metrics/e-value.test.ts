import { describe, expect, test } from 'vitest';
import { estimateBaseline, type Baseline } from '../../../../src/core/gate/metrics/baseline.js';
import { bucketLn, bucketOk, evidenceCap } from '../../../../src/core/gate/metrics/bucket-evidence.js';
import { errorRule, slowRule } from '../../../../src/core/gate/metrics/count-rule.js';
import { accumulate } from '../../../../src/core/gate/metrics/e-process.js';
import { lnRising } from '../../../../src/core/gate/metrics/log-rising.js';
import { channelWeights, defaultParameters } from '../../../../src/core/gate/metrics/parameters.js';
import { signEvidence } from '../../../../src/core/gate/metrics/sign-evidence.js';
import { startMass } from '../../../../src/core/gate/metrics/start-mass.js';
import { arrange } from '../../../../src/core/gate/metrics/timeline.js';
import { counts, decided, minute, noon, recordsOf, times } from './gate-world.js';

const rule = errorRule(defaultParameters);
const known = { errors: 1e12, isIncident: false };

/** `ln P(e)` when failures come in log-series clusters; `phi = 1` is Poisson. */
function lnClusters(e: number, mean: number, phi: number): number {
  if (phi === 1) return e * Math.log(mean) - mean - lnRising(1, e);
  const r = mean / (phi - 1);
  return lnRising(r, e) - lnRising(1, e) - r * Math.log(phi) + e * Math.log(1 - 1 / phi);
}

/** `ln P(e)` when the rate of a bucket varies with relative variance `1 / k`. */
function lnRateNoise(e: number, mean: number, k: number): number {
  return lnRising(k, e) - lnRising(1, e) + k * Math.log(k / (k + mean)) + e * Math.log(mean / (k + mean));
}

/** The mean of `exp(value(e))` over the errors of one bucket. */
function meanOf(value: (e: number) => number, lnChance: (e: number) => number, upTo: number): number {
  let mean = 0;
  for (let e = 0; e <= upTo; e += 1) mean += Math.exp(value(e) + lnChance(e));
  return mean;
}

describe('what one bucket says has a mean of at most 1 when the target is no worse than tolerated', () => {
  const cases = [0.05, 1, 8].flatMap((mean) => rule.ratios.map((ratio) => ({ mean, ratio })));

  test.each(cases)('$mean errors expected, ratio $ratio', ({ mean, ratio }) => {
    const n = 1e6;
    const reference = { rate: mean / n, ...known };
    for (const [phi, k] of [
      [1.3, 30],
      [2, 4],
      [4, 0.5],
    ] as const) {
      const baseline: Baseline = { rate: mean / n, errors: 1e12, requests: 1e15, phi, k };
      const value = (e: number): number => bucketLn(n, e, reference, baseline, rule, ratio);
      for (const truth of [mean, mean / 2]) {
        expect(meanOf(value, (e) => lnClusters(e, truth, 1), 4000)).toBeLessThanOrEqual(1 + 1e-9);
        expect(meanOf(value, (e) => lnClusters(e, truth, phi), 4000)).toBeLessThanOrEqual(1 + 1e-9);
        expect(meanOf(value, (e) => lnRateNoise(e, truth, k), 4000)).toBeLessThanOrEqual(1 + 1e-9);
      }
    }
  });

  test('and so has the proof of being good when the target is worse by the margin', () => {
    const baseline: Baseline = { rate: 0.001, errors: 90, requests: 1e5, phi: 1.3, k: 30 };
    const bad = 60 * (0.0012 + 0.08);
    const value = (e: number): number => bucketOk(60, e, 0.0012, baseline, rule, 0.08);
    expect(meanOf(value, (e) => lnClusters(e, bad, 1), 4000)).toBeLessThanOrEqual(1 + 1e-9);
    expect(meanOf(value, (e) => lnRateNoise(e, bad, 30), 4000)).toBeLessThanOrEqual(1 + 1e-9);
  });

  test('a bet on a sign is fair at the tolerated chance and gains above it', () => {
    const mass = Float64Array.of(1);
    const value = (sign: 0 | 1): number =>
      Math.exp(signEvidence({ signs: Int8Array.of(sign), tolerated: () => 0.2 }, mass));
    expect(0.2 * value(1) + 0.8 * value(0)).toBeCloseTo(1, 12);
    expect(0.4 * value(1) + 0.6 * value(0)).toBeGreaterThan(1);
  });
});

test('a sign is bet on with at least five points more than tolerated', () => {
  const value = Math.exp(signEvidence({ signs: Int8Array.of(1), tolerated: () => 0.5 }, Float64Array.of(1)));
  expect(value).toBeCloseTo((0.55 + 0.6 + 0.9) / 0.5 / 3, 12);
});

describe('caps', () => {
  test.each([
    [60, 2, 0.001, 5],
    [60, 5, 0.001, 5],
    [60, 6, 0.001, 8],
    [60, 6, 0.04, 5],
    [60, 19, 0.001, 8],
    [60, 20, 0.001, Infinity],
    [60, 20, 0.09, 5],
    [1000, 249, 0.001, 8],
    [2, 2, 0.001, 5],
  ])('%d requests, %d failed, %d tolerated: at most %d nats', (n, e, reference, cap) => {
    expect(evidenceCap(n, e, reference, rule)).toBe(cap);
  });

  test('slow requests never count in full', () => {
    expect(evidenceCap(60, 60, 0.02, slowRule)).toBe(5);
  });
});

describe('the mass of start times', () => {
  test.each([1, 4, 5, 12])('%d stages: at most 1 over years of minutes', (stages) => {
    let total = 0;
    for (let b = 0; b < 1_000_000; b += 1) total += startMass(b, b < 2 * stages ? b % 2 : 2, stages);
    expect(total).toBeLessThan(1);
    expect(total).toBeGreaterThan(0.9);
  });

  test('it falls without end but is still there after a week', () => {
    for (let b = 0; b < 20_000; b += 1) expect(startMass(b + 1, 9, 4)).toBeLessThan(startMass(b, 9, 4));
    expect(startMass(10_080, 9, 4)).toBeGreaterThan(5e-7);
  });

  test('a stage that is entered again does not get its mass twice', () => {
    const stages = [1, 1, 0, 1, 1].map((stage) => ({ stage }));
    const { mass } = arrange(recordsOf(stages), noon, minute, 4);
    expect([...mass].map((part, b) => part - startMass(b, 9, 4) > 0.08)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

test('a target that breaks on day seven is found within six minutes', () => {
  const calm = times(7 * 1440, { stage: 3, target: counts(60), source: counts(60) });
  const broken = times(6, { stage: 3, target: counts(60, 5), source: counts(60) });
  const after = (minutes: number): string => decided([...calm, ...broken.slice(0, minutes)]).action;
  expect(after(2)).not.toBe('rollback');
  expect(after(6)).toBe('rollback');
});

test('an absent bucket hands its mass on, unless nobody looked', () => {
  const parts = {
    alternatives: 1,
    mass: Float64Array.of(0.2, 0.3),
    isPresent: (b: number) => b === 1,
    lnFactor: () => 0,
  };
  expect(Math.exp(accumulate({ ...parts, carriesMass: true })[0]!)).toBeCloseTo(0.5, 12);
  expect(Math.exp(accumulate({ ...parts, carriesMass: false })[0]!)).toBeCloseTo(0.3, 12);
});

test('however many metrics there are, their shares sum to at most 1', () => {
  const gauge = { name: 'g', worse: 'high' as const, limit: null };
  for (const gauges of [[], [gauge], [gauge, gauge, gauge]]) {
    for (const [slowCounts, latencyQuantiles] of [
      [false, false],
      [true, false],
      [true, true],
    ] as const) {
      const weights = channelWeights({ slowCounts, latencyQuantiles, gauges });
      const further = gauges.length + Number(slowCounts) + Number(latencyQuantiles);
      expect(weights.errors + weights.probes + further * weights.eachFurther).toBeLessThanOrEqual(1 + 1e-15);
    }
  }
  expect(channelWeights({ slowCounts: true, latencyQuantiles: true, gauges: [] }).eachFurther).toBe(0.1);
  expect(channelWeights({ slowCounts: true, latencyQuantiles: false, gauges: [] }).eachFurther).toBe(0.2);
});

test('a baseline needs more than ten buckets and ten errors to tell its noise', () => {
  const few = estimateBaseline(
    times(10, {}).map((_, b) => counts(600, b)),
    0.0002,
  );
  expect(few.phi).toBe(2);
  const enough = estimateBaseline(
    times(11, {}).map(() => counts(600, 2)),
    0.0002,
  );
  expect(enough.phi).toBe(1.3);
});
