import type { BucketRecord, Counts, History, Sides } from '../../../../src/core/gate/metrics/bucket.js';
import { decide, type GateInput, type StageClock } from '../../../../src/core/gate/metrics/decision.js';
import type { GateDecision } from '../../../../src/core/gate/metrics/gate-decision.js';
import { defaultParameters, type GateParameters } from '../../../../src/core/gate/metrics/parameters.js';
import { instant, plus, type Instant } from '../../../../src/core/time.js';

export const minute = 60_000;
/** Noon on 1 January 2030 UTC. */
export const noon: Instant = instant(1_893_499_200_000);

export function counts(n: number, e = 0): Counts {
  return { n, e };
}

/** A quiet service: 600 requests a minute, one in 1,200 of which fails. */
export const quietHistory: History = historyOf(
  Array.from({ length: 180 }, (_, i) => counts(600, i % 2 === 0 ? 1 : 0)),
);

export function historyOf(requests: readonly Counts[]): History {
  return { requests, slow: [], latency: [], gauges: {} };
}

/** One bucket: what is not said is unknown, except that probes pass. */
export interface Bucket {
  readonly target?: Counts | null;
  readonly source?: Counts | null;
  readonly stage?: number;
  readonly isSettled?: boolean;
  readonly probes?: Sides<Counts>;
  readonly extra?: Partial<BucketRecord>;
}

const passing: Sides<Counts> = { target: counts(30), source: counts(30) };
export const noProbes: Sides<Counts> = { target: null, source: null };

export function recordsOf(buckets: readonly Bucket[], bucketMs: number = minute): BucketRecord[] {
  return buckets.map((bucket, b) => ({
    at: plus(noon, b * bucketMs),
    stage: bucket.stage ?? 0,
    isSettled: bucket.isSettled ?? true,
    requests: { target: bucket.target ?? null, source: bucket.source ?? null },
    probes: bucket.probes ?? passing,
    slow: null,
    latency: null,
    gauges: {},
    ...bucket.extra,
  }));
}

/** A migration that has just seen the last of `buckets`; the clock of its stage is that of its last stage. */
export function inputOf(
  buckets: readonly Bucket[],
  over: {
    parameters?: Partial<GateParameters>;
    history?: History;
    stage?: Partial<StageClock>;
    now?: Instant;
  } = {},
): GateInput {
  const parameters = { ...defaultParameters, ...over.parameters };
  const index = buckets.at(-1)?.stage ?? 0;
  const observedMs = buckets.filter(({ stage }) => (stage ?? 0) === index).length * parameters.bucketMs;
  return {
    parameters,
    history: over.history ?? quietHistory,
    records: recordsOf(buckets, parameters.bucketMs),
    since: noon,
    stage: { index, dwellMs: 10 * minute, observedMs, heldMs: observedMs, ...over.stage },
    now: over.now ?? plus(noon, buckets.length * parameters.bucketMs),
  };
}

export function decided(...args: Parameters<typeof inputOf>): GateDecision {
  return decide(inputOf(...args));
}

export function times(count: number, bucket: Bucket | ((b: number) => Bucket)): Bucket[] {
  return Array.from({ length: count }, (_, b) => (typeof bucket === 'function' ? bucket(b) : bucket));
}

export function lnOf(decision: GateDecision, channel: string): number | null | undefined {
  return decision.evidence.channels.find(({ name }) => name === channel)?.ln;
}

/** A bucket of a healthy stage at ten percent. */
export const calm: Bucket = { target: counts(60), source: counts(540) };
