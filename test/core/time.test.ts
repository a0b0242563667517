import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  elapsed,
  formatDuration,
  instant,
  maxDurationMs,
  millis,
  nextBucketStart,
  parseDuration,
  plus,
} from '../../src/core/time.js';

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['10m', 600_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['1m500ms', 60_500],
  ['0s', 0],
  ['366d', maxDurationMs],
])('%s is a duration', (text, ms) => {
  expect(parseDuration(text)).toEqual({ ok: true, value: ms });
});

test.each(['', '60', '30 s', 's', '-5m', '1e3s', '5M', '1h ', ' 1h', '1w', '.5s', '1.s', '∞s', '٣s'])(
  '%j is not a duration, and the error says what to type',
  (text) => {
    const read = parseDuration(text);
    expect(read.ok ? '' : read.error).toBe(
      `"${text}" is not a duration; write a number with a unit, for example 30s, 10m or 24h`,
    );
  },
);

test.each(['367d', '366d1ms', `${'9'.repeat(400)}d`])('%s is too long', (text) => {
  const read = parseDuration(text);
  expect(read.ok ? '' : read.error).toContain('longer than 366 days');
});

test.each([
  [0, '0s'],
  [-5, '0s'],
  [1500, '1s500ms'],
  [60_000, '1m'],
  [5_400_000, '1h30m'],
  [90_061_001, '1d1h1m1s1ms'],
])('%d ms is written %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('every duration is read back as it was written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: maxDurationMs }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toEqual({ ok: true, value: ms });
    }),
  );
});

test('no text makes reading a duration throw or run long', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof parseDuration(text).ok === 'boolean'));
  const started = performance.now();
  expect(parseDuration(`${'1'.repeat(100_000)}m${'1'.repeat(100_000)}`).ok).toBe(false);
  expect(performance.now() - started).toBeLessThan(500);
});

test('time never counts backwards', () => {
  const noon = instant(1_000_000);
  expect(elapsed(noon, plus(noon, 250))).toBe(250);
  expect(elapsed(noon, plus(noon, -250))).toBe(0);
  expect(millis(-1)).toBe(0);
});

test('the next bucket starts at or after the instant and on the grid', () => {
  expect(nextBucketStart(instant(120_000), 60_000)).toBe(120_000);
  expect(nextBucketStart(instant(120_001), 60_000)).toBe(180_000);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.constantFrom(1000, 10_000, 60_000), (at, bucketMs) => {
      const start = nextBucketStart(instant(at), bucketMs);
      expect(start % bucketMs).toBe(0);
      expect(start).toBeGreaterThanOrEqual(at);
      expect(start - at).toBeLessThan(bucketMs);
    }),
  );
});
