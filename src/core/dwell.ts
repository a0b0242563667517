import { firstWholeSpan, openMs } from './calendar.js';
import { formatMinute } from './local-time.js';
import type { MigrationState } from './migration-state.js';
import type { Observing } from './phase.js';
import type { Policy } from './policy/policy.js';
import { stageDwellMs } from './share.js';
import { elapsed, formatDuration, instant, plus, type Instant } from './time.js';

/** When the dwell of a stage that is observed since `from` is over: its time has passed, and its daily hours were seen whole once. */
export function dwellEndsAt(policy: Policy, stage: number, from: Instant): Instant {
  const end = plus(from, stageDwellMs(policy, stage));
  const hours = policy.stages[stage]?.dwellOver;
  if (hours === undefined) return end;
  const { ends } = firstWholeSpan(policy.calendar?.timeZone ?? 'UTC', hours, from);
  return instant(Math.max(end, ends));
}

/** How long this stage must be observed; nothing more once a person has ended its dwell. */
export function dwellMsOf(state: MigrationState, { stage, dwellFrom }: Observing): number {
  if (state.promotion?.stage === stage) return 0;
  return elapsed(dwellFrom, dwellEndsAt(state.plan.policy, stage, dwellFrom));
}

/** The time that brings the gate's question nearer: the dwell, and after it the time in which advancing was allowed. */
export function heldMsOf(state: MigrationState, observing: Observing, now: Instant): number {
  const { calendar } = state.plan.policy;
  const heldMs = elapsed(observing.holdFrom, now);
  const dwellMs = dwellMsOf(state, observing);
  if (calendar === undefined || heldMs <= dwellMs) return heldMs;
  return dwellMs + openMs(calendar, plus(observing.holdFrom, dwellMs), now);
}

/** `30m`, or `30m and the whole of 10:00 to 12:00`. */
export function dwellWords(policy: Policy, stage: number): string {
  const words = formatDuration(stageDwellMs(policy, stage));
  const hours = policy.stages[stage]?.dwellOver;
  if (hours === undefined) return words;
  return `${words} and the whole of ${formatMinute(hours.fromMinute)} to ${formatMinute(hours.toMinute)}`;
}
