import { expect, test } from 'vitest';
import { LoadMeter } from '../../../src/lab/origins/load-meter.js';

test('arrivals are those of the last second', () => {
  let nowMs = 1_000_000;
  const meter = new LoadMeter(() => nowMs);
  for (let count = 1; count <= 5; count += 1) expect(meter.arrived()).toBe(count);
  nowMs += 900;
  expect(meter.arrived()).toBe(6);
  nowMs += 100;
  expect(meter.arrived()).toBe(2);
  nowMs += 5_000;
  expect(meter.arrived()).toBe(1);
  nowMs -= 60_000;
  expect(meter.arrived()).toBe(1);
});

test('answers are counted by second, and only ten minutes are kept', () => {
  let nowMs = 0;
  const meter = new LoadMeter(() => nowMs);
  meter.answered(200);
  meter.answered(404);
  meter.answered(503);
  expect(meter.seconds()).toEqual([{ second: 0, requests: 3, errors: 1 }]);
  for (let second = 1; second <= 700; second += 1) {
    nowMs = second * 1_000;
    meter.answered(200);
  }
  expect(meter.seconds()).toHaveLength(600);
  expect(meter.seconds()[0]).toEqual({ second: 101, requests: 1, errors: 0 });
});
