import type { Event } from '../event.js';
import type { MigrationState } from '../migration-state.js';
import { unreachable } from '../result.js';
import { statusOf } from '../status.js';
import type { Instant } from '../time.js';

/** One write that gave the target another share, or ended the migration. */
export interface RunStep {
  readonly at: Instant;
  readonly what: 'take-over' | 'stage' | 'finalize';
  readonly share: number;
  readonly isForecast: boolean;
}

/**
 * `rolled-back`: when it was asked for. `waits`: for a person. `live`: it goes on where the journal ends. `unknown`: the journal has
 * nothing to go on with.
 */
export interface RunEnd {
  readonly end: 'completed' | 'rolled-back' | 'waits' | 'halted' | 'live' | 'unknown';
  readonly at: Instant;
  readonly share: number;
  readonly isForecast: boolean;
  readonly because: string;
}

/** What a migration did under one policy. */
export interface RunTrack {
  readonly policy: string;
  readonly steps: readonly RunStep[];
  readonly end: RunEnd;
}

/** The step that an event was, judged by the state before it; none for all others. */
export function stepOf(before: MigrationState, event: Event, isForecast: boolean): readonly RunStep[] {
  if (event.type !== 'change-accepted') return [];
  const intent = before.intents.find(({ id }) => id === event.intentId);
  if (intent === undefined) return [];
  const { kind, share } = intent;
  if (kind !== 'take-over' && kind !== 'stage' && kind !== 'finalize') return [];
  return [{ at: event.at, what: kind, share, isForecast }];
}

/** How far a state has come at this moment, whether or not that is an end. */
export function endOf(state: MigrationState, at: Instant, isForecast: boolean): RunEnd {
  const { phase, pause } = state;
  const reached = { share: state.share, isForecast };
  switch (phase.phase) {
    case 'completed':
      return { ...reached, end: 'completed', at: phase.at, because: 'every stage was passed' };
    case 'rolling-back':
    case 'draining': {
      const { requestedAt, because, share } = phase.rollback;
      return { share, isForecast, end: 'rolled-back', at: requestedAt, because };
    }
    case 'rolled-back': {
      const requestedAt = phase.times?.requestedAt ?? phase.at;
      return { ...reached, end: 'rolled-back', at: requestedAt, because: phase.because };
    }
    case 'waiting':
      return { ...reached, end: 'waits', at: phase.since, because: phase.because };
    case 'halted':
      return { ...reached, end: 'halted', at: phase.at, because: phase.because };
    case 'planned':
    case 'taking-over':
    case 'settling':
    case 'shifting':
    case 'observing':
    case 'finalizing':
    case 'adopting':
    case 'restoring':
    case 'forgetting':
      if (pause !== null)
        return { ...reached, end: 'waits', at: pause.at, because: `paused by ${pause.by}: ${pause.because}` };
      return { ...reached, end: 'live', at, because: statusOf(state, at).because };
    case 'restored':
    case 'forgotten':
      return { ...reached, end: 'rolled-back', at: phase.at, because: phase.because };
    default:
      return unreachable(phase);
  }
}
