import type { Event } from './event.js';
import type { MigrationState } from './migration-state.js';
import type { Observing, Waiting } from './phase.js';
import { afterReplan } from './replan.js';
import { assert, unreachable } from './result.js';
import type { Instant } from './time.js';

type OperatorEvent = Event & {
  type:
    | 'asked'
    | 'approval-needed'
    | 'approved'
    | 'promoted'
    | 'approval-expired'
    | 'paused'
    | 'resumed'
    | 'replanned';
};

/** The state after somebody was asked, or said something. */
export function afterOperator(state: MigrationState, event: OperatorEvent): MigrationState {
  const { phase } = state;
  switch (event.type) {
    case 'asked':
    case 'approval-needed': {
      assert(phase.phase === 'observing', 'only observing asks');
      const { at: since, because } = event;
      const needs = event.type === 'asked' ? 'answer' : 'approval';
      return { ...state, phase: { phase: 'waiting', observing: phase, needs, since, because }, held: null };
    }
    case 'approved': {
      const { at, by, because, stage, override, expiresAt } = event;
      const approval = { at, by, because, stage, override, expiresAt };
      const isAnswered = phase.phase === 'waiting' && phase.needs === 'approval';
      return { ...state, held: null, approval, phase: isAnswered ? observedAgain(phase, at) : phase };
    }
    case 'promoted': {
      const { at, by, because, stage, to, override, expiresAt, aliasEnds, endsBake } = event;
      const promotion = {
        ...{ at, by, because, stage, to, override, expiresAt },
        ...(aliasEnds === undefined ? {} : { aliasEnds }),
        ...(endsBake === undefined ? {} : { endsBake }),
      };
      const isAnswered = phase.phase === 'waiting' && !override;
      return { ...state, held: null, promotion, phase: isAnswered ? observedAgain(phase, at) : phase };
    }
    case 'approval-expired':
      return { ...state, approval: null, promotion: null, held: null };
    case 'replanned':
      return afterReplan(state, event);
    case 'paused':
      return { ...state, pause: { at: event.at, by: event.by, because: event.because } };
    case 'resumed': {
      const isObserved = phase.phase === 'waiting' || phase.phase === 'observing';
      return {
        ...state,
        pause: null,
        held: null,
        phase: isObserved ? observedAgain(phase, event.at) : phase,
      };
    }
    default:
      return unreachable(event);
  }
}

/** The time in which advancing was not allowed does not count towards asking. */
function observedAgain(phase: Observing | Waiting, holdFrom: Instant): Observing {
  return { ...(phase.phase === 'waiting' ? phase.observing : phase), holdFrom };
}
