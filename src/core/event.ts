import type { RollbackTimes } from './rollback-times.js';
import type { ProviderFailure } from './failure.js';
import type { Topic } from './gate/verdict.js';
import type { HookAnswer } from './hook-state.js';
import type { Intent } from './intent.js';
import type { NotifyOutcome } from './notify/outbox-state.js';
import type { Observation } from './observation.js';
import type { Promotion } from './approval.js';
import type { MigrationPlan } from './plan.js';
import type { PlanFile, PlanFileReading } from './plan-file.js';
import type { PlatformReading } from './platform/platform-reading.js';
import type { SourceMove } from './platform/source-move.js';
import type { Policy } from './policy/policy.js';
import type { SideName } from './probe.js';
import type { RecordName } from './record-name.js';
import type { Instant } from './time.js';

/** Everything that can happen to a migration. Its state is the fold of these, in order; nothing else is remembered. */
export type Event =
  /** `start` was confirmed; the plan is frozen. */
  | { readonly type: 'migration-planned'; readonly at: Instant; readonly plan: MigrationPlan }
  /** What one tick saw. */
  | { readonly type: 'observed'; readonly at: Instant; readonly observation: Observation }
  /** A write is about to be made. */
  | {
      readonly type: 'intent-opened';
      readonly at: Instant;
      readonly intent: Intent;
      readonly because: string;
    }
  /** The write of this intent is in the zone: Route 53 said so, or the zone shows its id. */
  | {
      readonly type: 'change-accepted';
      readonly at: Instant;
      readonly intentId: string;
      /** Null when the reply was lost. */
      readonly changeId: string | null;
      readonly how: 'reply' | 'read-back';
    }
  /** The call failed or its answer is missing; whether the write happened is settled by reading the zone. */
  | {
      readonly type: 'change-failed';
      readonly at: Instant;
      readonly intentId: string;
      readonly failure: ProviderFailure;
    }
  /** The zone shows that this write did not happen. */
  | {
      readonly type: 'intent-abandoned';
      readonly at: Instant;
      readonly intentId: string;
      readonly because: string;
    }
  /** Route 53 says every one of its servers has the change. */
  | { readonly type: 'insync'; readonly at: Instant }
  /** Every name server returned this generation's marker; for a rollback also: none hands out the target. */
  | { readonly type: 'servers-agreed'; readonly at: Instant }
  /** The replaced TTL and the tail have passed. */
  | { readonly type: 'settled'; readonly at: Instant }
  /** Nobody looked for too long, or a clock jumped: dwell and promotion evidence begin again. */
  | {
      readonly type: 'gap-found';
      readonly at: Instant;
      readonly gapMs: number;
      readonly because: string;
      /** Present where nothing dwells: only the time that cached answers are given begins again. */
      readonly only?: 'settling';
    }
  /** The reason why nothing advances has changed. */
  | { readonly type: 'held'; readonly at: Instant; readonly topic: Topic; readonly because: string }
  /** The gate cannot decide and wants a person. */
  | { readonly type: 'asked'; readonly at: Instant; readonly because: string }
  | { readonly type: 'paused'; readonly at: Instant; readonly by: string; readonly because: string }
  | { readonly type: 'resumed'; readonly at: Instant; readonly by: string; readonly because: string }
  /** A person's word to leave this stage although the gate has not allowed it; the next tick that may uses it. */
  | {
      readonly type: 'approved';
      readonly at: Instant;
      readonly by: string;
      readonly because: string;
      readonly stage: number;
      /** Whether it answers the gate's question, and so counts more than what the gate misses. */
      readonly override: boolean;
      readonly expiresAt: Instant;
    }
  /** A person's word to end the dwell of this stage, or with `override` to leave it whatever its gate lacks. */
  | ({ readonly type: 'promoted' } & Promotion)
  /** The gate would promote into a stage that a person must approve. */
  | {
      readonly type: 'approval-needed';
      readonly at: Instant;
      readonly because: string;
      readonly stage: number;
    }
  /** A person's word was not used in time, or what it was for is gone. */
  | {
      readonly type: 'approval-expired';
      readonly at: Instant;
      readonly because: string;
      readonly stage: number;
    }
  /** A person gave the running migration another policy. */
  | {
      readonly type: 'replanned';
      readonly at: Instant;
      readonly by: string;
      readonly because: string;
      readonly policy: Policy;
      /** The file that it came from; left out for one that comes with the program. */
      readonly file?: PlanFile;
    }
  /** A file that the plan was made from is not what it was, or is again; the migration goes on by its own copy. */
  | {
      readonly type: 'plan-file-changed';
      readonly at: Instant;
      readonly reading: PlanFileReading;
      readonly because: string;
    }
  /** The guard or an operator wants everything back at the source; a forward write that is open is superseded. */
  | {
      readonly type: 'rollback-requested';
      readonly at: Instant;
      readonly by: RollbackOrigin;
      readonly who: string;
      readonly because: string;
    }
  /** Every host points at its source again, or was left untouched because something else stands there. */
  | { readonly type: 'rollback-written'; readonly at: Instant; readonly untouched: readonly string[] }
  | {
      readonly type: 'rolled-back';
      readonly at: Instant;
      readonly by: RollbackOrigin;
      readonly because: string;
      /** What was measured; absent where nothing was written or a person did it by hand. */
      readonly times?: RollbackTimes;
    }
  /** `remains` says what still reached the source, and until when a rollback is possible. */
  | { readonly type: 'completed'; readonly at: Instant; readonly remains?: string }
  /** The zone is not as our receipts say (`drift`), or another controller writes there (`fenced`). */
  | {
      readonly type: 'halted';
      readonly at: Instant;
      readonly cause: HaltCause;
      readonly because: string;
      readonly differences: readonly string[];
    }
  /** A person confirmed what stands in the zone; the pair continues there under a fresh marker, from the beginning of this stage. */
  | {
      readonly type: 'adopt-requested';
      readonly at: Instant;
      readonly by: string;
      readonly because: string;
      readonly stage: number;
      /** What stands there is not taken over but replaced by the pair as the plan makes it. */
      readonly isRepair?: true;
    }
  /** A person wants the records from before the first take-over. */
  | {
      readonly type: 'restore-requested';
      readonly at: Instant;
      readonly by: string;
      readonly because: string;
    }
  | { readonly type: 'restored'; readonly at: Instant }
  /** A person wants the ended marker gone. */
  | { readonly type: 'forget-requested'; readonly at: Instant; readonly by: string; readonly because: string }
  | { readonly type: 'forgotten'; readonly at: Instant }
  /** A Route 53 health check is about to be created under this CallerReference. */
  | {
      readonly type: 'health-check-wanted';
      readonly at: Instant;
      readonly side: SideName;
      readonly host: RecordName;
      readonly reference: string;
    }
  | {
      readonly type: 'health-check-created';
      readonly at: Instant;
      readonly reference: string;
      readonly healthCheckId: string;
    }
  /** Route 53 does not have it, or has it no longer; no record carried it when it was deleted. */
  | {
      readonly type: 'health-check-deleted';
      readonly at: Instant;
      readonly reference: string;
      readonly because: string;
    }
  /** Something a person must know now. */
  | { readonly type: 'alarm-raised'; readonly at: Instant; readonly topic: Topic; readonly because: string }
  /** What the last alarm was about is over. */
  | { readonly type: 'alarm-cleared'; readonly at: Instant; readonly topic: Topic }
  /** What the platforms said of the sources of a completed migration, which a rollback would go back to. */
  | {
      readonly type: 'source-watched';
      readonly at: Instant;
      readonly platforms: readonly PlatformReading[];
    }
  /** The apps of these sources have other DNS targets, which answer while the planned ones do not: a rollback goes there from now on. */
  | {
      readonly type: 'source-moved';
      readonly at: Instant;
      readonly sources: readonly SourceMove[];
      readonly because: string;
    }
  /** What became of telling one channel about one entry of this journal. */
  | {
      readonly type: 'notified';
      readonly at: Instant;
      readonly sequence: number;
      readonly channel: string;
      readonly outcome: NotifyOutcome;
      readonly because: string;
    }
  /** The gate would promote, so the hook is asked whether this stage may begin. */
  | { readonly type: 'hook-asked'; readonly at: Instant; readonly stage: number; readonly because: string }
  | {
      readonly type: 'hook-answered';
      readonly at: Instant;
      readonly stage: number;
      readonly answer: HookAnswer;
      readonly because: string;
    };

/** Who wanted the rollback: the gate, someone who typed it, or someone who changed the records by hand. */
export type RollbackOrigin = 'guard' | 'operator' | 'person';

export type HaltCause = 'drift' | 'fenced';

/** An event with its place in the journal of its migration. */
export interface JournalEntry {
  /** Counts from 1 within one migration. */
  readonly sequence: number;
  readonly event: Event;
  /** SHA-256, hex, over the hash before it and this event. */
  readonly hash: string;
}

/** What the first entry's hash is chained to. */
export const genesisHash: string = '0'.repeat(64);
