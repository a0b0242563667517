import type { Event } from './event.js';
import type { MigrationState } from './migration-state.js';
import { assert, unreachable } from './result.js';

type Return = Event & {
  type: 'adopt-requested' | 'restore-requested' | 'restored' | 'forget-requested' | 'forgotten';
};

/** The state after a person asked for a way out of a halt, or for what comes after an end. */
export function afterReturn(state: MigrationState, event: Return): MigrationState {
  const { phase } = state;
  switch (event.type) {
    case 'adopt-requested': {
      assert(phase.phase === 'halted', 'only what halted is adopted');
      const { by: who, because, stage } = event;
      return { ...state, phase: { phase: 'adopting', was: phase, who, because, stage } };
    }
    case 'restore-requested': {
      const isEnd = phase.phase === 'rolled-back' || phase.phase === 'completed';
      assert(phase.phase === 'halted' || isEnd, 'what is under way is not restored');
      const { by: who, because } = event;
      // What was seen before an end says nothing of now.
      const probes = isEnd ? [] : state.probes;
      return { ...state, probes, phase: { phase: 'restoring', was: phase, who, because, settle: null } };
    }
    case 'restored': {
      assert(phase.phase === 'restoring', 'restoring ends restored');
      const { who: by, because } = phase;
      return { ...state, pause: null, alarms: [], phase: { phase: 'restored', at: event.at, by, because } };
    }
    case 'forget-requested': {
      const isEnd = phase.phase === 'rolled-back' || phase.phase === 'completed';
      assert(phase.phase === 'restored' || isEnd, 'only what has ended is forgotten');
      const { by: who, because } = event;
      return { ...state, phase: { phase: 'forgetting', was: phase, who, because } };
    }
    case 'forgotten': {
      assert(phase.phase === 'forgetting', 'forgetting ends forgotten');
      const { who: by, because } = phase;
      return { ...state, phase: { phase: 'forgotten', at: event.at, by, because } };
    }
    default:
      return unreachable(event);
  }
}
