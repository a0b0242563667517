import type { Event } from '../event.js';
import { apply, begin } from '../migration.js';
import type { MigrationState } from '../migration-state.js';
import { stageShare } from '../share.js';
import { statusOf, type Status } from '../status.js';
import type { Instant } from '../time.js';

/** How a stage came to its end. */
export type StageLeaving = 'next-stage' | 'finalize' | 'rollback' | 'halt';

/** One stay at one share, from the accepted write to the event that ended it. */
export interface StageVisit {
  /** An index into the policy's stages; -1 is the take-over, which gives the target nothing. */
  readonly stage: number;
  readonly share: number;
  readonly acceptedAt: Instant;
  /** Null when it was left before it had settled. */
  readonly settledAt: Instant | null;
  /** Null while the migration is still there. */
  readonly left: { readonly at: Instant; readonly how: StageLeaving; readonly because: string } | null;
  /** Every number as it was when the stage was left, or as it is now. */
  readonly status: Status;
}

/** A visit whose end is still open; the state is the one before the event that may have ended it. */
interface OpenVisit extends Pick<StageVisit, 'stage' | 'share' | 'acceptedAt' | 'settledAt' | 'left'> {
  readonly before: MigrationState | null;
}

/**
 * Every stage that was in force, in order, judged again at the event that left it: the journal holds all that the gate knew then,
 * so the numbers are the same. A write that was given up has left nothing.
 */
export function stageVisits(events: readonly Event[], now: Instant): StageVisit[] {
  const [first, ...rest] = events;
  if (first === undefined) return [];
  const ended: StageVisit[] = [];
  let state = begin(first);
  let open: OpenVisit | null = null;
  for (const event of rest) {
    const before = state;
    state = apply(state, event);
    if (open !== null) open = afterEvent(open, event, before);
    const begun = begunBy(event, before, state);
    if (begun === null) continue;
    if (open !== null) ended.push(closed(open, before, event.at));
    open = begun;
  }
  return open === null ? ended : [...ended, closed(open, state, now)];
}

/** Whatever it was that made it settle at a share: a write of ours, or a zone that was adopted as it stood. */
function begunBy({ at }: Event, before: MigrationState, { phase, plan }: MigrationState): OpenVisit | null {
  if (phase.phase !== 'settling') return null;
  const was = before.phase;
  if (was.phase === 'settling' && was.settle.acceptedAt === phase.settle.acceptedAt) return null;
  const share = stageShare(plan.policy, phase.stage);
  return { stage: phase.stage, share, acceptedAt: at, settledAt: null, left: null, before: null };
}

function afterEvent(visit: OpenVisit, event: Event, before: MigrationState): OpenVisit {
  if (event.type === 'settled') return { ...visit, settledAt: event.at };
  if (event.type === 'intent-abandoned' && !isOver(visit)) return { ...visit, left: null, before: null };
  const leaving = leavingBy(event);
  if (leaving === null || isOver(visit)) return visit;
  return { ...visit, left: { at: event.at, ...leaving }, before };
}

/** A forward write may still be given up; a rollback and a halt end a stage for good. */
function isOver({ left }: OpenVisit): boolean {
  return left?.how === 'rollback' || left?.how === 'halt';
}

function leavingBy(event: Event): { how: StageLeaving; because: string } | null {
  if (event.type === 'intent-opened' && event.intent.kind === 'stage')
    return { how: 'next-stage', because: event.because };
  if (event.type === 'intent-opened' && event.intent.kind === 'finalize')
    return { how: 'finalize', because: event.because };
  if (event.type === 'rollback-requested' || event.type === 'rolled-back')
    return { how: 'rollback', because: event.because };
  if (event.type === 'halted') return { how: 'halt', because: event.because };
  return null;
}

function closed({ before, ...visit }: OpenVisit, state: MigrationState, now: Instant): StageVisit {
  return { ...visit, status: statusOf(before ?? state, visit.left?.at ?? now) };
}
