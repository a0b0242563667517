import { describe, expect, test } from 'vitest';
import type { History } from '../../../../src/core/gate/metrics/bucket.js';
import type { GateDecision } from '../../../../src/core/gate/metrics/gate-decision.js';
import type { GaugeRule } from '../../../../src/core/gate/metrics/parameters.js';
import { calm, decided, lnOf, minute, noon, quietHistory, times, type Bucket } from './gate-world.js';
import { plus } from '../../../../src/core/time.js';

const name = 'database connections';
const high: GaugeRule = { name, worse: 'high', limit: null };

/** Between 60 and 79 connections: the 95th percentile is 78, the limit 117. */
const usual = times(180, {}).map((_, b) => 60 + (b % 20));

function historyWith(values: readonly (number | null)[]): History {
  return { ...quietHistory, gauges: { [name]: values } };
}

const at = (target: number | null, source: number | null = null): Bucket => ({
  ...calm,
  extra: { gauges: { [name]: { target, source } } },
});

function judged(
  buckets: Bucket[],
  rule: GaugeRule = high,
  values: readonly (number | null)[] = usual,
): GateDecision {
  const channels = { slowCounts: false, latencyQuantiles: false, gauges: [rule] };
  return decided(buckets, { history: historyWith(values), parameters: { channels } });
}

const ln = (...args: Parameters<typeof judged>): number | null | undefined => lnOf(judged(...args), name);

describe('a plain gauge', () => {
  test('a level that grows with the share, up to what the source needed for everything, is fine', () => {
    expect(ln(times(60, (b) => at(10 + b)))).toBeLessThan(0);
    expect(ln(times(60, at(117)))).toBeLessThan(0);
  });

  test('a level beyond one and a half times the usual peak for long is rolled back, a short excursion is not', () => {
    expect(judged([...times(5, at(70)), ...times(8, at(200))]).action).not.toBe('rollback');
    const long = judged([...times(5, at(70)), ...times(25, at(200))]);
    expect(long).toMatchObject({ action: 'rollback', topic: 'evidence' });
    expect(long.evidence.leading).toBe(name);
  });

  test('while the source is beyond the limit too, it is not the target', () => {
    expect(ln(times(40, at(200, 200)))).toBeNull();
    expect(ln(times(40, at(200, 90)))).toBeGreaterThan(5);
  });

  test('a gauge for which low is bad is judged the other way round', () => {
    const low: GaugeRule = { name, worse: 'low', limit: null };
    expect(ln(times(30, at(30)), low)).toBeGreaterThan(5);
    expect(ln(times(30, at(200)), low)).toBeLessThan(0);
    expect(ln(times(30, at(45)), low)).toBeLessThan(0);
  });

  test('a limit of the policy is taken instead, and without history nothing is known about chance', () => {
    const limited: GaugeRule = { ...high, limit: 300 };
    expect(ln(times(30, at(200)), limited)).toBeLessThan(0);
    expect(ln(times(30, at(301)), limited)).toBeGreaterThan(5);
    expect(ln(times(30, at(301)), limited, [])).toBeLessThan(ln(times(30, at(301)), limited)!);
  });

  test('too little history, or a gauge that usually stands at zero, gives no limit and no evidence', () => {
    expect(ln(times(30, at(500)), high, usual.slice(0, 9))).toBeNull();
    expect(
      ln(
        times(30, at(500)),
        high,
        times(180, {}).map(() => 0),
      ),
    ).toBeNull();
  });

  test('where excursions last in history, a lasting one means little', () => {
    const lasting = usual.map((value, b) => (b % 90 < 8 ? 400 : value));
    const limited: GaugeRule = { ...high, limit: 117 };
    expect(ln(times(30, at(200)), limited, lasting)).toBeLessThan(ln(times(30, at(200)), limited)! - 5);
  });

  test("its silence stops a promotion and is nobody's fault", () => {
    const silent = [...times(12, at(70)), ...times(6, at(null))];
    expect(judged(silent)).toMatchObject({ action: 'hold', topic: 'gauge-age' });
    expect(judged(silent.slice(0, 17)).action).toBe('promote');
    expect(ln(silent)).toBe(ln(times(12, at(70))));
    expect(judged([]).recent.silentGauges).toEqual([name]);
  });

  test.each([NaN, Infinity, -Infinity])('%d is no value', (value) => {
    expect(ln([...times(5, at(70)), at(value)])).toBe(ln(times(5, at(70))));
  });
});

test('the age of a gauge is measured from the end of its bucket', () => {
  const channels = { slowCounts: false, latencyQuantiles: false, gauges: [high] };
  const atAge = (ageMs: number): readonly string[] =>
    decided(times(12, at(70)), {
      history: historyWith(usual),
      parameters: { channels },
      now: plus(noon, 12 * minute + ageMs),
    }).recent.silentGauges;
  expect(atAge(5 * minute)).toEqual([]);
  expect(atAge(5 * minute + 1)).toEqual([name]);
});
