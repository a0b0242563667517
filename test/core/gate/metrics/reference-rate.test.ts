import { describe, expect, test } from 'vitest';
import { estimateBaseline } from '../../../../src/core/gate/metrics/baseline.js';
import { errorRule } from '../../../../src/core/gate/metrics/count-rule.js';
import { defaultParameters } from '../../../../src/core/gate/metrics/parameters.js';
import { referenceRate } from '../../../../src/core/gate/metrics/reference-rate.js';
import { calm, counts, decided, quietHistory, times, type Bucket } from './gate-world.js';

const rule = errorRule(defaultParameters);
const baseline = estimateBaseline(quietHistory.requests, 0.0002);
const hourOf = (n: number, e: number): { n60: number; e60: number } => ({ n60: n, e60: e });
const quietHour = hourOf(32_400, 27);

describe('what the target is measured against', () => {
  test('a calm source: its usual rate and a quarter more', () => {
    const { rate } = referenceRate({ n1: 540, e1: 0, n5: 2700, e5: 2, ...quietHour }, baseline, rule);
    expect(rate).toBeCloseTo(
      1.25 * Math.max(baseline.rate, (27 + Math.sqrt(27) / 2 + 500 * baseline.rate) / 32_900),
      12,
    );
  });

  test('one error now says nothing, however few the requests', () => {
    const { rate, isIncident } = referenceRate({ n1: 5, e1: 1, n5: 25, e5: 1, ...quietHour }, baseline, rule);
    expect(rate).toBeLessThan(0.0013);
    expect(isIncident).toBe(false);
  });

  test('four errors far above the usual excuse, but five make an incident, in which three times as much is excused', () => {
    const at = (e: number): ReturnType<typeof referenceRate> =>
      referenceRate({ n1: 540, e1: e, n5: 2700, e5: e, ...quietHour }, baseline, rule);
    expect(at(4)).toMatchObject({ errors: 4, isIncident: false });
    expect(at(5)).toMatchObject({ errors: 5, isIncident: true });
    expect(at(5).rate / at(4).rate).toBeCloseTo(
      (3 * (5 + 20 * baseline.rate)) / (1.25 * (4 + 20 * baseline.rate)),
      12,
    );
  });

  test('an hour that includes the calm before a shared outage does not hide what the source does now', () => {
    // 30 % now, 18 % over the hour: less than twice as much, but certain.
    const { rate, errors } = referenceRate(
      { n1: 540, e1: 162, n5: 2700, e5: 810, ...hourOf(32_400, 5832) },
      baseline,
      rule,
    );
    expect(errors).toBe(810);
    expect(rate).toBeGreaterThan(0.3);
    expect(rate).toBeLessThan(1.25 * 0.3);
  });

  test('a bad minute that may be chance does not excuse more', () => {
    const usual = referenceRate({ n1: 540, e1: 0, n5: 2700, e5: 2, ...quietHour }, baseline, rule);
    const chance = referenceRate({ n1: 540, e1: 0, n5: 2700, e5: 4, ...quietHour }, baseline, rule);
    expect(chance).toEqual(usual);
  });

  test('never below the rate that is held against nobody, never above what leaves room to be worse', () => {
    const clean = estimateBaseline(
      times(180, {}).map(() => counts(1e6)),
      0.0002,
    );
    expect(referenceRate({ n1: 0, e1: 0, n5: 0, e5: 0, n60: 0, e60: 0 }, clean, rule).rate).toBe(0.0002);
    expect(referenceRate({ n1: 540, e1: 540, n5: 2700, e5: 2700, ...quietHour }, baseline, rule).rate).toBe(
      0.95,
    );
  });
});

test('an outage that both sides share for an hour and a half never rolls back, a target three times as bad from then on does', () => {
  const shared: Bucket = {
    target: counts(60, 12),
    source: counts(540, 108),
    probes: { target: counts(30, 6), source: counts(30, 6) },
  };
  const outage = [...times(15, calm), ...times(90, shared)];
  for (let length = 16; length <= outage.length; length += 1) {
    expect(decided(outage.slice(0, length)).action).not.toBe('rollback');
  }
  const worse = times(15, { ...shared, target: counts(60, 45) });
  expect(decided([...outage, ...worse]).action).toBe('rollback');
});

test('the source as its probes see it counts where it has no requests any more', () => {
  const bake = times(12, { stage: 3, target: counts(600) });
  const both = { target: counts(30, 9), source: counts(30, 9) };
  const failing = times(4, { stage: 3, target: counts(600, 180), probes: both });
  expect(decided([...bake, ...failing])).toMatchObject({ action: 'hold', topic: 'source-incident' });
  const alone = times(4, { stage: 3, target: counts(600, 180) });
  expect(decided([...bake, ...alone])).toMatchObject({ action: 'rollback', topic: 'evidence' });
});

test('the last hour is sixty buckets', () => {
  const rateAfter = (calmBuckets: number): number =>
    decided([{ ...calm, source: counts(540, 27) }, ...times(calmBuckets, calm)]).reference.rate;
  const usual = decided(times(70, calm)).reference.rate;
  expect(rateAfter(59)).toBeGreaterThan(usual);
  expect(rateAfter(60)).toBe(usual);
});
