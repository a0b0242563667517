import { expect, test } from 'vitest';
import { Pace } from '../../../src/lab/clients/pace.js';

test('requests become due evenly, and none is lost between calls', () => {
  let nowMs = 0;
  const pace = new Pace(30, () => nowMs);
  const taken: number[] = [];
  for (nowMs = 0; nowMs <= 10_000; nowMs += 10) taken.push(pace.take());
  expect(Math.max(...taken)).toBe(1);
  const sum = taken.reduce((total, each) => total + each, 0);
  // A fraction of the last one may still be missing.
  expect(sum).toBeGreaterThanOrEqual(299);
  expect(sum).toBeLessThanOrEqual(300);
});

test('a change of rate counts from its instant', () => {
  let nowMs = 0;
  const pace = new Pace(100, () => nowMs);
  nowMs = 50;
  pace.set(10);
  nowMs = 550;
  expect(pace.take()).toBe(10);
  pace.set(0);
  nowMs = 9_000;
  expect(pace.take()).toBe(0);
  pace.set(10);
  nowMs = 9_500;
  expect(pace.take()).toBe(5);
});

test('at most one second is made up for', () => {
  let nowMs = 0;
  const pace = new Pace(200, () => nowMs);
  nowMs = 60_000;
  expect(pace.take()).toBe(200);
});
