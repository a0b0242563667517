import { estimateBaseline, type Baseline } from '../gate/metrics/baseline.js';
import { usableCounts, type Counts } from '../gate/metrics/bucket.js';
import type { GateParameters } from '../gate/metrics/parameters.js';
import type { Policy } from '../policy/policy.js';
import { sideProbes } from '../policy/policy.js';
import { degrade, type Degradation } from './degradation.js';
import { runGate, stageTimes, type BucketTraffic } from './gate-run.js';
import { binomial, type Random } from './random.js';
import { split } from './split.js';

/** What is simulated. */
export interface HistoryRunInput {
  readonly policy: Policy;
  readonly parameters: GateParameters;
  /** What users did at one side, bucket by bucket, oldest first; null where it is not known. */
  readonly past: readonly (Counts | null)[];
}

/** How one simulated migration ended. */
export interface HistoryRun {
  readonly end: 'completed' | 'rolled-back' | 'asked';
  /** The largest share that the target had, in percent. */
  readonly share: number;
  /** From the first weight change to the end. */
  readonly tookMs: number;
  /** Requests that failed because of what was planted, and requests in all, up to the end. */
  readonly harmed: number;
  readonly requests: number;
  /** How much longer than its dwell each stage was observed, in the order of the stages. */
  readonly lateMs: readonly number[];
}

/** Buckets before a simulated migration that are its history, as the product reads them. */
const historyBuckets = 180;

/**
 * One migration from a side to itself: it begins somewhere in the past, reads what was before as its history, and deals out what came
 * after to both sides by the policy's shares. The past is taken as a ring, so a migration that is longer than it goes on at its beginning.
 *
 * Probes of both sides fail as often as the requests of their bucket do; they never see what is planted, so whatever is found is found in
 * requests.
 */
export function historyRun(input: HistoryRunInput, degradation: Degradation, random: Random): HistoryRun {
  const { policy, parameters } = input;
  const past = input.past.map(wholeCounts);
  const first = Math.floor(random() * past.length);
  const at = (b: number): Counts | null =>
    past[(((first + b) % past.length) + past.length) % past.length] ?? null;
  const before = Math.min(historyBuckets, past.length);
  const requests = Array.from({ length: before }, (_, index) => at(index - before)).flatMap(
    (counts) => counts ?? [],
  );
  const usual = estimateBaseline(
    past.flatMap((counts) => counts ?? []),
    parameters.minErrorRate,
  );
  const harmed: number[] = [];
  const run = runGate({
    policy,
    parameters,
    history: { requests, slow: [], latency: [], gauges: {} },
    traffic: (b, share) => {
      const counts = at(b);
      harmed[b] = 0;
      if (counts === null || counts.n === 0) return silent(policy, random);
      const { source, target } = split(counts, share, Math.round(usual.phi), random);
      const worse = degrade(degradation, target, rateOf(usual), random);
      harmed[b] = worse.e - target.e;
      return {
        requests: { source: share >= 1 ? null : source, target: worse },
        probes: probesOf(policy, counts.e / counts.n, random),
      };
    },
  });
  const last = run.stages.at(-1);
  const end = last?.decision?.action;
  const buckets = last?.endBucket ?? 0;
  return {
    end: end === 'promote' ? 'completed' : end === 'rollback' ? 'rolled-back' : 'asked',
    share: policy.stages[last?.stage ?? 0]?.share ?? 0,
    tookMs: buckets * policy.bucketMs,
    harmed: harmed.slice(0, buckets).reduce((sum, count) => sum + count, 0),
    requests: Array.from({ length: buckets }, (_, b) => at(b)?.n ?? 0).reduce((sum, n) => sum + n, 0),
    lateMs: run.stages.map(({ stage, settledBucket, endBucket }) =>
      Math.max(0, (endBucket - settledBucket - stageTimes(policy, stage).dwellBuckets) * policy.bucketMs),
    ),
  };
}

/** What happened, not what the gate cautiously takes for it. */
function rateOf({ errors, requests, rate }: Baseline): number {
  return errors === 0 ? rate : errors / requests;
}

/** Draws are of whole requests; sources that extrapolate give others. */
function wholeCounts(counts: Counts | null): Counts | null {
  const usable = usableCounts(counts);
  if (usable === null) return null;
  const n = Math.round(usable.n);
  return { n, e: Math.min(n, Math.round(usable.e)) };
}

function silent(policy: Policy, random: Random): BucketTraffic {
  return { requests: { source: null, target: null }, probes: probesOf(policy, 0, random) };
}

function probesOf(policy: Policy, rate: number, random: Random): BucketTraffic['probes'] {
  const of = (side: 'source' | 'target'): Counts => {
    const n = Math.max(1, Math.floor(policy.bucketMs / sideProbes(policy.probes, side).everyMs));
    return { n, e: binomial(random, n, rate) };
  };
  return { source: of('source'), target: of('target') };
}
