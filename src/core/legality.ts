import type { Event, RollbackOrigin } from './event.js';
import { objectionToHealthCheck } from './failover/after-health-check.js';
import { objectionToAnswer } from './hook.js';
import type { IntentKind } from './intent.js';
import type { MigrationState } from './migration-state.js';
import { countsIn } from './late-write.js';
import { objectionToWord } from './operator-word.js';
import { isLive, settledAt, type Phase } from './phase.js';
import { objectionToMove } from './platform/moved-source.js';
import { objectionToReplan } from './replan.js';
import { unreachable } from './result.js';

/** An event that cannot happen in the phase it came in: a bug, or a journal that was tampered with. */
export class IllegalEvent extends Error {
  override readonly name: string = 'IllegalEvent';

  constructor(event: string, phase: string, because: string) {
    super(`${event} is not possible in phase ${phase}: ${because}`);
  }
}

/** The one place that says which event may happen when. Throws `IllegalEvent`, on replay as well as live. */
export function checkLegal(state: MigrationState, event: Event): void {
  const objection = objectionTo(state, event);
  if (objection !== null) throw new IllegalEvent(event.type, state.phase.phase, objection);
}

type PhaseName = Phase['phase'];

/** Where each way out of a halt or an end leads from. */
const wayOutOf: Readonly<
  Record<'adopt-requested' | 'restore-requested' | 'forget-requested', readonly PhaseName[]>
> = {
  'adopt-requested': ['halted'],
  'restore-requested': ['halted', 'rolled-back', 'completed'],
  'forget-requested': ['completed', 'rolled-back', 'restored'],
};

/** The one phase in which each of these can happen. */
const placeOf = {
  asked: 'observing',
  'hook-asked': 'observing',
  'rollback-written': 'rolling-back',
  'source-watched': 'completed',
} as const;

/** Why this event cannot happen now, or null. */
function objectionTo(state: MigrationState, event: Event): string | null {
  const { phase } = state;
  switch (event.type) {
    case 'migration-planned':
      return 'a migration is planned once';
    case 'observed':
    case 'alarm-raised':
    case 'alarm-cleared':
    case 'notified':
    case 'plan-file-changed':
      return null;
    case 'hook-answered':
      return objectionToAnswer(state, event.stage);
    case 'intent-opened':
      return objectionToIntent(state, event.intent.kind, event.intent.generation);
    case 'change-accepted':
      return objectionToAccepted(state, event.intentId);
    case 'change-failed':
    case 'intent-abandoned':
      return state.openIntent?.id === event.intentId ? null : 'that write is not open';
    case 'insync':
    case 'servers-agreed':
      return only(phase, ['settling', 'finalizing', 'draining', 'restoring']);
    case 'settled':
      return only(phase, ['settling']) ?? unsettled(phase);
    case 'held':
    case 'gap-found':
    case 'halted':
      return live(phase);
    case 'asked':
    case 'hook-asked':
    case 'rollback-written':
    case 'source-watched':
      return only(phase, [placeOf[event.type]]);
    case 'paused':
      return state.pause === null ? advancing(phase) : 'it is paused already';
    case 'resumed':
      return state.pause !== null || phase.phase === 'waiting'
        ? null
        : 'it is neither paused nor waiting for a person';
    case 'approval-needed':
    case 'approved':
    case 'promoted':
    case 'approval-expired':
      return objectionToWord(state, event);
    case 'replanned':
      return objectionToReplan(state, event.policy);
    case 'rollback-requested':
      return objectionToRollback(phase, event.by);
    case 'rolled-back':
      return event.by === 'person' ? live(phase) : only(phase, ['draining']);
    case 'source-moved':
      return objectionToMove(state, event.sources);
    case 'health-check-wanted':
    case 'health-check-created':
    case 'health-check-deleted':
      return objectionToHealthCheck(state, event);
    case 'adopt-requested':
    case 'restore-requested':
    case 'forget-requested':
      return only(phase, wayOutOf[event.type]);
    case 'completed':
    case 'restored':
      return only(phase, [event.type === 'completed' ? 'finalizing' : 'restoring']) ?? unsettled(phase);
    case 'forgotten':
      return only(phase, ['forgetting']) ?? (state.openIntent === null ? null : 'a write is still open');
    default:
      return unreachable(event);
  }
}

function objectionToIntent(state: MigrationState, kind: IntentKind, generation: number): string | null {
  if (generation <= state.generation) return 'the generation of the marker only grows';
  if (state.openIntent !== null) return 'another write is still open';
  switch (kind) {
    case 'take-over':
      return only(state.phase, ['planned']);
    case 'stage':
    case 'finalize':
      return state.pause === null ? only(state.phase, ['observing', 'waiting']) : 'it is paused';
    case 'rollback':
      return only(state.phase, ['rolling-back']);
    case 'adopt':
      return only(state.phase, ['adopting']);
    case 'restore':
      return only(state.phase, ['restoring']) ?? alreadyWritten(state.phase);
    case 'forget':
      return only(state.phase, ['forgetting']);
    case 'alias':
      return only(state.phase, ['completed']);
    default:
      return unreachable(kind);
  }
}

/** What the guard has begun a person may make his own, so that it no longer waits for the source. */
function objectionToRollback(phase: Phase, by: RollbackOrigin): string | null {
  const isTakenOver = phase.phase === 'rolling-back' && phase.rollback.by === 'guard' && by !== 'guard';
  return isTakenOver ? null : except(phase, ['rolling-back', 'forgotten']);
}

function objectionToAccepted({ intents, phase }: MigrationState, intentId: string): string | null {
  const intent = intents.find((candidate) => candidate.id === intentId);
  if (intent === undefined) return 'no such write was intended';
  return countsIn(phase, intent.kind) ? null : 'that write does not count any more';
}

function alreadyWritten(phase: Phase): string | null {
  return phase.phase === 'restoring' && phase.settle !== null ? 'the records are restored already' : null;
}

function unsettled(phase: Phase): string | null {
  const { settle } = 'settle' in phase ? phase : { settle: null };
  return settle !== null && settledAt(settle) !== null ? null : 'the name servers do not have the change yet';
}

/** A pause stops what goes forward; what goes back is not to be stopped. */
function advancing(phase: Phase): string | null {
  return live(phase) ?? except(phase, ['rolling-back', 'draining', 'restoring', 'forgetting']);
}

function live(phase: Phase): string | null {
  return isLive(phase) ? null : 'the migration has ended';
}

function only(phase: Phase, names: readonly PhaseName[]): string | null {
  return names.includes(phase.phase) ? null : `only in ${names.join(', ')}`;
}

function except(phase: Phase, names: readonly PhaseName[]): string | null {
  return names.includes(phase.phase) ? `not in ${names.join(', ')}` : null;
}
