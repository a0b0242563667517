import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogTime } from '../../../src/core/router-log/log-time.js';

const text = Buffer.alloc(64);
const time = new LogTime(new DataView(text.buffer, text.byteOffset, text.byteLength));

function read(stamp: string): number | null {
  text.fill(10);
  text.write(stamp);
  const end = time.read(0);
  if (end < 0) return null;
  expect(end).toBe(stamp.length);
  return time.ms;
}

test('every time since 1970 is read as the platform reads it', () => {
  const date = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
  fc.assert(
    fc.property(date, fc.integer({ min: -839, max: 839 }), (at, offset) => {
      expect(read(at.toISOString())).toBe(at.getTime());
      const sign = offset < 0 ? '-' : '+';
      const pair = (value: number): string => String(value).padStart(2, '0');
      const zone = `${sign}${pair(Math.floor(Math.abs(offset) / 60))}:${pair(Math.abs(offset) % 60)}`;
      expect(read(at.toISOString().replace('Z', zone))).toBe(at.getTime() - offset * 60_000);
    }),
  );
});

test('fractions of any length count to the millisecond', () => {
  const second = Date.UTC(2026, 10, 5, 12, 34, 56);
  expect(read('2026-11-05T12:34:56+00:00')).toBe(second);
  expect(read('2026-11-05T12:34:56.1Z')).toBe(second + 100);
  expect(read('2026-11-05T12:34:56.123999999+00:00')).toBe(second + 123);
});

test.each([
  '2026-11-05 12:34:56Z',
  '2026-13-05T12:34:56Z',
  '2026-11-05T24:34:56Z',
  '2026-11-05T12:60:56Z',
  '2026-11-05T12:34:61Z',
  '2026-11-05T12:34:5',
  '2026-11-05T12:34:56',
  '2026-11-05T12:34:56+0000',
  '2026-11-05T12:34:56+24:00',
  '2026/11/05T12:34:56Z',
  '1:2026-11-05T12:34:56Z',
  '',
])('%j is no time', (stamp) => {
  expect(read(stamp)).toBeNull();
});
