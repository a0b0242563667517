import { describe, expect, test } from 'vitest';
import type { History, Quantile, Sides } from '../../../../src/core/gate/metrics/bucket.js';
import type { GateDecision } from '../../../../src/core/gate/metrics/gate-decision.js';
import { calm, counts, decided, lnOf, quietHistory, times, type Bucket } from './gate-world.js';

const slowOn = { channels: { slowCounts: true, latencyQuantiles: false, gauges: [] } };
const quantilesOn = { channels: { slowCounts: false, latencyQuantiles: true, gauges: [] } };

const history: History = {
  ...quietHistory,
  slow: times(180, {}).map((_, b) => counts(600, 28 + (b % 5))),
  latency: times(180, {}).map((_, b): Quantile => ({ n: 600, valueMs: 400 + 40 * (b % 3) })),
};

const p99 = (target: number | null, source: number | null, n = 600): Bucket => ({
  ...calm,
  extra: {
    latency: {
      target: target === null ? null : { n, valueMs: target },
      source: source === null ? null : { n: 600, valueMs: source },
    },
  },
});

const slow = (target: number, source: number): Bucket => {
  const sides: Sides<{ n: number; e: number }> = { target: counts(600, target), source: counts(600, source) };
  return { ...calm, extra: { slow: sides } };
};

const lnSlow = (buckets: Bucket[]): number | null | undefined =>
  lnOf(decided(buckets, { history, parameters: slowOn }), 'slow requests');
const judged = (buckets: Bucket[]): GateDecision => decided(buckets, { history, parameters: quantilesOn });
const lnLatency = (buckets: Bucket[]): number | null | undefined => lnOf(judged(buckets), 'latency');

describe('counts of slow requests', () => {
  test('a target that is slow for a third of its users is rolled back within ten minutes, by this alone', () => {
    const decision = decided(times(10, slow(200, 30)), { history, parameters: slowOn });
    expect(decision).toMatchObject({ action: 'rollback', topic: 'evidence' });
    expect(decision.evidence.leading).toBe('slow requests');
    expect(lnOf(decision, 'errors')).toBeLessThan(0);
  });

  test('twice as many slow requests as the source has are tolerated, and so is being slow together', () => {
    expect(lnSlow(times(60, slow(58, 30)))).toBeLessThan(0);
    expect(lnSlow(times(20, slow(300, 300)))).toBeLessThan(0);
  });

  test('one bucket alone never decides', () => {
    expect(lnSlow([...times(10, slow(30, 30)), slow(600, 30)])).toBeLessThan(1);
  });
});

describe('quantiles only', () => {
  test('a p99 that stays at twice the source is rolled back', () => {
    const decision = judged([...times(3, p99(440, 420)), ...times(12, p99(900, 420))]);
    expect(decision).toMatchObject({ action: 'rollback', topic: 'evidence' });
    expect(decision.evidence.leading).toBe('latency');
  });

  test('a p99 that is 1.4 times the source, or rises with it, is not held against the target', () => {
    expect(lnLatency(times(60, p99(590, 420)))).toBeLessThan(0);
    expect(lnLatency(times(60, p99(4000, 3900)))).toBeLessThan(0);
  });

  test('fewer than twenty requests have no p99', () => {
    expect(lnLatency(times(30, p99(9000, 420, 19)))).toBeNull();
    expect(lnLatency(times(30, p99(9000, 420, 20)))).toBeGreaterThan(4);
  });

  test('a source without requests is replaced by its history at 100 % only', () => {
    expect(lnLatency(times(30, p99(900, null)))).toBeNull();
    expect(lnLatency(times(30, { ...p99(900, null), stage: 3 }))).toBeGreaterThan(4);
    expect(lnLatency(times(30, { ...p99(600, null), stage: 3 }))).toBeLessThan(0);
  });

  test('a source whose p99 jumps all the time makes differences mean less', () => {
    const jumpy = {
      ...history,
      latency: times(180, {}).map((_, b): Quantile => ({ n: 600, valueMs: b % 2 === 0 ? 300 : 700 })),
    };
    const buckets = times(12, p99(900, 420));
    const ln = lnOf(decided(buckets, { history: jumpy, parameters: quantilesOn }), 'latency');
    expect(ln).toBeLessThan(lnLatency(buckets)! - 5);
    const unknown = lnOf(decided(buckets, { history: quietHistory, parameters: quantilesOn }), 'latency');
    expect(unknown).toBe(ln);
  });
});

test('what is not measured takes no part of the evidence', () => {
  const plain = decided(times(12, calm), { history });
  expect(plain.evidence.channels.map(({ name }) => name)).toEqual(['errors', 'probes']);
  expect(decided(times(12, calm), { history, parameters: slowOn }).evidence.ln).toBe(plain.evidence.ln);
});
