import {
  clockChange,
  firstInstantOf,
  formatLocal,
  isSecondTime,
  localTime,
  offsetMs,
  weekdayOf,
} from './local-time.js';
import { instant, type Instant } from './time.js';

/** When a migration may advance. It never keeps a rollback from anything. */
export interface Calendar {
  /** A name of the IANA time zone database; every local time below is of this zone. */
  readonly timeZone: string;
  /** Advancing is allowed inside of any of them; with none it is allowed at every hour. */
  readonly windows: readonly AdvancingWindow[];
  /** Whole local days on which nothing advances, whatever the windows say. */
  readonly freeze: readonly DayRange[];
  /** From here on nothing advances any more, and a person is asked. */
  readonly deadline: Instant | null;
}

/** A span of local time on some days of the week; one that ends at or before its beginning goes on into the next day. */
export interface AdvancingWindow extends DaySpan {
  readonly days: readonly Weekday[];
}

/** Minutes from local midnight: `fromMinute` is inside, `toMinute` is not. 1440 is the end of the day. */
export interface DaySpan {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Local days, counted from 1970-01-01, both included. */
export interface DayRange {
  readonly firstDay: number;
  readonly lastDay: number;
}

export type Weekday = (typeof weekdays)[number];

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Further ahead no opening is looked for; a freeze that is longer is as good as for ever. */
const maxDaysAhead = 400;

const dayMs = 86_400_000;

/** Whether windows and freeze let a migration advance at this moment. The deadline is asked for apart, with `isPastDeadline`. */
export function isOpen(calendar: Calendar, at: Instant): boolean {
  const { timeZone, windows, freeze } = calendar;
  const { day, minute } = localTime(timeZone, at);
  if (freeze.some(({ firstDay, lastDay }) => firstDay <= day && day <= lastDay)) return false;
  if (windows.length === 0) return true;
  // An hour that the clock shows twice is open the first time only, as one that it skips is not open at all.
  return windows.some((window) => isInside(window, day, minute)) && !isSecondTime(timeZone, at);
}

function isInside({ days, fromMinute, toMinute }: AdvancingWindow, day: number, minute: number): boolean {
  const isOn = (candidate: number): boolean =>
    days.some((name) => weekdays.indexOf(name) === weekdayOf(candidate));
  if (fromMinute < toMinute) return isOn(day) && fromMinute <= minute && minute < toMinute;
  return (isOn(day) && fromMinute <= minute) || (isOn(day - 1) && minute < toMinute);
}

export function isPastDeadline({ deadline }: Calendar, at: Instant): boolean {
  return deadline !== null && at >= deadline;
}

/** The first moment from `at` on at which the calendar is open; null when there is none before the deadline or for over a year. */
export function nextOpening(calendar: Calendar, at: Instant): Instant | null {
  const opening = isOpen(calendar, at) ? at : openingAfter(calendar, at);
  return opening === null || isPastDeadline(calendar, opening) ? null : opening;
}

/** The first moment after `at` at which it is open, whatever the deadline; null when there is none for over a year. */
export function openingAfter(calendar: Calendar, at: Instant): Instant | null {
  const { day: today } = localTime(calendar.timeZone, at);
  for (let day = today; day <= today + maxDaysAhead; day += 1) {
    const opening = turningPoints(calendar, day).find((point) => point > at && isOpen(calendar, point));
    if (opening !== undefined) return opening;
  }
  return null;
}

/** How long the calendar is open between two moments, in milliseconds. */
export function openMs(calendar: Calendar, from: Instant, to: Instant): number {
  const { day: firstDay } = localTime(calendar.timeZone, from);
  const { day: lastDay } = localTime(calendar.timeZone, to);
  let total = 0;
  let since = from;
  for (let day = firstDay; day <= Math.min(lastDay, firstDay + maxDaysAhead); day += 1) {
    for (const point of [...turningPoints(calendar, day), to]) {
      if (point <= since || point > to || (point === to && day < lastDay)) continue;
      if (isOpen(calendar, since)) total += point - since;
      since = point;
    }
  }
  return total;
}

/** Every moment of a local day at which the calendar may open or close, in order. */
function turningPoints({ timeZone, windows }: Calendar, day: number): Instant[] {
  const minutes = new Set([0, ...windows.flatMap(({ fromMinute, toMinute }) => [fromMinute, toMinute])]);
  const local = [...minutes].map((minute) => firstInstantOf(timeZone, { day, minute }));
  const begins = firstInstantOf(timeZone, { day, minute: 0 });
  const ends = firstInstantOf(timeZone, { day: day + 1, minute: 0 });
  const changed = clockChange(timeZone, begins, ends);
  const points = changed === null ? local : [...local, changed, ...secondTimes(timeZone, changed, local)];
  return [...new Set(points)].toSorted((one, other) => one - other);
}

/** After the clock was put back: the end of the time that it shows twice, and the turns within, which come a second time. */
function secondTimes(timeZone: string, changed: Instant, local: readonly Instant[]): Instant[] {
  const backMs = offsetMs(timeZone, instant(changed - 60_000)) - offsetMs(timeZone, changed);
  if (backMs <= 0) return [];
  return [instant(changed + backMs), ...local.map((at) => instant(at + backMs))];
}

/** The first time, beginning at or after `from`, that the clock of this zone goes through the whole of a daily span. */
export function firstWholeSpan(
  timeZone: string,
  { fromMinute, toMinute }: DaySpan,
  from: Instant,
): { readonly begins: Instant; readonly ends: Instant } {
  const { day: today } = localTime(timeZone, from);
  const spanOn = (day: number): { begins: Instant; ends: Instant } => ({
    begins: firstInstantOf(timeZone, { day, minute: fromMinute }),
    ends: firstInstantOf(timeZone, { day: fromMinute < toMinute ? day : day + 1, minute: toMinute }),
  });
  const spans = [today, today + 1, today + 2].map(spanOn);
  // A span that the clock skips altogether has no length, and nothing was seen in it.
  const whole = spans.find(({ begins, ends }) => begins >= from && ends > begins);
  return whole ?? { begins: from, ends: instant(from + dayMs) };
}

/** `closed until Mon 2026-12-28 09:00 Europe/Berlin`, or that it does not open again. */
export function closedBecause(calendar: Calendar, at: Instant): string {
  const opening = nextOpening(calendar, at);
  return opening === null
    ? 'the calendar of the policy does not open again'
    : `the calendar of the policy is closed until ${formatLocal(calendar.timeZone, opening)}`;
}
