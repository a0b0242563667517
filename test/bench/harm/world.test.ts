import { describe, expect, test } from 'vitest';
import {
  badCells,
  faults,
  healthyCell,
  healthyCells,
  healthyNoises,
  serviceClasses,
  spikeCell,
} from './cells.js';
import { Clients } from './clients.js';
import { migrate, type Outcome } from './migration.js';
import { oracle } from './oracle.js';
import { Random } from './random.js';
import { alarmRule } from './rivals/alarm.js';
import { weekRamp } from './benchmark.js';
import { shiftRule } from './shift-rule.js';
import { shiftWeekRule } from './shift-week-rule.js';
import { World } from './world.js';

const service = { rps: 10, baseRate: 0.01 };
const [clean, over] = healthyNoises as [(typeof healthyNoises)[0], (typeof healthyNoises)[0]];

function played(world: World, minutes: number, share: number): World {
  for (let b = 0; b < minutes; b += 1) world.play(share, false);
  return world;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe('random numbers', () => {
  test.each([0.3, 8, 29.9, 31, 5000])('a Poisson count of mean %d has that mean and variance', (mean) => {
    const random = new Random(1, 2, 3);
    const counts = Array.from({ length: 20_000 }, () => random.poisson(mean));
    const average = sum(counts) / counts.length;
    const variance = sum(counts.map((count) => (count - average) ** 2)) / counts.length;
    expect(average / mean).toBeCloseTo(1, 1);
    expect(variance / mean).toBeCloseTo(1, 1);
  });

  test.each([
    [10, 0.3],
    [30, 0.001],
    [600, 0.9],
    [60_000, 0.01],
  ])('a binomial count of %d with chance %d has that mean and never more', (n, p) => {
    const random = new Random(1, 2, 3);
    const counts = Array.from({ length: 20_000 }, () => random.binomial(n, p));
    expect(sum(counts) / counts.length / (n * p)).toBeCloseTo(1, 1);
    expect(Math.max(...counts)).toBeLessThanOrEqual(n);
  });

  test('failures in clusters of two keep their mean and triple their variance', () => {
    const random = new Random(1, 2, 3);
    const counts = Array.from({ length: 40_000 }, () => random.clustered(6, 2));
    const average = sum(counts) / counts.length;
    expect(average).toBeCloseTo(6, 0);
    expect(sum(counts.map((count) => (count - average) ** 2)) / counts.length / 6).toBeCloseTo(3, 0);
  });
});

describe('clients', () => {
  test('follow a change after half a minute, over a minute, but for those who overstay', () => {
    const clients = new Clients();
    clients.setWeight(0, 0.1);
    expect(clients.shareBetween(0, 0.5)).toBe(0);
    expect(clients.shareBetween(2, 3)).toBeGreaterThan(0.0955);
    expect(clients.shareBetween(2, 3)).toBeLessThan(0.0975);
    expect(clients.shareBetween(400, 401)).toBeCloseTo(0.1, 4);
  });

  test('the tail after a rollback is what adding up its minutes gives', () => {
    const clients = new Clients();
    clients.setWeight(0, 0.1);
    clients.setWeight(10, 0.25);
    clients.setWeight(17, 0);
    expect(clients.shareUntilDrained(17)).toBeCloseTo(clients.shareBetween(17, 2000), 9);
  });
});

describe('the world', () => {
  test('has 390 bad cells, 90 sound ones and 15 with a shared spike', () => {
    const classes = serviceClasses();
    expect(classes.flatMap(badCells)).toHaveLength(390);
    expect(classes.flatMap(healthyCells)).toHaveLength(90);
    expect(classes.map(spikeCell)).toHaveLength(15);
  });

  test('is the same for the same seed and another one for the next run', () => {
    const errors = (run: number): readonly number[] =>
      played(new World(healthyCell(service, over), 1, run), 60, 0.5).target.e;
    expect(errors(1)).toEqual(errors(1));
    expect(errors(1)).not.toEqual(errors(2));
  });

  test('fails at the base rate on both sides, however noisy', () => {
    for (const noise of [clean, over]) {
      const world = played(
        new World(healthyCell({ rps: 100, baseRate: 0.01 }, noise), 5, 0, 3000),
        3000,
        0.5,
      );
      for (const side of [world.source, world.target]) {
        expect(sum(side.e) / sum(side.n)).toBeGreaterThan(0.0092);
        expect(sum(side.e) / sum(side.n)).toBeLessThan(0.0108);
      }
    }
  });

  test('shows a bucket one to three minutes after its end, and never one without a request', () => {
    const { source, target } = played(new World(healthyCell(service, clean), 1, 1), 500, 0);
    const delays = source.n.map((_, b) =>
      [0, 1, 2, 3].findIndex((delay) => source.visible(b, b + 1 + delay)),
    );
    expect(new Set(delays)).toEqual(new Set([1, 2, 3]));
    expect(target.visible(100, 499)).toBe(false);
  });

  test('loses a tenth of the buckets and eight minutes at once where metrics go missing', () => {
    const missing = healthyNoises.find(({ name }) => name === 'missing')!;
    const { source } = played(new World(healthyCell(service, missing), 1, 1, 1000), 1000, 0.5);
    const lost = source.n.map((_, b) => Number(!source.visible(b, 2000)));
    expect(sum(lost)).toBeGreaterThan(80);
    expect(sum(lost)).toBeLessThan(140);
    expect(lost.join('')).toContain('11111111');
  });
});

describe('a migration', () => {
  const broken = { ...healthyCell(service, clean), fault: faults[0]! };
  const late = faults.find(({ fromMinute }) => fromMinute === 20)!;

  test('under the oracle costs a broken target the metric delay and the drain, nothing more', () => {
    const { end, harm, delay } = migrate({ cell: broken, rule: oracle, seed: 1, run: 1 });
    expect(end).toBe('rolled-back');
    expect(delay).toBeLessThanOrEqual(4);
    expect(harm).toBeGreaterThan(0.1);
    expect(harm).toBeLessThan(0.5);
  });

  test('that nobody stops costs its ramp and an hour at the end', () => {
    const never = alarmRule({ limit: 1, m: 1, n: 1 });
    const { end, minutes, harm } = migrate({ cell: broken, rule: never, seed: 1, run: 1 });
    expect([end, minutes]).toEqual(['completed', 60]);
    expect(harm).toBeGreaterThan(60 + 30 + 5);
    expect(harm).toBeLessThan(60 + 30 + 10);
  });

  test('is sound until its fault begins', () => {
    const { delay, minutes } = migrate({ cell: { ...broken, fault: late }, rule: oracle, seed: 1, run: 1 });
    expect(minutes).toBeGreaterThan(20);
    expect(delay).toBe(minutes - 20);
  });

  test('of five hosts is rolled back by the one that is bad', () => {
    expect(migrate({ cell: broken, rule: shiftRule, seed: 1, run: 1, hosts: 5 }).end).toBe('rolled-back');
  });
});

describe('the gate over a week', () => {
  test.each([0, 1, 2, 3])(
    'is asked seldom and decides the same as when it is asked every minute (run %d)',
    (run) => {
      const cells = serviceClasses([1, 10]).flatMap((each) => badCells(each).filter((_, i) => i % 7 === run));
      const ramp = { ...weekRamp, dwellMinutes: [20, 20, 20, 20] };
      const outcomes = (rule: typeof shiftRule): Outcome[] =>
        cells.map((cell) => migrate({ cell, rule, seed: 3, run, ramp }));
      expect(outcomes(shiftWeekRule(180))).toEqual(outcomes(shiftRule));
    },
  );
});
