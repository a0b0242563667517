import type { Instant } from '../../time.js';
import type { BucketRecord, History } from './bucket.js';
import { errorRule } from './count-rule.js';
import { darknessOf, type Darkness } from './darkness.js';
import { weigh } from './evidence.js';
import {
  evidenceFigures,
  isDark,
  onsetFigures,
  promotionFigures,
  recentFigures,
  referenceFigures,
} from './figures.js';
import type {
  EvidenceFigures,
  GateAction,
  GateDecision,
  GateTopic,
  MissingCondition,
  PromotionFigures,
  RecentFigures,
  ReferenceFigures,
  StageFigures,
} from './gate-decision.js';
import { blindRequests, nextShare, suspicionNats, type GateParameters } from './parameters.js';
import { promotionEvidence } from './promotion-evidence.js';
import { arrange } from './timeline.js';

/** What a decision about one host is made from; nothing else is remembered between two decisions. */
export interface GateInput {
  readonly parameters: GateParameters;
  readonly history: History;
  /** In any order; of two for the same bucket the later in the list counts. */
  readonly records: readonly BucketRecord[];
  /** The start of the first bucket after the first weight change. */
  readonly since: Instant;
  readonly stage: StageClock;
  readonly now: Instant;
}

/** Where the stage stands. Its times are those of the phase, not of the buckets. */
export interface StageClock {
  /** An index into the ladder. */
  readonly index: number;
  /** How long the stage must be observed, and has been since it settled or since the latest gap. */
  readonly dwellMs: number;
  readonly observedMs: number;
  /** The part of the stage in which advancing was allowed: an open window, not paused. Only this brings the question nearer. */
  readonly heldMs: number;
}

/**
 * Decides about one host, in this order: roll back on evidence or blindness, ask when all metrics are dark, promote when every
 * condition holds, ask when it has taken too long, else hold. Pure; about a microsecond a bucket.
 */
export function decide(input: GateInput): GateDecision {
  const { parameters, now } = input;
  const { bucketMs, shares } = parameters;
  const timeline = arrange(input.records, input.since, bucketMs, shares.length);
  const host = weigh(timeline, input.history, parameters);
  const { errors, baseline } = host;
  const promotion = promotionEvidence({
    timeline,
    target: host.requests.target,
    references: errors.references,
    baseline,
    rule: errorRule(parameters),
    parameters,
    stage: input.stage.index,
  });
  const reference = referenceFigures(host, parameters);
  const figures: Figures = {
    stage: stageFigures(input),
    evidence: evidenceFigures(host, parameters),
    promotion: promotionFigures(promotion, reference.rate, bucketMs),
    reference,
    recent: recentFigures(host, parameters, now),
    darkness: darknessOf({ timeline, ...host.requests }, input.history.requests, shares, now),
  };
  const missing = missingConditions(figures);
  const [action, topic] = outcome(figures, missing, parameters);
  return { action, topic, missing, at: now, bucketMs, ...figures, onset: onsetFigures(host, shares) };
}

interface Figures {
  readonly stage: StageFigures;
  readonly evidence: EvidenceFigures;
  readonly promotion: PromotionFigures;
  readonly reference: ReferenceFigures;
  readonly recent: RecentFigures;
  readonly darkness: Darkness;
}

function outcome(
  { stage, evidence, darkness }: Figures,
  missing: readonly MissingCondition[],
  parameters: GateParameters,
): [GateAction, GateTopic] {
  if ((evidence.ln ?? -Infinity) >= evidence.thresholdLn) return ['rollback', 'evidence'];
  if (isDark(darkness, parameters.blindAfterMs, blindRequests)) {
    return 2 * darkness.sourceReported >= darkness.buckets ? ['rollback', 'blind'] : ['ask', 'metrics-dark'];
  }
  const [first] = missing;
  if (first === undefined) return parameters.isTargetShared ? ['ask', 'shared-target'] : ['promote', 'ready'];
  return [stage.heldMs >= stage.asksAfterMs ? 'ask' : 'hold', first];
}

/** The most telling first: an incident explains the rest, and a stage that is not over yet cannot have all its evidence. */
function missingConditions({ stage, evidence, promotion, reference, recent }: Figures): MissingCondition[] {
  const missing: MissingCondition[] = [];
  if (reference.isIncident) missing.push('source-incident');
  if (evidence.ln !== null && evidence.ln >= suspicionNats) missing.push('suspicion');
  if (recent.dataAgeMs === null || recent.dataAgeMs > recent.maxDataAgeMs) missing.push('data-age');
  if (recent.silentGauges.length > 0) missing.push('gauge-age');
  if (stage.observedMs < stage.dwellMs) missing.push('dwell');
  if (promotion.nats < promotion.neededNats) missing.push('evidence-short');
  return missing;
}

function stageFigures({ stage, parameters }: GateInput): StageFigures {
  const { index, dwellMs, observedMs, heldMs } = stage;
  return {
    index,
    share: parameters.shares[index] ?? 1,
    nextShare: nextShare(parameters, index),
    isLast: index >= parameters.shares.length - 1,
    observedMs,
    dwellMs,
    heldMs,
    asksAfterMs: dwellMs + parameters.maxHoldMs,
  };
}
