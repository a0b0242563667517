import type { Event } from './event.js';
import type { MigrationState } from './migration-state.js';
import { assert, unreachable } from './result.js';

/** The state after somebody was asked, or said something. */
export function afterOperator(
  state: MigrationState,
  event: Event & { type: 'asked' | 'approved' | 'paused' | 'resumed' },
): MigrationState {
  const { phase } = state;
  switch (event.type) {
    case 'asked': {
      assert(phase.phase === 'observing', 'only observing asks');
      const { at: since, because } = event;
      return { ...state, phase: { phase: 'waiting', observing: phase, since, because }, held: null };
    }
    case 'approved': {
      const { at, by, because, stage } = event;
      return { ...state, approval: { at, by, because, stage } };
    }
    case 'paused':
      return { ...state, pause: { at: event.at, by: event.by, because: event.because } };
    case 'resumed': {
      const observing = phase.phase === 'waiting' ? phase.observing : phase;
      // The time in which advancing was not allowed does not count towards asking.
      const next = observing.phase === 'observing' ? { ...observing, holdFrom: event.at } : observing;
      return { ...state, pause: null, held: null, phase: next };
    }
    default:
      return unreachable(event);
  }
}
