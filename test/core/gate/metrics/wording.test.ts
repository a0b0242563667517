import { expect, test } from 'vitest';
import {
  grouped,
  percent,
  shareText,
  span,
  spanOf,
  utcClock,
} from '../../../../src/core/gate/metrics/wording.js';
import { instant } from '../../../../src/core/time.js';

test.each([
  [0, '0 %'],
  [1e-12, 'under 0.000001 %'],
  [6.2e-5, '0.0062 %'],
  [0.0042, '0.42 %'],
  [0.045, '4.5 %'],
  [0.06, '6.0 %'],
  [0.25, '25 %'],
  [1, '100 %'],
])('the rate %d is %s', (rate, text) => {
  expect(percent(rate)).toBe(text);
});

test.each([
  [0.25, '25 %'],
  [0.02, '2 %'],
  [1, '100 %'],
  [0.125, '12.5 %'],
])('the share %d is %s', (share, text) => {
  expect(shareText(share)).toBe(text);
});

test('large numbers are grouped', () => {
  expect([0, 999, 1000, 27_400, 1e9].map(grouped)).toEqual(['0', '999', '1,000', '27,400', '1,000,000,000']);
});

test('times are in seconds while they are short', () => {
  expect([0, 4000, 60_000, 90_000, 120_000, 150_000, 7_200_000].map(span)).toEqual([
    '0 s',
    '4 s',
    '1 min',
    '90 s',
    '2 min',
    '2 min',
    '120 min',
  ]);
  expect(spanOf(480_000, 600_000)).toBe('8/10 min');
  expect(spanOf(0, 600_000)).toBe('0/10 min');
  expect(spanOf(4000, 6000)).toBe('4/6 s');
});

test('the clock is UTC and shows seconds where buckets are shorter than a minute', () => {
  const at = instant(1_893_499_200_000 + 41 * 60_000 + 7000);
  expect(utcClock(at, 60_000)).toBe('12:41');
  expect(utcClock(at, 10_000)).toBe('12:41:07');
});
