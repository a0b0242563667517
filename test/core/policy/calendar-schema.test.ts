import { describe, expect, test } from 'vitest';
import { parseDate } from '../../../src/core/local-time.js';
import { parsePolicy } from '../../../src/core/policy/parse-policy.js';
import type { Policy } from '../../../src/core/policy/policy.js';

function read(text: string): Policy {
  const policy = parsePolicy(`stages: [10, 100]\n${text}`, 'p.yaml');
  if (!policy.ok) throw new Error(JSON.stringify(policy.error));
  return policy.value;
}

function problem(text: string): string {
  const policy = parsePolicy(`stages: [10, 100]\n${text}`, 'p.yaml');
  if (policy.ok) return 'accepted';
  return policy.error
    .map(({ location, where, message }) => `${location?.line ?? 0} ${where}: ${message}`)
    .join('; ');
}

describe('the calendar of a policy file', () => {
  test('is absent where the file says nothing of it', () => {
    expect(read('')).not.toHaveProperty('calendar');
    expect(read('')).not.toHaveProperty('approveWithinMs');
  });

  test('holds windows, freeze and deadline in the zone of the file', () => {
    const { calendar } = read(`timeZone: Europe/Berlin
windows:
  - { days: [mon, fri], from: 09:00, to: "16:30" }
  - { from: 22:00, to: 24:00 }
freeze: [2026-12-24, { from: 2026-12-30, to: 2027-01-02 }]
deadline: 2027-01-15`);
    expect(calendar).toEqual({
      timeZone: 'Europe/Berlin',
      windows: [
        { days: ['mon', 'fri'], fromMinute: 540, toMinute: 990 },
        { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], fromMinute: 1320, toMinute: 1440 },
      ],
      freeze: [
        { firstDay: parseDate('2026-12-24'), lastDay: parseDate('2026-12-24') },
        { firstDay: parseDate('2026-12-30'), lastDay: parseDate('2027-01-02') },
      ],
      deadline: Date.parse('2027-01-15T23:00:00Z'),
    });
  });

  test('takes a moment as deadline', () => {
    expect(read('deadline: 2027-01-15T16:00:00+01:00').calendar?.deadline).toBe(
      Date.parse('2027-01-15T15:00:00Z'),
    );
    expect(read('deadline: 2027-01-15T16:00Z').calendar?.deadline).toBe(Date.parse('2027-01-15T16:00:00Z'));
  });

  test('gives a stage its approval and the hours that it must be watched', () => {
    const policy = parsePolicy(
      'approveWithin: 2h\nstages: [10, {share: 25, approve: true}, {share: 100, dwellOver: {from: 10:00, to: 12:00}}]',
      'p.yaml',
    );
    expect(policy).toMatchObject({
      value: {
        approveWithinMs: 7_200_000,
        stages: [
          {},
          { share: 25, needsApproval: true },
          { share: 100, dwellOver: { fromMinute: 600, toMinute: 720 } },
        ],
      },
    });
  });

  test.each([
    ['timeZone: Europe/Atlantis', '2 timeZone: "Europe/Atlantis" is not a time zone'],
    ['windows: []', 'names no window'],
    ['windows: [{ from: 9:00, to: 16:00 }]', '2 windows[0].from: "9:00" is not a time of day'],
    ['windows: [{ from: 09:00, to: 09:00 }]', 'begins and ends at the same time'],
    ['windows: [{ days: [monday], from: 09:00, to: 10:00 }]', '"monday" is not one of mon'],
    ['windows: [{ from: 09:00, until: 10:00 }]', 'the key "until" is unknown; known here: days, from, to'],
    ['freeze: [2026-02-30]', '"2026-02-30" is not a date'],
    ['freeze: [{ from: 2026-12-24, to: 2026-12-20 }]', 'ends before it begins'],
    ['deadline: soon', '"soon" is not a date such as 2026-12-18 or a moment'],
    ['deadline: 2026-12-18T25:00:00Z', 'is not a date such as'],
  ])('refuses %s', (text, message) => {
    expect(problem(text)).toContain(message);
  });
});
