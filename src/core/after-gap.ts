import { readAgain } from './failover/after-health-check.js';
import { clockJumpMs } from './gap.js';
import type { MigrationState } from './migration-state.js';
import type { Observing, Phase, Settle, Waiting } from './phase.js';
import { unreachable } from './result.js';
import { settledAgain } from './stage-times.js';
import { nextBucketStart, type Instant } from './time.js';

/** What nobody watched counts towards a rollback and never towards a promotion. */
export function afterGap(state: MigrationState, at: Instant): MigrationState {
  const stageTimes = settledAgain(state.stageTimes, nextBucketStart(at, state.plan.policy.bucketMs));
  const healthChecks = readAgain(state.healthChecks);
  // What a person ended early was the dwell that begins again now.
  const promotion = state.promotion?.override === true ? state.promotion : null;
  return {
    ...state,
    previousTick: null,
    probes: [],
    healthChecks,
    stageTimes,
    promotion,
    phase: restarted(state, at),
  };
}

/** The phase with its dwell begun again, also where it is kept for later. */
function restarted(state: MigrationState, at: Instant): Phase {
  const { phase } = state;
  const from = nextBucketStart(at, state.plan.policy.bucketMs);
  switch (phase.phase) {
    case 'observing':
    case 'waiting':
      return dwellFrom(phase, from);
    case 'shifting':
      return { ...phase, was: dwellFrom(phase.was, from) };
    case 'settling':
      return { ...phase, settle: settleAgain(state, phase.settle, at) };
    case 'finalizing':
    case 'restoring': {
      const settle = phase.settle && settleAgain(state, phase.settle, at);
      if (phase.phase === 'restoring' || phase.was === null || phase.was.phase === 'completed')
        return { ...phase, settle };
      return { ...phase, settle, was: dwellFrom(phase.was, from) };
    }
    case 'planned':
    case 'taking-over':
    case 'completed':
    case 'rolling-back':
    case 'draining':
    case 'rolled-back':
    case 'halted':
    case 'adopting':
    case 'restored':
    case 'forgetting':
    case 'forgotten':
      return phase;
    default:
      return unreachable(phase);
  }
}

function dwellFrom(phase: Observing | Waiting, from: Instant): Observing | Waiting {
  if (phase.phase === 'waiting')
    return { ...phase, observing: { ...phase.observing, dwellFrom: from, holdFrom: from } };
  return { ...phase, dwellFrom: from, holdFrom: from };
}

/**
 * Once the wall clock jumped, nobody knows how long ago the name servers agreed, so cached answers are given their time again. A gap in
 * which that time has passed by both clocks takes nothing back: a scheduler that is slow could never settle otherwise.
 */
function settleAgain({ previousTick, latest, plan }: MigrationState, settle: Settle, at: Instant): Settle {
  if (previousTick === null || latest === null) return settle;
  if (Math.abs(clockJumpMs(previousTick, latest)) <= plan.policy.gapAfterMs) return settle;
  const again = (seenAt: Instant | null): Instant | null => (seenAt === null ? null : at);
  return { ...settle, insyncAt: again(settle.insyncAt), agreedAt: again(settle.agreedAt) };
}
