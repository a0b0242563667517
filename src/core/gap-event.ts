import type { Event } from './event.js';
import { gapBetween, jumpBetween } from './gap.js';
import type { MigrationState } from './migration-state.js';
import type { Observation } from './observation.js';
import type { Phase } from './phase.js';
import { unreachable } from './result.js';

/** What a gap makes begin again: a dwell and its evidence, only the time that cached answers are given, or nothing at all. */
type Begun = 'dwell' | 'settling' | 'nothing';

/**
 * The gap before this reading, where something begins again because of it. Where only cached answers are waited for, a long silence is
 * none: their time passes whether somebody looks or not, and only a clock that jumped leaves it unknown.
 */
export function gapEvent(state: MigrationState, seen: Observation): Event | null {
  const { previousTick, plan } = state;
  const begun = begunIn(state);
  if (previousTick === null || begun === 'nothing') return null;
  const { gapAfterMs } = plan.policy;
  const gap =
    begun === 'dwell'
      ? gapBetween(previousTick, seen, gapAfterMs)
      : jumpBetween(previousTick, seen, gapAfterMs);
  if (gap === null) return null;
  return { type: 'gap-found', at: seen.at, ...gap, ...(begun === 'settling' ? { only: begun } : {}) };
}

function begunIn(state: MigrationState): Begun {
  const { phase } = state;
  switch (phase.phase) {
    // Before the take-over and after a halt nothing dwells, but the way goes on from there, on evidence that is kept.
    case 'planned':
    case 'taking-over':
    case 'settling':
    case 'shifting':
    case 'observing':
    case 'waiting':
    case 'halted':
    case 'adopting':
      return 'dwell';
    case 'finalizing':
      return phase.was?.phase === 'observing' || phase.was?.phase === 'waiting'
        ? 'dwell'
        : atTheEnd(state, phase);
    case 'restoring':
      return atTheEnd(state, phase);
    case 'completed':
    case 'rolling-back':
    case 'draining':
    case 'rolled-back':
    case 'restored':
    case 'forgetting':
    case 'forgotten':
      return 'nothing';
    default:
      return unreachable(phase);
  }
}

/**
 * Where a person has something written once the way forward is over. Nobody had to look between an end and that write; after it there is
 * evidence only as long as the guard may have to take the target's traffic back.
 */
function atTheEnd(
  { share, previousTick }: MigrationState,
  { settle, was }: Phase & { phase: 'finalizing' | 'restoring' },
): Begun {
  const isOld = settle === null || previousTick === null || previousTick.at < settle.acceptedAt;
  if (share > 0 && (was?.phase === 'halted' || !isOld)) return 'dwell';
  const hasBegun = settle !== null && (settle.insyncAt !== null || settle.agreedAt !== null);
  return hasBegun ? 'settling' : 'nothing';
}
