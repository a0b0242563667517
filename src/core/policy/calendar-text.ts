import type { AdvancingWindow, Calendar, DayRange } from '../calendar.js';
import { firstInstantOf } from '../local-time.js';
import { instant, type Instant } from '../time.js';

/** What a policy file says about when it may advance: read, but not yet put together. */
export interface CalendarText {
  readonly timeZone?: string;
  readonly windows?: readonly WindowText[];
  readonly freeze?: readonly DayRange[];
  readonly deadline?: DeadlineText;
}

export type WindowText = AdvancingWindow;

/** A local day, counted from 1970-01-01, after whose end it is too late; or the moment itself in epoch milliseconds. */
export type DeadlineText = { readonly day: number } | { readonly at: number };

/** The calendar, or undefined for a file that says nothing about it. */
export function calendarOf(text: CalendarText): Calendar | undefined {
  const { timeZone = 'UTC', windows = [], freeze = [], deadline } = text;
  const isSilent = [text.timeZone, text.windows, text.freeze, deadline].every((part) => part === undefined);
  if (isSilent) return undefined;
  return { timeZone, windows, freeze, deadline: deadline === undefined ? null : endOf(deadline, timeZone) };
}

function endOf(deadline: DeadlineText, timeZone: string): Instant {
  if ('at' in deadline) return instant(deadline.at);
  return firstInstantOf(timeZone, { day: deadline.day + 1, minute: 0 });
}
