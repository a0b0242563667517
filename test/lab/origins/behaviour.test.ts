import { expect, test } from 'vitest';
import { decideFate, healthyBehaviour, type OriginBehaviour } from '../../../src/lab/origins/behaviour.js';
import { seededRandom } from '../../../src/lab/random.js';

function fates(behaviour: OriginBehaviour, arrivals: number, count = 10_000): (number | undefined)[] {
  const random = seededRandom('fates');
  return Array.from({ length: count }, () => decideFate(behaviour, arrivals, random).failureStatus);
}

test('in good weather one request in a thousand fails, with a 500', () => {
  const failures = fates(healthyBehaviour, 1, 100_000).filter((status) => status !== undefined);
  expect(new Set(failures)).toEqual(new Set([500]));
  expect(Math.abs(failures.length - 100)).toBeLessThan(40);
});

test('errors are given to the fraction that was asked for', () => {
  const failures = fates({ ...healthyBehaviour, errors: { status: 503, fraction: 0.9 } }, 1);
  const count = failures.filter((status) => status === 503).length;
  expect(Math.abs(count - 9_000)).toBeLessThan(120);
});

test('only above its capacity it collapses', () => {
  const behaviour = { ...healthyBehaviour, baseErrorFraction: 0, capacityPerSecond: 50 };
  expect(fates(behaviour, 50).every((status) => status === undefined)).toBe(true);
  const collapsed = fates(behaviour, 51).filter((status) => status === 503).length;
  expect(Math.abs(collapsed - 9_000)).toBeLessThan(120);
});

test('slowing answers down does not change which of them fail', () => {
  const errors = { status: 503, fraction: 0.5 };
  const quick = fates({ ...healthyBehaviour, errors }, 1, 200);
  const slow = fates({ ...healthyBehaviour, errors, slow: { delayMs: 10, fraction: 0.5 } }, 1, 200);
  expect(slow).toEqual(quick);
});

test('times of service have the mean that was asked for, and none is over three and a half times of it', () => {
  const random = seededRandom('times');
  const behaviour = { ...healthyBehaviour, serviceTimeMs: 100 };
  const times = Array.from({ length: 10_000 }, () => decideFate(behaviour, 1, random).delayMs);
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  expect(Math.abs(mean - 100)).toBeLessThan(2);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(60);
  expect(Math.max(...times)).toBeLessThan(350);
  const sorted = times.toSorted((a, b) => a - b);
  expect(Math.abs((sorted[9_500] ?? 0) - 180)).toBeLessThan(10);
});
