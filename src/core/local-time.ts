import { instant, type Instant } from './time.js';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Further back than any zone moves its clocks forward or back for the season. */
const clockChangeReachMs = 3 * 3_600_000;

/** A wall clock in a named zone. A day is counted from 1970-01-01, a minute from midnight; seconds are as in UTC. */
export interface LocalTime {
  readonly day: number;
  readonly minute: number;
}

/** Creating a formatter costs a thousand times what using it does. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** True for a name of the IANA time zone database that this runtime knows, such as `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  try {
    formatter(name);
    return true;
  } catch {
    return false;
  }
}

/** What a clock in this zone shows. */
export function localTime(timeZone: string, at: Instant): LocalTime {
  const wallMs = at + offsetMs(timeZone, at);
  const day = Math.floor(wallMs / dayMs);
  return { day, minute: Math.floor((wallMs - day * dayMs) / minuteMs) };
}

/** What a clock in this zone shows as milliseconds since its own 1970, less the time since that of UTC. */
export function offsetMs(timeZone: string, at: Instant): number {
  const wholeMinute = Math.floor(at / minuteMs) * minuteMs;
  const found: Record<string, number> = {};
  for (const { type, value } of formatter(timeZone).formatToParts(wholeMinute)) found[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = found;
  const wallMs = dayNumber(year, month, day) * dayMs + (hour * 60 + minute) * minuteMs + second * 1_000;
  return wallMs - wholeMinute;
}

/**
 * The first instant at which a clock in this zone shows this time; where the clock is put forward over it, the instant of the change.
 */
export function firstInstantOf(timeZone: string, { day, minute }: LocalTime): Instant {
  const wallMs = day * dayMs + minute * minuteMs;
  const before = offsetMs(timeZone, instant(wallMs - dayMs));
  const after = offsetMs(timeZone, instant(wallMs + dayMs));
  const shows = [before, after]
    .map((offset) => instant(wallMs - offset))
    .filter((at) => at + offsetMs(timeZone, at) === wallMs);
  if (shows.length > 0) return instant(Math.min(...shows));
  return (
    clockChange(timeZone, instant(wallMs - dayMs - before), instant(wallMs + dayMs - after)) ??
    instant(wallMs - before)
  );
}

/** The instant between two others from which the zone's clock differs from UTC as it does at the later one; null when it does at both. */
export function clockChange(timeZone: string, from: Instant, to: Instant): Instant | null {
  const later = offsetMs(timeZone, to);
  if (offsetMs(timeZone, from) === later) return null;
  let low = Math.floor(from / minuteMs);
  let high = Math.ceil(to / minuteMs);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(timeZone, instant(middle * minuteMs)) === later) high = middle;
    else low = middle;
  }
  return instant(high * minuteMs);
}

/** True when the clock was put back and shows a time that it has shown before. */
export function isSecondTime(timeZone: string, at: Instant): boolean {
  const now = offsetMs(timeZone, at);
  const before = offsetMs(timeZone, instant(at - clockChangeReachMs));
  const earlier = instant(at + now - before);
  return before > now && offsetMs(timeZone, earlier) === before;
}

/** 0 is Monday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** Days from 1970-01-01 to this date of the Gregorian calendar. */
export function dayNumber(year: number, month: number, dayOfMonth: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** `2026-12-24` as a day number; null when there is no such date. */
export function parseDate(text: string): number | null {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const found = dayNumber(Number(year), Number(month), Number(day));
  return formatDate(found) === text ? found : null;
}

/** A day number as `2026-12-24`. */
export function formatDate(day: number): string {
  const parts = formatter('UTC').formatToParts(day * dayMs);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}`;
}

/** Minutes from midnight as `09:30`; the end of the day is `24:00`. */
export function formatMinute(minute: number): string {
  const two = (count: number): string => String(count).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** `Mon 2026-12-28 09:00 Europe/Berlin`. */
export function formatLocal(timeZone: string, at: Instant): string {
  const { day, minute } = localTime(timeZone, at);
  const name = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][weekdayOf(day)] ?? '';
  return `${name} ${formatDate(day)} ${formatMinute(minute)} ${timeZone}`;
}

function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formatters.set(timeZone, made);
  return made;
}
