import { parseDate } from '../local-time.js';

/** A moment as RFC 3339 spells it, to the minute or the second, in epoch milliseconds; null for anything else. */
export function parseMoment(text: string): number | null {
  const pattern = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d))?(Z|[+-]\d\d:\d\d)$/;
  const [, date = '', hour = '', minute = '', second = '0', zone = ''] = pattern.exec(text) ?? [];
  const day = parseDate(date);
  if (day === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const offset = zone === 'Z' ? 0 : Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  const minutes = Number(hour) * 60 + Number(minute) - (zone.startsWith('-') ? -offset : offset);
  return (day * 1440 + minutes) * 60_000 + Number(second) * 1_000;
}
