import type { Baseline } from './baseline.js';
import { bucketOk } from './bucket-evidence.js';
import type { CountRule } from './count-rule.js';
import { clamp } from './log-space.js';
import { nextShare, promotionNats, type GateParameters } from './parameters.js';
import type { ReferenceRate } from './reference-rate.js';
import type { Column, Timeline } from './timeline.js';

/** Evidence that the target is good enough for the next stage. */
export interface PromotionEvidence {
  /** For "as good as the source usually is" over "worse than the reference by the margin", in nats. */
  readonly nats: number;
  /** How much worse than the reference the target could be for the next stage to cost the budget. */
  readonly margin: number;
  /** Requests and failures of the target that count: in this stage, settled, outside incidents. */
  readonly n: number;
  readonly e: number;
  /** Requests without a failure still missing; null when no number would be enough. */
  readonly missingRequests: number | null;
  /** In how many buckets they come at the present rate; null when the target gets none. */
  readonly missingBuckets: number | null;
}

const minNats = -3;
const carriedShare = 0.5;
const maxCarriedNats = 1.5;

export interface PromotionInput {
  readonly timeline: Timeline;
  readonly target: Column;
  readonly references: readonly ReferenceRate[];
  readonly baseline: Baseline;
  readonly rule: CountRule;
  readonly parameters: GateParameters;
  /** The stage that a promotion would leave. */
  readonly stage: number;
}

/**
 * Adds up what each settled bucket of the stage says. Half of what a stage has proved may be carried into the next, because the same
 * target has proved it; buckets of a stage's settling and of shared incidents prove nothing.
 */
export function promotionEvidence(input: PromotionInput): PromotionEvidence {
  const { timeline, target, references, baseline, rule, parameters, stage } = input;
  let nats = 0;
  let n = 0;
  let e = 0;
  let buckets = 0;
  let current = timeline.stages[0] ?? stage;
  const enter = (next: number): void => {
    if (next === current) return;
    nats = Math.min(maxCarriedNats, carriedShare * nats);
    n = e = buckets = 0;
    current = next;
  };
  for (let b = 0; b < timeline.length; b += 1) {
    enter(timeline.stages[b] ?? current);
    const requests = target.n[b] ?? 0;
    const reference = references[b];
    const counts = timeline.records[b]?.isSettled === true && reference?.isIncident === false;
    if (!counts || requests === 0) continue;
    const failures = target.e[b] ?? 0;
    const margin = parameters.budget / nextShare(parameters, current);
    const ln = bucketOk(requests, failures, reference.rate, baseline, rule, margin);
    nats = clamp(nats + ln, minNats, parameters.maxPromotionNats);
    n += requests;
    e += failures;
    buckets += 1;
  }
  enter(stage);
  const margin = parameters.budget / nextShare(parameters, stage);
  const perBucket = buckets === 0 ? 0 : n / buckets;
  return { nats, margin, n, e, ...missing(input, nats, margin, perBucket) };
}

/** What is still missing if no further request fails. */
function missing(
  { references, baseline, rule }: PromotionInput,
  nats: number,
  margin: number,
  perBucket: number,
): Pick<PromotionEvidence, 'missingRequests' | 'missingBuckets'> {
  if (nats >= promotionNats) return { missingRequests: 0, missingBuckets: 0 };
  const reference = references.at(-1)?.rate ?? Math.max(baseline.rate, rule.minRate);
  const requests = perBucket === 0 ? 1 : perBucket;
  const gain = bucketOk(requests, 0, reference, baseline, rule, margin);
  if (gain <= 0) return { missingRequests: null, missingBuckets: null };
  const buckets = (promotionNats - nats) / gain;
  return {
    missingRequests: Math.ceil(buckets * requests),
    missingBuckets: perBucket === 0 ? null : Math.ceil(buckets),
  };
}
