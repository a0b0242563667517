import type { Instant } from '../../time.js';
import type { Counts } from './bucket.js';
import type { Darkness } from './darkness.js';

export type GateAction = 'rollback' | 'ask' | 'promote' | 'hold';

/**
 * The one reason of a decision.
 *
 * - `evidence`: enough evidence that the target is worse. `blind`: the target is silent and the source is not.
 * - `metrics-dark`: both are silent. `shared-target`: ready, but the metrics count other sites too.
 * - `ready`: promote. The others are conditions that a promotion still misses.
 */
export type GateTopic = 'evidence' | 'blind' | 'metrics-dark' | 'shared-target' | 'ready' | MissingCondition;

export type MissingCondition =
  'source-incident' | 'suspicion' | 'data-age' | 'gauge-age' | 'dwell' | 'evidence-short';

/** A decision with every number behind it; plain data that survives JSON. Logarithms are null where there is no evidence at all. */
export interface GateDecision {
  readonly action: GateAction;
  readonly topic: GateTopic;
  /** Every condition that a promotion misses, the most telling first. */
  readonly missing: readonly MissingCondition[];
  readonly at: Instant;
  readonly bucketMs: number;
  readonly stage: StageFigures;
  readonly evidence: EvidenceFigures;
  readonly promotion: PromotionFigures;
  readonly reference: ReferenceFigures;
  readonly recent: RecentFigures;
  readonly darkness: Darkness;
  readonly onset: OnsetFigures | null;
}

export interface StageFigures {
  readonly index: number;
  readonly share: number;
  readonly nextShare: number;
  readonly isLast: boolean;
  /** Observed since settling or the latest gap, of what the policy asks for. */
  readonly observedMs: number;
  readonly dwellMs: number;
  /** Time in which advancing was allowed, and how much of it until a person is asked. */
  readonly heldMs: number;
  readonly asksAfterMs: number;
}

export interface EvidenceFigures {
  /** Against the target, over all channels, in nats. */
  readonly ln: number | null;
  /** Rolls back from here on. */
  readonly thresholdLn: number;
  readonly alpha: number;
  readonly channels: readonly ChannelFigures[];
  /** The channel that contributes most. */
  readonly leading: string | null;
}

export interface ChannelFigures {
  readonly name: string;
  readonly weight: number;
  readonly ln: number | null;
}

export interface PromotionFigures {
  readonly nats: number;
  readonly neededNats: number;
  /** The error rate that the evidence must exclude. */
  readonly worstRate: number;
  /** Requests of this stage that count, and how many of them failed. */
  readonly n: number;
  readonly e: number;
  /** Requests without a failure still missing; null when no number would be enough. */
  readonly missingRequests: number | null;
  /** Until they are there at the present rate; null when the target gets none. */
  readonly missingMs: number | null;
}

export interface ReferenceFigures {
  /** What the target is allowed now. */
  readonly rate: number;
  readonly isIncident: boolean;
  /** What the source fails at since shortly before the newest metrics, probes included; null outside an incident. */
  readonly incidentRate: number | null;
  readonly tolerance: number;
  readonly history: {
    readonly rate: number;
    readonly errors: number;
    readonly requests: number;
    readonly phi: number;
    readonly k: number;
  };
}

/** The last buckets with metrics, both sides over the same time. */
export interface RecentFigures {
  readonly buckets: number;
  readonly target: Counts | null;
  readonly source: Counts | null;
  readonly targetProbes: Counts | null;
  readonly sourceProbes: Counts | null;
  /** The age of the end of the newest target bucket with a request, and the greatest that may promote; null when there is none. */
  readonly dataAgeMs: number | null;
  readonly maxDataAgeMs: number;
  /** Gauges without a fresh value. */
  readonly silentGauges: readonly string[];
}

/** Since when the target has been worse, in all likelihood. */
export interface OnsetFigures {
  readonly at: Instant;
  /** The start of the stage that was in force, and its share. */
  readonly stageAt: Instant;
  readonly share: number;
  readonly target: Counts;
  readonly source: Counts;
  readonly ratio: number;
  /** Failed requests beyond those tolerated. */
  readonly excess: number;
  readonly buckets: readonly {
    readonly at: Instant;
    readonly target: Counts;
    readonly nats: number;
    readonly isCapped: boolean;
  }[];
}
