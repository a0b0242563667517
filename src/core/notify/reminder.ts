import type { MigrationState } from '../migration-state.js';
import { rollbackWait } from '../rollback-wait.js';
import { elapsed, formatDuration, type Instant } from '../time.js';

/**
 * Why people must be told again that a rollback is not over; null when it is over, when it was told of lately, and where the policy
 * tells nobody. It is an alarm like the first one, so that it has a place of its own in the journal.
 */
export function rollbackReminder(state: MigrationState, now: Instant): string | null {
  const { phase } = state;
  const { notify } = state.plan.policy;
  if (notify === undefined || (phase.phase !== 'rolling-back' && phase.phase !== 'draining')) return null;
  const { requestedAt } = phase.rollback;
  const toldAt = state.outbox.remindedAt ?? requestedAt;
  if (elapsed(toldAt, now) < notify.repeatEveryMs) return null;
  const since = formatDuration(Math.floor(elapsed(requestedAt, now) / 1000) * 1000);
  const lacks =
    phase.phase === 'rolling-back'
      ? (rollbackWait(state, now) ?? 'Route 53 has not accepted it yet')
      : 'not every name server is known to have stopped handing out the target';
  return `the rollback that was asked for ${since} ago is not complete: ${lacks}`;
}
