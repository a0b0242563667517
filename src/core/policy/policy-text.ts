import type { DaySpan } from '../calendar.js';
import { millis, type Millis } from '../time.js';
import type { CalendarText } from './calendar-text.js';
import type { FinalizeText } from './finalize-schema.js';
import type { HooksText, NotifyText } from './notify-policy.js';
import type { FamilyChoice, ProbeExpectation } from './policy.js';

/** A policy as its file spells it: checked value by value, durations read, but not yet against each other. */
export interface PolicyText extends CalendarText {
  readonly name?: string;
  readonly stages: readonly (number | StageText)[];
  readonly ttl: Millis;
  readonly finalTtl?: Millis;
  readonly finalAs: 'cname' | 'alias';
  readonly tail: Millis;
  readonly dwell: Millis;
  readonly bake?: Millis;
  readonly holdback: number;
  readonly finalizeWhen?: FinalizeText;
  readonly tickEvery: Millis;
  readonly gapAfter?: Millis;
  readonly bucketSeconds: number;
  readonly settleDelay: Millis;
  readonly probes: ProbesText;
  readonly gate: {
    readonly evidence: 'metrics' | 'probes';
    readonly alpha: number;
    readonly tolerance: number;
    readonly minErrorRate: number;
    readonly budget: number;
    readonly latency: 'off' | 'p99' | { readonly slowerThan: Millis };
    readonly maxHold: Millis;
    readonly blindAfter: Millis;
    readonly onAsk: 'hold' | 'rollback';
  };
  readonly failover: FailoverText;
  readonly approveWithin?: Millis;
  readonly notify?: NotifyText;
  readonly hooks?: HooksText;
  readonly lab: boolean;
}

/** `failover` as a policy file spells it. */
export type FailoverText =
  | 'off'
  | 'health-checks'
  | {
      readonly interval?: '10s' | '30s';
      readonly threshold?: number;
      readonly healthyFor?: Millis;
      readonly askAt?: string;
    };

export interface ProbesText {
  readonly path: string;
  readonly port: number;
  readonly every: Millis;
  readonly timeout: Millis;
  readonly failed: { readonly count: number; readonly of: number };
  readonly families: FamilyChoice;
  readonly expect: ExpectationText;
  readonly source?: SideProbesText;
  readonly target?: SideProbesText;
  readonly preflight: { readonly count: number; readonly every: Millis };
}

/** What a side has of its own; the rest is as for both. */
export interface SideProbesText {
  readonly path?: string;
  readonly every?: Millis;
  readonly expect?: Partial<ExpectationText>;
}

export interface ExpectationText {
  readonly status: readonly number[];
  readonly body: string | null;
  readonly json: ProbeExpectation['json'];
  readonly headers?: Readonly<Record<string, string | null>> | null;
  readonly compression?: 'gzip' | 'br' | 'none' | null;
}

export interface StageText {
  readonly share: number;
  readonly dwell?: Millis;
  readonly dwellOver?: DaySpan;
  readonly approve?: boolean;
}

/** What a policy gets that does not say otherwise; the remaining defaults stand in the schema. */
export const defaultBakeMs: Millis = millis(24 * 3_600_000);
/** In ticks. */
export const defaultGapTicks: number = 3;
