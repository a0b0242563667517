import { expect, test } from 'vitest';
import { extendedStatisticOf, statisticOf } from '../../../src/lab/cloudwatch/statistic.js';

const samples = [5, 1, 4, 2, 3, 10, 7, 6, 9, 8];

test.each([
  ['SampleCount', 10],
  ['Sum', 55],
  ['Average', 5.5],
  ['Minimum', 1],
  ['Maximum', 10],
  ['p50', 5],
  ['p90', 9],
  ['p95', 10],
  ['p99.9', 10],
  ['p0', 1],
  ['p100', 10],
  // Above the lower bound, up to and with the upper one.
  ['PR(:3)', 30],
  ['PR(3:)', 70],
  ['PR(3:5.5)', 20],
])('%s of one to ten is %d', (name, expected) => {
  expect(statisticOf(name)?.(samples)).toBe(expected);
});

test.each(['sum', 'p', 'p101', 'p-1', 'p99.12345678901', 'PR(:)', 'PR(3)', 'toString', ''])(
  '%j is no statistic',
  (name) => expect(statisticOf(name)).toBeUndefined(),
);

test('a simple statistic is no extended one', () => {
  expect(extendedStatisticOf('Sum')).toBeUndefined();
  expect(extendedStatisticOf('p99')?.([1])).toBe(1);
});
