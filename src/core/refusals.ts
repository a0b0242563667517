import type { Event } from './event.js';
import type { ProviderFailure } from './failure.js';
import type { Alarm, Topic } from './gate/verdict.js';
import type { MigrationState } from './migration-state.js';
import type { Refusals } from './refusal-streak.js';
import { elapsed, formatDuration, plus, type Instant } from './time.js';

/** The longest pause between two tries of a forward write; the quota of Route 53 is shared with the whole account. */
const longestPauseMs = 60_000;

/** From here on a person is told, because it does not seem to pass by itself. */
const patienceMs = 5 * 60_000;

const topic: Topic = 'writes-refused';

/** A refused compare-and-swap is left out: that is news about the zone, and the next reading says which. */
export function refusalsAfter(
  before: Refusals | null,
  at: Instant,
  failure: ProviderFailure,
): Refusals | null {
  if (failure.reason === 'conflict') return null;
  return { count: (before?.count ?? 0) + 1, since: before?.since ?? at, lastAt: at, failure };
}

/**
 * Why the next forward write waits, or null: after one refusal a tick, then twice as long each time, up to a minute. Nothing was
 * written, so the stage in force goes on being observed.
 */
export function refusalHold({ refusals, plan }: MigrationState, now: Instant): Alarm | null {
  if (refusals === null) return null;
  const { tickEveryMs } = plan.policy;
  const longestMs = Math.max(tickEveryMs, longestPauseMs);
  const pauseMs = Math.min(longestMs, tickEveryMs * 2 ** Math.min(refusals.count - 1, 20));
  // A clock that was set back must not put it off.
  if (now >= plus(refusals.lastAt, pauseMs) || now < refusals.lastAt) return null;
  const tries = refusals.count === 1 ? 'once' : `${refusals.count} times`;
  const because = `${described(refusals)} (${tries}); it is tried again every ${formatDuration(pauseMs)}`;
  return { topic, because };
}

/** Raises the alarm once it has lasted, and clears it when a write was made. */
export function refusalEvent({ refusals, alarms, share }: MigrationState, at: Instant): Event | null {
  const isTold = alarms.includes(topic);
  if (refusals === null) return isTold ? { type: 'alarm-cleared', at, topic } : null;
  const lastedMs = elapsed(refusals.since, at);
  if (isTold || lastedMs < patienceMs) return null;
  const because = `no step has been possible for ${formatDuration(patienceMs)}: ${described(refusals)}; it stays at ${share}%, and a rollback is tried without end`;
  return { type: 'alarm-raised', at, topic, because };
}

function described({ failure }: Refusals): string {
  const { operation, message } = failure;
  switch (failure.reason) {
    case 'busy':
      return `Route 53 is busy with an earlier request and made no change (${operation}: ${message})`;
    case 'throttled':
      return `Route 53 throttles this account and made no change (${operation}: ${message})`;
    case 'denied':
    case 'not-found':
    case 'conflict':
    case 'invalid':
      return `Route 53 refused the change (${operation}: ${message})`;
    case 'timeout':
    case 'unavailable':
    case 'unknown':
      return `Route 53 does not answer, and the zone shows no change (${operation}: ${message})`;
  }
}
