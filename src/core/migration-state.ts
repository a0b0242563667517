import type { Topic } from './gate/verdict.js';
import type { Intent } from './intent.js';
import type { Observation } from './observation.js';
import type { Phase } from './phase.js';
import type { MigrationPlan } from './plan.js';
import type { ProbeHistory } from './probe-history.js';
import type { RecordImage } from './record-image.js';
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
  readonly probes: ProbeHistory;
  readonly latest: Observation | null;
  /** The tick before the latest; null when there was none, or when the gap after it has been dealt with. */
  readonly previousTick: TickTimes | null;
  /** The last reason for not advancing, so that it is told once. */
  readonly held: Topic | null;
  /** What a person was told and is still true, each topic once, oldest first. */
  readonly alarms: readonly Topic[];
}

export interface Pause {
  readonly at: Instant;
  readonly by: string;
  readonly because: string;
}

/** When a tick looked, on both clocks. */
export interface TickTimes {
  readonly at: Instant;
  readonly monotonicMs: number;
  readonly bootId: string;
}
