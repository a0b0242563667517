import { isOpen, openingAfter, type Calendar } from './calendar.js';
import { defaultApproveWithinMs } from './approval.js';
import { formatLocal } from './local-time.js';
import type { Policy } from './policy/policy.js';
import { instant, type Instant } from './time.js';

/**
 * Enough for whoever is asked to look at the numbers and answer, so that no part of the window is lost. Earlier the word could not be used, would
 * rest on old numbers, and may wake somebody for nothing: what is bad enough for that is an alarm, and alarms know no calendar.
 */
const longestLeadMs = 3_600_000;

/**
 * The first moment from `at` on at which a person may be asked for a word: while the calendar is open, or shortly before it opens. A deadline
 * that has passed does not count, because a word goes past it; where no window comes any more there is nothing to wait for.
 */
export function askFrom(policy: Policy, at: Instant): Instant {
  const { calendar, approveWithinMs } = policy;
  if (calendar === undefined || isOpen(calendar, at)) return at;
  const opening = openingAfter(calendar, at);
  // A word that is given at once must still be good when the window opens.
  const leadMs = Math.min(longestLeadMs, (approveWithinMs ?? defaultApproveWithinMs) / 2);
  return opening === null ? at : instant(Math.max(at, opening - leadMs));
}

export function mayAsk(policy: Policy, at: Instant): boolean {
  return askFrom(policy, at) <= at;
}

/** `waits for Tue 2026-10-27 09:00 Europe/Berlin, when the window opens`; null while it is open. */
export function calendarWait(policy: Policy, at: Instant): string | null {
  const { calendar } = policy;
  if (calendar === undefined || isOpen(calendar, at)) return null;
  return `waits for ${openingWords(policy, at) ?? 'nothing: the calendar of the policy does not open again'}`;
}

/** `Tue 2026-10-27 09:00 Europe/Berlin, when the window opens`; null while it is open, and when it does not open again. */
export function openingWords({ calendar }: Policy, at: Instant): string | null {
  if (calendar === undefined || isOpen(calendar, at)) return null;
  const opening = openingAfter(calendar, at);
  return opening && `${formatLocal(calendar.timeZone, opening)}, when ${opensWords(calendar, opening)}`;
}

/** When a person is asked whom nobody asks yet. */
export function askedLater(policy: Policy, at: Instant): string {
  const asked = formatLocal(policy.calendar?.timeZone ?? 'UTC', askFrom(policy, at));
  return `a person is asked ${asked}, shortly before an answer can be used`;
}

/** What opens then: a window, or everything after a freeze. */
function opensWords({ windows, timeZone, deadline }: Calendar, opening: Instant): string {
  const what = windows.length > 0 ? 'the window opens' : 'the freeze is over';
  const isLate = deadline !== null && opening >= deadline;
  return isLate ? `${what}, but that is after the deadline, ${formatLocal(timeZone, deadline)}` : what;
}
