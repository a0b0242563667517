import type { Event } from './event.js';
import type { MigrationState } from './migration-state.js';
import type { Phase } from './phase.js';
import type { RollbackTimes } from './rollback-times.js';
import { assert, unreachable } from './result.js';
import { guardReason } from './rollback-reason.js';
import { shareOf } from './share.js';
import { plus, type Instant } from './time.js';

type Ending = Event & {
  type: 'rollback-requested' | 'rollback-written' | 'rolled-back' | 'completed' | 'halted';
};

/** The state after something that ends the way forward. */
export function afterEnding(state: MigrationState, event: Ending): MigrationState {
  const { phase } = state;
  switch (event.type) {
    case 'rollback-requested': {
      const { at: requestedAt, by, who, because } = event;
      // Asked for again on its way: the clock of the rollback runs on, and what was accepted stays accepted.
      const first = phase.phase === 'draining' || phase.phase === 'rolling-back' ? phase : null;
      const { requestedAt: since, share } = first?.rollback ?? { requestedAt, share: state.share };
      const said = guardReason(first?.rollback ?? null, by);
      const rollback = { by, who, because, ...said, requestedAt: since, share };
      return {
        ...state,
        openIntent: null,
        pause: null,
        held: null,
        approval: null,
        promotion: null,
        alarms: [],
        phase: { phase: 'rolling-back', rollback, settle: first?.settle ?? null },
      };
    }
    case 'rollback-written': {
      assert(phase.phase === 'rolling-back', 'a rollback is written while rolling back');
      const { rollback, settle } = phase;
      return { ...state, openIntent: null, phase: { phase: 'draining', rollback, settle } };
    }
    case 'rolled-back': {
      const { at, by, because } = event;
      const found = by === 'person' && state.latest?.zone.status === 'image' ? state.latest.zone.image : null;
      const standing = found?.map((host) => shareOf(host.records) ?? 0) ?? [];
      return {
        ...state,
        openIntent: null,
        image: found ?? state.image,
        share: Math.max(0, ...standing),
        phase: { phase: 'rolled-back', at, by, because, times: timesOf(phase, at) },
      };
    }
    case 'completed':
      return { ...state, phase: { phase: 'completed', at: event.at }, held: null };
    case 'halted': {
      const { at, cause, because, differences } = event;
      const phase = { phase: 'halted', at, cause, because, differences } as const;
      return { ...state, openIntent: null, approval: null, promotion: null, phase };
    }
    default:
      return unreachable(event);
  }
}

/** What a rollback that drains has reached, once it is clean; null in every other phase. */
export function timesOf(phase: Phase, cleanAt: Instant): RollbackTimes | null {
  if (phase.phase !== 'draining') return null;
  const { rollback, settle } = phase;
  const { requestedAt } = rollback;
  if (settle === null)
    return { requestedAt, acceptedAt: requestedAt, insyncAt: null, cleanAt, tailEndsAt: cleanAt };
  const { acceptedAt, insyncAt, waitMs } = settle;
  return { requestedAt, acceptedAt, insyncAt, cleanAt, tailEndsAt: plus(cleanAt, waitMs) };
}
