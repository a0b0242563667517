import { describe, expect, test } from 'vitest';
import type { Counts } from '../../../../src/core/gate/metrics/bucket.js';
import { usualRamp, View, type Rule, type Verdict } from '../rule.js';
import { SideLog } from '../world.js';
import { alarmRule } from './alarm.js';
import { argoRule } from './argo.js';
import { flaggerRule } from './flagger.js';
import { isHigh, kayentaRule, shift } from './kayenta.js';

const good: Counts = { n: 100, e: 0 };
const bad: Counts = { n: 100, e: 20 };

/** Verdicts minute by minute; every bucket can be read a minute after its end, and null never. */
function verdicts(
  rule: Rule,
  targets: readonly (Counts | null)[],
  sources: readonly Counts[] = [],
): Verdict[] {
  const target = new SideLog();
  const source = new SideLog();
  const view = new View(usualRamp, target, source);
  const judge = rule.start({ ramp: usualRamp, hosts: 1, history: () => [] });
  return targets.map((counts, b) => {
    target.add(counts ?? { n: 0, e: 0 }, counts === null ? Infinity : b + 2, 0);
    source.add(sources[b] ?? good, b + 2, 0);
    view.minute = b + 1;
    return judge.judge(view);
  });
}

function times<Value>(count: number, value: Value): Value[] {
  return Array.from({ length: count }, () => value);
}

describe('Flagger', () => {
  const rule = flaggerRule({ threshold: 2, limit: 0.01 });

  test('acts on the failed check that reaches the threshold at the next tick', () => {
    // The buckets of minutes 5 and 6 are read at the ticks 7 and 8; the ninth tick rolls back.
    const seen = verdicts(rule, [...times(5, good), bad, bad, good, good]);
    expect(seen.indexOf('rollback')).toBe(8);
  });

  test('adds failed checks up over the run, however many pass between them', () => {
    expect(verdicts(rule, [...times(5, good), bad, ...times(20, good), bad, good, good])).toContain(
      'rollback',
    );
  });

  test('takes no value for a failed check, but finds an old value first', () => {
    const silent = verdicts(rule, [...times(5, good), ...times(10, null)]);
    expect(silent).not.toContain('rollback');
    expect(verdicts(rule, times(8, null)).at(-1)).toBe('rollback');
  });

  test('advances only on a passing check', () => {
    const seen = verdicts(flaggerRule({ threshold: 99, limit: 0.01 }), [
      ...times(8, good),
      bad,
      bad,
      good,
      good,
    ]);
    expect(seen.slice(9)).toEqual(['hold', 'hold', 'promote']);
  });
});

describe('Argo Rollouts', () => {
  const settings = { intervalMinutes: 1, limit: 0.05, failureLimit: 1, consecutiveErrorLimit: 4 };

  test('aborts when more measurements have failed than the limit allows', () => {
    const seen = verdicts(argoRule(settings), [...times(5, good), bad, good, bad, good, good]);
    expect(seen.indexOf('rollback')).toBe(8);
  });

  test('goes to the next step by itself while measurements fail', () => {
    const seen = verdicts(argoRule({ ...settings, failureLimit: 99 }), times(12, bad));
    expect(seen[9]).toBe('promote');
  });

  test('tries again ten seconds after an error, so that a minute without a value is over the limit', () => {
    const gap = [...times(5, good), ...times(6, null)];
    expect(verdicts(argoRule(settings), gap).at(-1)).toBe('rollback');
    expect(verdicts(argoRule({ ...settings, consecutiveErrorLimit: null }), gap)).not.toContain('rollback');
  });

  test('measures five minutes at once, every five minutes', () => {
    const five = argoRule({ ...settings, intervalMinutes: 5, failureLimit: 0 });
    // One minute at 20 % in four is a little over 5 %: the first measurement, at minute 5, sees the minutes 0 to 3.
    expect(verdicts(five, [good, good, bad, ...times(4, good)]).indexOf('rollback')).toBe(-1);
    expect(verdicts(five, [good, bad, bad, ...times(4, good)]).indexOf('rollback')).toBe(4);
  });
});

describe('a CloudWatch alarm', () => {
  const rule = alarmRule({ limit: 0.1, m: 2, n: 3 });

  test('rolls back at two breaching points of three', () => {
    expect(verdicts(rule, [good, bad, good, bad, good]).indexOf('rollback')).toBe(4);
    expect(verdicts(rule, [good, bad, good, good, bad, good])).not.toContain('rollback');
  });

  test('leaves missing points out and looks further back instead', () => {
    expect(verdicts(rule, [bad, null, null, bad, good])).toContain('rollback');
    expect(verdicts(rule, [bad, ...times(6, null), bad, null])).not.toContain('rollback');
  });

  test('lets a silent target pass', () => {
    expect(verdicts(rule, times(10, null)).at(-1)).toBe('promote');
  });
});

describe('Kayenta', () => {
  test('finds a shift whose interval lies above a quarter of its estimate', () => {
    expect(isHigh([0.05, 0.06, 0.05, 0.07, 0.06], [0.001, 0.002, 0.001, 0.002, 0.001], 1)).toBe(true);
    expect(isHigh([0.001, 0.002, 0.03, 0.001], [0.001, 0.002, 0.001, 0.002], 1)).toBe(false);
    expect(isHigh(times(9, 0), times(9, 0), 1)).toBe(false);
  });

  test('lets an increase pass that the effect size allows', () => {
    const experiment = [0.02, 0.021, 0.022, 0.02, 0.021];
    const control = [0.01, 0.011, 0.01, 0.01, 0.011];
    expect(isHigh(experiment, control, 1)).toBe(true);
    expect(isHigh(experiment, control, 3)).toBe(false);
  });

  test('estimates the shift by the median of all differences', () => {
    expect(shift([3, 4, 5], [1, 2, 3]).estimate).toBe(2);
  });

  test('judges at the end of the stage only, and passes without data', () => {
    const rule = kayentaRule({ intervalMinutes: null, allowedIncrease: 1 });
    expect(verdicts(rule, times(12, bad)).indexOf('rollback')).toBe(9);
    expect(verdicts(rule, times(10, null)).at(-1)).toBe('promote');
  });
});
