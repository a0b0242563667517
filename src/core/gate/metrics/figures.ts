import type { Instant } from '../../time.js';
import type { Counts } from './bucket.js';
import type { Darkness } from './darkness.js';
import type { HostEvidence } from './evidence.js';
import { leadingChannel } from './evidence.js';
import type {
  EvidenceFigures,
  OnsetFigures,
  PromotionFigures,
  RecentFigures,
  ReferenceFigures,
} from './gate-decision.js';
import { finiteOrNull } from './log-space.js';
import {
  incidentMemoryBuckets,
  promotionNats,
  rollbackThreshold,
  type GateParameters,
} from './parameters.js';
import type { PromotionEvidence } from './promotion-evidence.js';
import { ageMs, newest, startOf, sumOf, type Column } from './timeline.js';

/** How many buckets "recent" is. */
const recentBuckets = 10;

export function evidenceFigures(host: HostEvidence, parameters: GateParameters): EvidenceFigures {
  return {
    ln: finiteOrNull(host.ln),
    thresholdLn: rollbackThreshold(parameters),
    alpha: parameters.alpha,
    channels: host.channels.map(({ name, weight, ln }) => ({ name, weight, ln: finiteOrNull(ln) })),
    leading: leadingChannel(host.channels)?.name ?? null,
  };
}

export function promotionFigures(
  promotion: PromotionEvidence,
  allowed: number,
  bucketMs: number,
): PromotionFigures {
  const { nats, n, e, margin, missingRequests, missingBuckets } = promotion;
  const worstRate = Math.min(1, allowed + margin);
  const missingMs = missingBuckets === null ? null : missingBuckets * bucketMs;
  return { nats, neededNats: promotionNats, worstRate, n, e, missingRequests, missingMs };
}

/** The reference now, and whether a shared incident is going on or has hardly ended. */
export function referenceFigures(host: HostEvidence, parameters: GateParameters): ReferenceFigures {
  const { errors, baseline } = host;
  // Buckets after the newest one with metrics are judged by probes only, so the memory is counted back from that one.
  const edge = metricsEdge(host);
  const memory = errors.references.slice(Math.max(0, edge + 1 - incidentMemoryBuckets));
  const isIncident = memory.some((reference) => reference.isIncident);
  const from = Math.max(0, edge + 1 - incidentMemoryBuckets);
  const seen = sumOf(host.requests.source, from, host.timeline.length);
  const probed = sumOf(host.probes.source, from, host.timeline.length);
  const { rate, errors: failures, requests, phi, k } = baseline;
  const usual = Math.min(0.95, parameters.tolerance * Math.max(rate, parameters.minErrorRate));
  return {
    rate: errors.references[edge]?.rate ?? usual,
    isIncident,
    incidentRate: isIncident ? (seen.e + probed.e) / Math.max(1, seen.n + probed.n) : null,
    tolerance: parameters.tolerance,
    history: { rate, errors: failures, requests, phi, k },
  };
}

export function recentFigures(host: HostEvidence, parameters: GateParameters, now: Instant): RecentFigures {
  const { timeline, requests, probes } = host;
  const end = metricsEdge(host) + 1;
  const from = Math.max(0, end - recentBuckets);
  const over = (column: Column, to: number): Counts | null => {
    const sum = sumOf(column, Math.max(0, to - recentBuckets), to);
    return sum.n === 0 ? null : sum;
  };
  const last = newest(requests.target);
  const { maxDataAgeMs } = parameters;
  return {
    buckets: end - from,
    target: over(requests.target, end),
    source: over(requests.source, end),
    targetProbes: over(probes.target, timeline.length),
    sourceProbes: over(probes.source, timeline.length),
    dataAgeMs: last < 0 ? null : ageMs(timeline, last, now),
    maxDataAgeMs,
    silentGauges: host.channels
      .filter(({ newest: b }) => b !== null && (b < 0 || ageMs(timeline, b, now) > maxDataAgeMs))
      .map(({ name }) => name),
  };
}

export function onsetFigures(host: HostEvidence, shares: readonly number[]): OnsetFigures | null {
  const { onset, timeline, requests } = host;
  if (onset === null) return null;
  const at = (b: number): Instant => startOf(timeline, b);
  const stage = timeline.stages[onset.bucket] ?? 0;
  let stageStart = onset.bucket;
  while (stageStart > 0 && timeline.stages[stageStart - 1] === stage) stageStart -= 1;
  return {
    at: at(onset.bucket),
    stageAt: at(stageStart),
    share: shares[stage] ?? 1,
    target: sumOf(requests.target, onset.bucket, timeline.length),
    source: sumOf(requests.source, onset.bucket, timeline.length),
    ratio: onset.ratio,
    excess: onset.excess,
    buckets: onset.buckets.map(({ bucket, nats, isCapped }) => ({
      at: at(bucket),
      target: sumOf(requests.target, bucket, bucket + 1),
      nats,
      isCapped,
    })),
  };
}

/** Whether the target's silence means something. */
export function isDark(darkness: Darkness, blindAfterMs: number, blindRequests: number): boolean {
  return darkness.forMs >= blindAfterMs && darkness.expectedRequests >= blindRequests;
}

/** The newest bucket in which either side had a request, or -1. */
function metricsEdge({ requests }: HostEvidence): number {
  return Math.max(newest(requests.source), newest(requests.target));
}
