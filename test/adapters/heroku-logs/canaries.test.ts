import { expect, test } from 'vitest';
import { Canaries } from '../../../src/adapters/heroku-logs/canaries.js';
import { instant } from '../../../src/core/time.js';

test('what was sent and seen proves the stream up to the time of sending', () => {
  const canaries = new Canaries();
  expect(canaries.used).toBe(false);
  canaries.expect('shift-a', instant(1_000));
  canaries.expect('shift-b', instant(2_000));
  expect(canaries.awaitedSince).toBe(1_000);
  expect(canaries.heardTo).toBeNull();
  canaries.hear('shift-b', instant(2_100));
  canaries.hear('shift-a', instant(1_100));
  expect(canaries.heardTo).toBe(2_000);
  expect(canaries.awaitedSince).toBeNull();
  expect(canaries.giveUp(instant(9_000))).toEqual([]);
});

test('the log may be faster than the report', () => {
  const canaries = new Canaries();
  canaries.hear('shift-a', instant(1_001));
  expect(canaries.heardTo).toBeNull();
  canaries.expect('shift-a', instant(1_000));
  expect(canaries.heardTo).toBe(1_000);
});

test('what does not come is given up once, oldest first', () => {
  const canaries = new Canaries();
  canaries.expect('shift-c', instant(3_000));
  canaries.expect('shift-a', instant(1_000));
  canaries.expect('shift-b', instant(2_000));
  expect(canaries.giveUp(instant(3_000))).toEqual([1_000, 2_000]);
  expect(canaries.giveUp(instant(3_000))).toEqual([]);
});

test('ids without number are forgotten, oldest first', () => {
  const canaries = new Canaries();
  for (let id = 0; id < 5_000; id += 1) {
    canaries.expect(`shift-${id}`, instant(id));
    canaries.hear(`shift-forged-${id}`, instant(id));
  }
  expect(canaries.giveUp(instant(9_999))).toHaveLength(1_000);
  canaries.expect('shift-forged-1', instant(77));
  expect(canaries.heardTo).toBeNull();
});

test('one that was not answered proves as much when its line comes, and nothing when it does not', () => {
  const canaries = new Canaries();
  canaries.hope('shift-a', instant(1_000));
  canaries.hope('shift-b', instant(2_000));
  expect(canaries.awaitedSince).toBeNull();
  canaries.hear('shift-a', instant(6_000));
  expect(canaries.heardTo).toBe(1_000);
  expect(canaries.giveUp(instant(9_000))).toEqual([]);
});

test('where clocks differ the earlier time counts, because buckets are cut by the time of the lines', () => {
  const canaries = new Canaries();
  canaries.expect('shift-a', instant(100_000));
  canaries.hear('shift-a', instant(40_000));
  expect(canaries.heardTo).toBe(40_000);
  canaries.hear('shift-b', instant(50_000));
  canaries.expect('shift-b', instant(110_000));
  expect(canaries.heardTo).toBe(50_000);
});
