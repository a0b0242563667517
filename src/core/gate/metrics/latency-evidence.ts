import { estimateBaseline } from './baseline.js';
import type { History, Quantile } from './bucket.js';
import { countEvidence } from './count-evidence.js';
import { slowRule } from './count-rule.js';
import { signEvidence, toleratedChance } from './sign-evidence.js';
import { columns, type Timeline } from './timeline.js';

/** A quantile this many times the other one is a real difference. */
const worseRatio = 1.5;
/** Below this a p99 is just the slowest request. */
const minSamples = 20;

/** The log e-value of "more slow requests than the source": slow means above the source's p95 in history. */
export function slowEvidence(timeline: Timeline, history: History): number {
  const baseline = estimateBaseline(history.slow, slowRule.minRate);
  const { source, target } = columns(timeline, (record) => record.slow);
  return countEvidence({ timeline, source, target, sourceProbes: null, baseline, rule: slowRule }).ln;
}

/**
 * The log e-value of "a higher quantile than the source's in the same bucket", for sources of metrics that know quantiles only. Once
 * everything goes to the target, `isWhole(stage)`, and the source has too few requests, history's median stands in for the source.
 */
export function quantileEvidence(
  timeline: Timeline,
  history: History,
  isWhole: (stage: number) => boolean,
): number {
  const usual = history.latency.map(usable);
  const median = medianOf(usual.filter((value) => value !== null));
  const signs = new Int8Array(timeline.length).fill(-1);
  for (let b = 0; b < timeline.length; b += 1) {
    const latency = timeline.records[b]?.latency;
    const target = usable(latency?.target ?? null);
    const source = usable(latency?.source ?? null) ?? (isWhole(timeline.stages[b] ?? 0) ? median : null);
    if (target !== null && source !== null) signs[b] = target > worseRatio * source ? 1 : 0;
  }
  const tolerated = toleratedJump(usual);
  return signEvidence({ signs, tolerated: () => tolerated }, timeline.mass);
}

/** How often the source's own quantile jumps by as much from one bucket to the next tells how often a difference means nothing. */
function toleratedJump(usual: readonly (number | null)[]): number {
  let pairs = 0;
  let jumps = 0;
  for (let i = 1; i < usual.length; i += 1) {
    const before = usual[i - 1] ?? null;
    const after = usual[i] ?? null;
    if (before === null || after === null) continue;
    pairs += 1;
    if (Math.max(before, after) > worseRatio * Math.min(before, after)) jumps += 1;
  }
  return toleratedChance(jumps, pairs);
}

function usable(quantile: Quantile | null): number | null {
  if (quantile === null || !(quantile.n >= minSamples)) return null;
  return quantile.valueMs > 0 && Number.isFinite(quantile.valueMs) ? quantile.valueMs : null;
}

function medianOf(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
