import { calendarWait } from './asking.js';
import type { Verdict } from './gate/verdict.js';
import { hookWait } from './hook.js';
import type { MigrationState } from './migration-state.js';
import type { Observing, Settle, Waiting } from './phase.js';
import { rollbackReason } from './rollback-reason.js';
import { unreachable } from './result.js';
import type { Instant } from './time.js';

/** One sentence: what the migration is doing, or why it stopped. `verdict` is the gate's while a stage is observed or waited at. */
export function reasonOf(state: MigrationState, verdict: Verdict | null, now: Instant): string {
  const { phase } = state;
  switch (phase.phase) {
    case 'planned':
      return plannedBecause(state, now);
    case 'taking-over':
      return 'the records become a weighted pair at 100/0; no traffic moves';
    case 'settling':
      return settlingBecause(phase.settle);
    case 'shifting':
      return `moving to ${state.openIntent?.share ?? state.share}%`;
    case 'observing':
      return observingBecause(state, phase, verdict, now);
    case 'waiting':
      return usableBecause(state, phase, now) ?? phase.because;
    case 'finalizing':
      return `all traffic is at the target; leaving ${isAlias(state) ? 'an alias' : 'one plain record'} there`;
    case 'completed':
      return `${state.plan.hosts.length === 1 ? 'the host' : 'every host'} points at the target with ${isAlias(state) ? 'an alias' : 'a plain record'}`;
    case 'rolling-back':
    case 'draining':
      return rollbackReason(phase.rollback);
    case 'rolled-back':
    case 'halted':
      return phase.because;
    case 'adopting':
      return `what stands in the zone becomes this migration's again, as confirmed by ${phase.who}: ${phase.because}`;
    case 'restoring':
      return `back to the records from before the first take-over, for ${phase.who}: ${phase.because}`;
    case 'restored':
      return `the records stand as before the first take-over, put back by ${phase.by}: ${phase.because}`;
    case 'forgetting':
    case 'forgotten':
      return phase.because;
    default:
      return unreachable(phase);
  }
}

function plannedBecause({ plan, pause }: MigrationState, now: Instant): string {
  const wait = pause === null ? calendarWait(plan.policy, now) : null;
  return wait === null
    ? 'confirmed; the take-over comes next and moves no traffic'
    : `${wait}: confirmed; the take-over comes then and moves no traffic`;
}

/** What keeps a stage although the gate would let it go: the calendar first, as it is what takes longest; then a hook. */
function observingBecause(
  state: MigrationState,
  { stage }: Observing,
  verdict: Verdict | null,
  now: Instant,
): string {
  const because = verdict?.because ?? '';
  const isReady = verdict?.verdict === 'promote' || verdict?.verdict === 'ask';
  if (!isReady || state.pause !== null) return because;
  const wait = calendarWait(state.plan.policy, now);
  if (wait !== null) return `${wait}: ${because}`;
  return (verdict.verdict === 'promote' ? hookWait(state, stage + 1) : null) ?? because;
}

/** A person has answered, and only the calendar keeps the word from being used; null where that is not so. */
function usableBecause(state: MigrationState, { observing }: Waiting, now: Instant): string | null {
  const { approval, plan } = state;
  if (approval?.stage !== observing.stage) return null;
  const wait = calendarWait(plan.policy, now);
  return wait && `${wait}: approved by ${approval.by}: ${approval.because}`;
}

function isAlias({ image, openIntent }: MigrationState): boolean {
  return (openIntent?.after ?? image).some(({ records }) => records.some((record) => record.alias !== null));
}

function settlingBecause(settle: Settle): string {
  if (settle.insyncAt === null) return 'waiting for Route 53 to report INSYNC';
  if (settle.agreedAt === null) return 'waiting for every name server to show this change';
  return 'every name server has it; waiting for cached answers to expire';
}
