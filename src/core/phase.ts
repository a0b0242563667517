import type { RollbackTimes } from './rollback-times.js';
import type { HaltCause, RollbackOrigin } from './event.js';
import type { Instant } from './time.js';

/**
 * Where a migration is. Each phase carries exactly what is true in it.
 *
 *   planned -> taking-over -> settling -> observing -> [ shifting -> settling -> observing ]* -> finalizing -> completed
 *   observing -> waiting -> observing                                         (the gate asks a person)
 *   any live phase, completed too -> rolling-back -> draining -> rolled-back
 *   any live phase -> halted                                                  (drift, or fenced)
 *   halted -> adopting -> settling;  halted, rolled-back, completed -> restoring -> restored
 *   completed, rolled-back, restored -> forgetting -> forgotten
 *
 * Stage -1 is the take-over: the pair stands at 100/0 and there is nothing to judge but that both sides are healthy.
 * A pause is not a phase of its own but stands beside it (`MigrationState.pause`), so that what is going on goes on being true.
 */
export type Phase =
  | { readonly phase: 'planned' }
  | { readonly phase: 'taking-over' }
  | Settling
  | { readonly phase: 'shifting'; readonly stage: number; readonly was: Observing | Waiting }
  | Observing
  | Waiting
  /** `settle` is null until the plain record to the target is in the zone. */
  | {
      readonly phase: 'finalizing';
      readonly settle: Settle | null;
      readonly was: Observing | Waiting | Completed | null;
    }
  | Completed
  /** `settle` is null until the first write is in the zone. */
  | { readonly phase: 'rolling-back'; readonly rollback: RollbackRequest; readonly settle: Settle | null }
  /** `settle` is null when nothing had to be written. */
  | { readonly phase: 'draining'; readonly rollback: RollbackRequest; readonly settle: Settle | null }
  | RolledBack
  | Halted
  | Adopting
  | Restoring
  | Restored
  | Forgetting
  | Forgotten;

export interface Settling {
  readonly phase: 'settling';
  readonly stage: number;
  readonly settle: Settle;
}

export interface Observing {
  readonly phase: 'observing';
  readonly stage: number;
  readonly settledAt: Instant;
  /** Dwell and promotion evidence count from here: the first bucket after settling, or after a gap. */
  readonly dwellFrom: Instant;
  /** The time after which the gate asks counts from here. */
  readonly holdFrom: Instant;
}

export interface Waiting {
  readonly phase: 'waiting';
  readonly observing: Observing;
  /** An answer to what the gate asked, or the approval that the policy wants before the next stage. */
  readonly needs: 'answer' | 'approval';
  readonly since: Instant;
  readonly because: string;
}

export interface Halted {
  readonly phase: 'halted';
  readonly at: Instant;
  readonly cause: HaltCause;
  readonly because: string;
  readonly differences: readonly string[];
}

export interface Completed {
  readonly phase: 'completed';
  readonly at: Instant;
}

export interface RolledBack {
  readonly phase: 'rolled-back';
  readonly at: Instant;
  readonly by: RollbackOrigin;
  readonly because: string;
  readonly times: RollbackTimes | null;
}

/** What a person confirmed is being written under a fresh marker; then `stage` settles. */
export interface Adopting {
  readonly phase: 'adopting';
  readonly was: Halted;
  readonly who: string;
  readonly because: string;
  readonly stage: number;
}

/** `settle` is null until the original records are in the zone. */
export interface Restoring {
  readonly phase: 'restoring';
  readonly was: Halted | RolledBack | Completed;
  readonly who: string;
  readonly because: string;
  readonly settle: Settle | null;
}

export interface Restored {
  readonly phase: 'restored';
  readonly at: Instant;
  readonly by: string;
  readonly because: string;
}

export interface Forgetting {
  readonly phase: 'forgetting';
  readonly was: Completed | RolledBack | Restored;
  readonly who: string;
  readonly because: string;
}

/** No marker of this migration is left in the zone. */
export interface Forgotten {
  readonly phase: 'forgotten';
  readonly at: Instant;
  readonly by: string;
  readonly because: string;
}

/** From the moment a change was accepted until clients can be expected to follow it. */
export interface Settle {
  readonly acceptedAt: Instant;
  /** Null when the reply was lost; then only the name servers can tell. */
  readonly changeId: string | null;
  readonly insyncAt: Instant | null;
  readonly agreedAt: Instant | null;
  /** The largest TTL among the replaced records, plus the tail. */
  readonly waitMs: number;
}

export interface RollbackRequest {
  readonly by: RollbackOrigin;
  readonly who: string;
  readonly because: string;
  /** What the guard had said before a person made its rollback his own. */
  readonly guardBecause?: string;
  readonly requestedAt: Instant;
  /** The share that was in force. */
  readonly share: number;
}

/** When settling can end: both INSYNC and agreement are in, and the replaced TTL plus the tail has passed since the later one. */
export function settledAt(settle: Settle): Instant | null {
  if (settle.insyncAt === null || settle.agreedAt === null) return null;
  return (Math.max(settle.insyncAt, settle.agreedAt) + settle.waitMs) as Instant;
}

/** True while this program still has something to do or to watch. */
export function isLive(phase: Phase): boolean {
  switch (phase.phase) {
    case 'completed':
    case 'rolled-back':
    case 'restored':
    case 'forgotten':
      return false;
    case 'planned':
    case 'taking-over':
    case 'settling':
    case 'shifting':
    case 'observing':
    case 'waiting':
    case 'finalizing':
    case 'rolling-back':
    case 'draining':
    case 'halted':
    case 'adopting':
    case 'restoring':
    case 'forgetting':
      return true;
  }
}
