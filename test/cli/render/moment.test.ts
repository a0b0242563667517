import { expect, test } from 'vitest';
import { bar } from '../../../src/cli/render/bar.js';
import { countdown, glance, localTime, stopwatch } from '../../../src/cli/render/moment.js';
import { startedAt } from './journey.js';

test('a point in time has its date, in local time', () => {
  expect(localTime(startedAt)).toBe('2026-11-20 18:42:00');
  process.env['TZ'] = 'Asia/Kolkata';
  expect(localTime(startedAt)).toBe('2026-11-21 00:12:00');
  process.env['TZ'] = 'UTC';
});

test('a length of time at a glance has its two largest units', () => {
  const second = 1_000;
  const hour = 3_600_000;
  expect([0, 999, 4_999, 90 * second, hour, 26 * hour + 59_000, 25 * 24 * hour].map(glance)).toEqual([
    '0s',
    '0s',
    '4s',
    '1m30s',
    '1h',
    '1d2h',
    '25d',
  ]);
});

test('a countdown never shows 0s: it ends', () => {
  expect(countdown(2_001, 1_000)).toBe('2s');
  expect(countdown(2_000, 1_999)).toBe('1s');
  expect(countdown(2_000, 2_000)).toBeNull();
  expect(countdown(1_000, 2_000)).toBeNull();
});

test('measured times have tenths of a second while they matter', () => {
  expect([340, 59_900, 90_400].map(stopwatch)).toEqual(['0.3s', '59.9s', '1m30s']);
});

test('only 0 is an empty bar and only 100 a full one', () => {
  expect([0, 1, 25, 99.9, 100].map((share) => bar(share, 4))).toEqual([
    '░░░░',
    '█░░░',
    '█░░░',
    '███░',
    '████',
  ]);
});
