import { describe, expect, test } from 'vitest';
import {
  closedBecause,
  firstWholeSpan,
  isOpen,
  nextOpening,
  openMs,
  weekdays,
  type AdvancingWindow,
  type Calendar,
} from '../../src/core/calendar.js';
import { dayNumber, formatDate, isTimeZone, parseDate } from '../../src/core/local-time.js';
import { instant, type Instant } from '../../src/core/time.js';

const minuteMs = 60_000;

function at(text: string): Instant {
  return instant(Date.parse(text));
}

function calendar(change: Partial<Calendar> = {}): Calendar {
  return { timeZone: 'Europe/Berlin', windows: [], freeze: [], deadline: null, ...change };
}

function window(from: string, to: string, days: AdvancingWindow['days'] = weekdays): AdvancingWindow {
  const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return { days, fromMinute: minutes(from), toMinute: minutes(to) };
}

function freeze(first: string, last = first): Calendar['freeze'][number] {
  return { firstDay: parseDate(first) ?? 0, lastDay: parseDate(last) ?? 0 };
}

const workingDays: AdvancingWindow['days'] = ['mon', 'tue', 'wed', 'thu', 'fri'];

describe('the calendar', () => {
  test('without windows and freeze is always open', () => {
    const now = at('2026-11-21T03:00:00Z');
    expect(nextOpening(calendar(), now)).toBe(now);
  });

  test('opens on Monday morning in its own time zone', () => {
    const working = calendar({ windows: [window('09:00', '16:00', workingDays)] });
    expect(nextOpening(working, at('2026-11-20T14:59:59Z'))).toBe(at('2026-11-20T14:59:59Z'));
    expect(nextOpening(working, at('2026-11-20T15:00:00Z'))).toBe(at('2026-11-23T08:00:00Z'));
    expect(closedBecause(working, at('2026-11-21T12:00:00Z'))).toBe(
      'the calendar of the policy is closed until Mon 2026-11-23 09:00 Europe/Berlin',
    );
  });

  test('stays closed through every day of a freeze, its last one included', () => {
    const frozen = calendar({ freeze: [freeze('2026-12-24', '2026-12-26'), freeze('2026-12-27')] });
    expect(nextOpening(frozen, at('2026-12-23T23:00:00Z'))).toBe(at('2026-12-27T23:00:00Z'));
  });

  test('has windows that go on after midnight on the day after the one they name', () => {
    const night = calendar({ windows: [window('22:00', '04:00', ['fri'])] });
    expect(isOpen(night, at('2026-11-20T21:30:00Z'))).toBe(true);
    expect(isOpen(night, at('2026-11-21T02:30:00Z'))).toBe(true);
    expect(isOpen(night, at('2026-11-21T03:00:00Z'))).toBe(false);
    expect(isOpen(night, at('2026-11-20T02:30:00Z'))).toBe(false);
    expect(isOpen(night, at('2026-11-21T21:30:00Z'))).toBe(false);
  });

  test('does not open after its deadline', () => {
    const late = calendar({
      windows: [window('09:00', '16:00', ['mon'])],
      deadline: at('2026-11-22T00:00:00Z'),
    });
    expect(nextOpening(late, at('2026-11-21T00:00:00Z'))).toBeNull();
    expect(closedBecause(late, at('2026-11-21T00:00:00Z'))).toContain('does not open again');
  });

  test('does not look for an opening for ever', () => {
    const never = calendar({ freeze: [freeze('2026-01-01', '2099-01-01')] });
    expect(nextOpening(never, at('2026-11-21T00:00:00Z'))).toBeNull();
  });

  test('counts the time in which it is open', () => {
    const working = calendar({ windows: [window('09:00', '16:00', workingDays)] });
    const from = at('2026-11-20T14:00:00Z');
    expect(openMs(working, from, at('2026-11-23T09:30:00Z'))).toBe(150 * minuteMs);
    expect(openMs(working, from, from)).toBe(0);
    expect(openMs(calendar(), from, instant(from + 12_345))).toBe(12_345);
  });
});

describe('fault 23: when the clocks change, a window', () => {
  const night = calendar({ windows: [window('02:15', '02:45')] });

  test('in the skipped hour is not open on that day', () => {
    expect(nextOpening(night, at('2026-03-28T12:00:00Z'))).toBe(at('2026-03-30T00:15:00Z'));
    for (const time of ['00:59', '01:00', '01:20', '01:44'])
      expect(isOpen(night, at(`2026-03-29T${time}:00Z`)), time).toBe(false);
    expect(openMs(night, at('2026-03-28T12:00:00Z'), at('2026-03-29T12:00:00Z'))).toBe(0);
  });

  test('in the repeated hour is open the first time only', () => {
    expect(nextOpening(night, at('2026-10-24T12:00:00Z'))).toBe(at('2026-10-25T00:15:00Z'));
    expect(isOpen(night, at('2026-10-25T00:30:00Z'))).toBe(true);
    expect(isOpen(night, at('2026-10-25T01:30:00Z'))).toBe(false);
    expect(openMs(night, at('2026-10-24T12:00:00Z'), at('2026-10-25T12:00:00Z'))).toBe(30 * minuteMs);
    expect(nextOpening(night, at('2026-10-25T00:45:00Z'))).toBe(at('2026-10-26T01:15:00Z'));
  });
});

describe('openings are those of a scan minute by minute', () => {
  const zones: [string, string[]][] = [
    ['Europe/Berlin', ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z']],
    ['America/New_York', ['2026-03-08T07:00:00Z', '2026-11-01T06:00:00Z']],
    ['Pacific/Chatham', ['2026-04-04T14:00:00Z', '2026-09-26T14:00:00Z']],
  ];
  const cases = zones.flatMap(([zone, changes]) => changes.map((change) => [zone, change] as const));

  test.each(cases)('in %s around %s', (timeZone, change) => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 16_807) % 2_147_483_647) % below;
    const from = instant(at(change) - 30 * 3_600_000);
    const clock = scan(timeZone, from, 60 * 60);
    for (let round = 0; round < 12; round += 1) {
      const made = calendar({
        timeZone,
        windows: Array.from({ length: 1 + random(2) }, () => randomWindow(random)),
        freeze: random(4) === 0 ? [freeze(clock[1800]!.date)] : [],
      });
      const open = clock.map((minute) => isOpenByHand(made, minute));
      expect(clock.map((minute) => isOpen(made, minute.at))).toEqual(open);
      for (let tries = 0; tries < 10; tries += 1) {
        const index = random(clock.length);
        const expected = open.indexOf(true, index);
        const found = nextOpening(made, clock[index]!.at);
        if (expected >= 0) expect(found).toBe(clock[expected]!.at);
        else expect(found ?? Infinity).toBeGreaterThan(clock.at(-1)!.at);
        const end = index + random(clock.length - index);
        const counted = open.slice(index, end).filter(Boolean).length * minuteMs;
        expect(openMs(made, clock[index]!.at, clock[end]!.at)).toBe(counted);
      }
    }
  });

  interface Minute {
    readonly at: Instant;
    readonly date: string;
    readonly minute: number;
    readonly weekday: number;
    readonly isSecond: boolean;
  }

  /** What a clock on the wall shows in each minute; the first twelve hours only tell which times come a second time. */
  function scan(timeZone: string, from: Instant, minutes: number): Minute[] {
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
    const shown = new Set<string>();
    return Array.from({ length: minutes }, (_, index): Minute => {
      const now = instant(from + index * minuteMs);
      const text = format.format(now);
      const [date = '', clock = ''] = text.split(' ');
      const isSecond = shown.has(text);
      shown.add(text);
      const minute = Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
      return {
        at: now,
        date,
        minute,
        weekday: (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7,
        isSecond,
      };
    });
  }

  function isOpenByHand({ windows, freeze: frozen }: Calendar, now: Minute): boolean {
    const day = Math.floor(Date.parse(`${now.date}T00:00:00Z`) / 86_400_000);
    if (frozen.some(({ firstDay }) => firstDay === day) || now.isSecond) return false;
    return windows.some(({ days, fromMinute, toMinute }) => {
      const today = days.includes(weekdays[now.weekday]!);
      const yesterday = days.includes(weekdays[(now.weekday + 6) % 7]!);
      if (fromMinute < toMinute) return today && now.minute >= fromMinute && now.minute < toMinute;
      return (today && now.minute >= fromMinute) || (yesterday && now.minute < toMinute);
    });
  }

  /** Near the hours in which clocks change as often as not. */
  function randomWindow(random: (below: number) => number): AdvancingWindow {
    const minute = (): number => (random(2) === 0 ? 60 + random(240) : random(1440));
    const fromMinute = minute();
    const toMinute = minute();
    const days = weekdays.filter(() => random(3) > 0);
    return { days, fromMinute, toMinute: toMinute === fromMinute ? fromMinute + 1 : toMinute };
  }
});

describe('a daily span', () => {
  const peak = { fromMinute: 10 * 60, toMinute: 12 * 60 };

  test('is seen whole today when it has not begun, and tomorrow when it has', () => {
    const today = firstWholeSpan('Europe/Berlin', peak, at('2026-11-20T09:00:00Z'));
    expect(today).toEqual({ begins: at('2026-11-20T09:00:00Z'), ends: at('2026-11-20T11:00:00Z') });
    const tomorrow = firstWholeSpan('Europe/Berlin', peak, at('2026-11-20T09:00:01Z'));
    expect(tomorrow.ends).toBe(at('2026-11-21T11:00:00Z'));
  });

  test('may go through midnight, and through a change of the clocks', () => {
    const night = { fromMinute: 23 * 60, toMinute: 4 * 60 };
    const { begins, ends } = firstWholeSpan('Europe/Berlin', night, at('2026-10-24T12:00:00Z'));
    expect(ends - begins).toBe(6 * 3_600_000);
  });
});

describe('dates and zones', () => {
  test('are read and written again, and refused when there is no such day', () => {
    for (const text of ['1970-01-01', '2024-02-29', '2026-12-31', '2100-03-01'])
      expect(formatDate(parseDate(text)!)).toBe(text);
    for (const text of ['2026-02-29', '2026-13-01', '26-01-01', 'tomorrow'])
      expect(parseDate(text)).toBeNull();
    expect(dayNumber(2026, 11, 21)).toBe(Math.floor(Date.UTC(2026, 10, 21) / 86_400_000));
  });

  test('are those of the IANA database', () => {
    expect(isTimeZone('Pacific/Chatham')).toBe(true);
    expect(isTimeZone('Europe/Atlantis')).toBe(false);
  });
});
