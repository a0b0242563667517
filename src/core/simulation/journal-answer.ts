import type { Event } from '../event.js';
import { checkLegal, IllegalEvent } from '../legality.js';
import { apply } from '../migration.js';
import type { MigrationState } from '../migration-state.js';
import { observedStage } from '../operator-word.js';

/** What a policy makes of one reading: something to write, or null to stay as it is. */
export interface Answer {
  readonly move: Move | null;
  readonly because: string;
}

export interface Move {
  readonly what: 'take-over' | 'stage' | 'finalize' | 'rollback';
  /** The target's percentage after it. */
  readonly share: number;
}

/** What these events of one reading lead to, if they move anything. */
export function answerOf(events: readonly Event[]): Answer | null {
  for (const event of events) {
    if (event.type === 'rollback-requested' && event.by === 'guard')
      return { move: { what: 'rollback', share: 0 }, because: event.because };
    if (event.type !== 'intent-opened') continue;
    const { kind, share } = event.intent;
    if (kind === 'take-over' || kind === 'stage' || kind === 'finalize')
      return { move: { what: kind, share }, because: event.because };
  }
  return null;
}

export function sameMove(one: Answer | null, other: Answer | null): boolean {
  return one?.move?.what === other?.move?.what && one?.move?.share === other?.move?.share;
}

/** Somebody's hand on the records, or another controller: it would have been there under every policy. */
export function isHand(event: Event): boolean {
  return event.type === 'halted' || (event.type === 'rolled-back' && event.by === 'person');
}

const fromOutside: readonly Event['type'][] = [
  'change-failed',
  'paused',
  'resumed',
  'approved',
  'promoted',
  'hook-answered',
  'plan-file-changed',
  'health-check-wanted',
  'health-check-created',
  'health-check-deleted',
];

/** What no policy decides: the answers of Route 53 and of hooks, and the words of people. */
export function isFromOutside(event: Event): boolean {
  if (event.type === 'change-accepted') return event.how === 'reply';
  if (event.type === 'rollback-requested') return event.by !== 'guard';
  return fromOutside.includes(event.type);
}

/** A word is for the stage it was said at, which may have another number among the other policy's. */
export function forStageOf(state: MigrationState, event: Event): Event {
  const stage = observedStage(state.phase)?.stage;
  const isWord = event.type === 'approved' || event.type === 'promoted' || event.type === 'hook-answered';
  if (!isWord || stage === undefined) return event;
  return { ...event, stage: event.type === 'hook-answered' ? stage + 1 : stage };
}

export function isLegal(state: MigrationState, event: Event): boolean {
  try {
    checkLegal(state, event);
    return true;
  } catch (error) {
    if (error instanceof IllegalEvent) return false;
    throw error;
  }
}

export function applyIfLegal(state: MigrationState, event: Event): MigrationState {
  return isLegal(state, event) ? apply(state, event) : state;
}
