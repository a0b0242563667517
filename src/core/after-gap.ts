import { readAgain } from './failover/after-health-check.js';
import type { MigrationState } from './migration-state.js';
import type { Observing, Phase, Waiting } from './phase.js';
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
    case 'finalizing':
      return phase.was === null || phase.was.phase === 'completed'
        ? phase
        : { ...phase, was: dwellFrom(phase.was, from) };
    case 'planned':
    case 'taking-over':
    case 'settling':
    case 'completed':
    case 'rolling-back':
    case 'draining':
    case 'rolled-back':
    case 'halted':
    case 'adopting':
    case 'restoring':
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
