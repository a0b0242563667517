import type { MigrationHealthCheck } from './failover/health-check.js';
import type { FoundationReading } from './foundation/foundation-reading.js';
import type { Topic } from './gate/verdict.js';
import type { HookState } from './hook-state.js';
import type { Intent } from './intent.js';
import type { SideRecords } from './metric/side-record.js';
import type { Outbox } from './notify/outbox-state.js';
import type { Observation } from './observation.js';
import type { Promotion } from './approval.js';
import type { Phase } from './phase.js';
import type { PlatformMemory } from './platform/platform-memory.js';
import type { MigrationPlan } from './plan.js';
import type { PlanFileReading } from './plan-file.js';
import type { ProbeHistory } from './probe-history.js';
import type { RecordImage } from './record-image.js';
import type { Refusals } from './refusal-streak.js';
import type { Instant } from './time.js';

/** Everything known about a migration: the fold of its journal. */
export interface MigrationState {
  readonly plan: MigrationPlan;
  readonly phase: Phase;
  readonly pause: Pause | null;
  /** What our last accepted write left in the zone; before the take-over, what stood there when the plan was made. */
  readonly image: RecordImage;
  /** The target's percentage after the last accepted write. */
  readonly share: number;
  /** The marker's generation after the last accepted write; before the take-over, that of an ended migration or 0. */
  readonly generation: number;
  /** Every write ever intended, so that one that lands late is recognised by its id. */
  readonly intents: readonly Intent[];
  readonly openIntent: Intent | null;
  /** Null since a write was made. */
  readonly refusals: Refusals | null;
  readonly probes: ProbeHistory;
  /** What the platforms said of each side that was looked at. */
  readonly platforms: readonly PlatformMemory[];
  /** Zone, delegation and permissions as they were last seen; null before the first look of the running migration. */
  readonly foundation: FoundationReading | null;
  /** What metrics and probes told of each side, bucket by bucket; what the gate is computed from. */
  readonly records: SideRecords;
  /** When each stage that gives the target traffic began, oldest first. */
  readonly stageTimes: readonly StageTimes[];
  /** A person's word to leave the present stage; used once, by the next tick that may. */
  readonly approval: Approval | null;
  /** A person's word to end the dwell of the present stage, or to leave it whatever the gate lacks. */
  readonly promotion: Promotion | null;
  /** The health checks of `failover: health-checks` that exist or may exist, oldest first. */
  readonly healthChecks: readonly MigrationHealthCheck[];
  /** How many were ever wanted; numbers their references. */
  readonly healthChecksWanted: number;
  readonly latest: Observation | null;
  /** The tick before the latest; null when there was none, or when the gap after it has been dealt with. */
  readonly previousTick: TickTimes | null;
  /** The last reason for not advancing, so that it is told once. */
  readonly held: Topic | null;
  /** What a person was told and is still true, each topic once, oldest first. */
  readonly alarms: readonly Topic[];
  /** What people are still to be told. */
  readonly outbox: Outbox;
  /** What the before-stage hook was last asked, and what it said. */
  readonly hook: HookState | null;
  /** Files of the plan that are not what they were when it was made. */
  readonly planFiles: readonly PlanFileReading[];
}

export interface Pause {
  readonly at: Instant;
  readonly by: string;
  readonly because: string;
}

/** Evidence of a bucket belongs to the stage that was in force when the bucket began. */
export interface StageTimes {
  /** An index into the policy's stages. */
  readonly stage: number;
  readonly acceptedAt: Instant;
  /** Buckets from here on count towards a promotion; null until the stage has settled. */
  readonly settledFrom: Instant | null;
}

export interface Approval {
  readonly at: Instant;
  readonly by: string;
  readonly because: string;
  /** The stage that may be left. */
  readonly stage: number;
  /** Whether it answers the gate's question, and so counts more than what the gate misses. */
  readonly override: boolean;
  readonly expiresAt: Instant;
}

/** When a tick looked, on both clocks. */
export interface TickTimes {
  readonly at: Instant;
  readonly monotonicMs: number;
  readonly bootId: string;
  /** How far Amazon's clock was ahead of `at`; absent where they agreed or nothing was heard. */
  readonly serverOffsetMs?: number;
}
