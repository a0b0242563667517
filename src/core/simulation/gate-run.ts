import type { BucketRecord, Counts, History, Sides } from '../gate/metrics/bucket.js';
import { decide } from '../gate/metrics/decision.js';
import type { GateDecision } from '../gate/metrics/gate-decision.js';
import { rollbackThreshold, type GateParameters } from '../gate/metrics/parameters.js';
import { arrange } from '../gate/metrics/timeline.js';
import type { Policy } from '../policy/policy.js';
import { stageDwellMs } from '../share.js';
import { instant, plus, type Instant } from '../time.js';
import { runningEvidence } from './running-evidence.js';

/** What both sides did in one bucket. */
export interface BucketTraffic {
  readonly requests: Sides<Counts>;
  readonly probes: Sides<Counts>;
}

/** What users do in bucket `b`, counted from the first weight change, while the target has this share (0 to 1). */
export type Traffic = (b: number, share: number) => BucketTraffic;

/** A migration that the gate decides about in virtual time. */
export interface GateRunInput {
  readonly policy: Policy;
  readonly parameters: GateParameters;
  readonly history: History;
  readonly traffic: Traffic;
}

/** How one stage was left. Buckets are counted from the first weight change. */
export interface StageRun {
  readonly stage: number;
  readonly firstBucket: number;
  /** The first bucket that counts towards a promotion. */
  readonly settledBucket: number;
  /** How many buckets had ended when the decision was made. */
  readonly endBucket: number;
  /** Null after a run that was given up, because a stage went on for too long. */
  readonly decision: GateDecision | null;
}

export interface GateRun {
  readonly stages: readonly StageRun[];
  readonly records: readonly BucketRecord[];
}

/** Longer dwells and holds are followed for this many buckets only, four hours of minutes: what is found later is hardly smaller. */
export const maxStageBuckets: number = 240;

/** When virtual time begins; any moment does. */
const since: Instant = instant(0);

/** A whole migration, stage by stage, until the gate promotes out of the last stage, rolls back or asks. */
export function runGate(input: GateRunInput): GateRun {
  const stages: StageRun[] = [];
  let records: readonly BucketRecord[] = [];
  for (const stage of input.policy.stages.keys()) {
    const run = runStage(input, stage, records);
    ({ records } = run);
    stages.push(run.stage);
    if (run.stage.decision?.action !== 'promote') break;
  }
  return { stages, records };
}

/**
 * One stage after the buckets of those before it. Every tick of the policy may decide, on requests older than the settle delay and on
 * probes as they come; the gate is asked at those ticks at which it could say anything but "hold". Times are rounded up to whole buckets,
 * and every change is taken to be on all name servers at once.
 */
export function runStage(
  input: GateRunInput,
  stage: number,
  before: readonly BucketRecord[],
): { readonly stage: StageRun; readonly records: readonly BucketRecord[] } {
  const { policy, parameters, history } = input;
  const times = stageTimes(policy, stage);
  const first = before.length;
  const settledBucket = first + times.settleBuckets;
  const lastBucket = settledBucket + times.dwellBuckets + times.holdBuckets + times.tickBuckets;
  const records = [...before, ...laidOut(input, stage, first, settledBucket, lastBucket)];
  const whole = arrange(records, since, policy.bucketMs, parameters.shares.length);
  const evidence = runningEvidence(whole, history, parameters);
  const heard = heardUntil(records);
  const alone = rollbackThreshold(parameters) - Math.log(errorShare);
  for (let ended = first + 1; ended <= lastBucket; ended += 1) {
    if ((ended - first) % times.tickBuckets !== 0) continue;
    const seen = ended - times.delayBuckets;
    const helped = failedProbes(records, ended, longWindow) === 0 ? nearly : Math.log(2);
    const isSuspicious =
      (evidence[seen - 1] ?? -Infinity) >= alone - helped ||
      failedProbes(records, ended, shortWindow) >= fewProbes;
    const isSilent = (ended - (heard[seen - 1] ?? 0)) * policy.bucketMs >= parameters.blindAfterMs;
    const isDue = ended >= settledBucket + times.dwellBuckets;
    if (!isSuspicious && !isSilent && !isDue) continue;
    const visible = records.slice(0, ended).map((record, b) => (b < seen ? record : unmeasured(record)));
    const observedMs = Math.max(0, ended - settledBucket) * policy.bucketMs;
    const decision = decide({
      parameters: { ...parameters, maxHoldMs: times.holdBuckets * policy.bucketMs },
      history,
      records: visible,
      since,
      stage: {
        index: stage,
        dwellMs: times.dwellBuckets * policy.bucketMs,
        observedMs,
        heldMs: observedMs,
      },
      now: plus(since, ended * policy.bucketMs),
    });
    if (decision.action === 'hold') continue;
    const run = { stage, firstBucket: first, settledBucket, endBucket: ended, decision };
    return { stage: run, records: records.slice(0, ended) };
  }
  const run = { stage, firstBucket: first, settledBucket, endBucket: lastBucket, decision: null };
  return { stage: run, records };
}

/** The errors' share of the false-alarm budget (`channelWeights`). Of two kinds of evidence that reach a threshold together, one reaches half of it. */
const errorShare = 0.6;
/** What probes that all pass can add to the evidence, in nats, is less than this. */
const nearly = 0.05;
/** In buckets. */
const longWindow = 60;
const shortWindow = 5;
const fewProbes = 2;

function failedProbes(records: readonly BucketRecord[], ended: number, buckets: number): number {
  let failed = 0;
  for (let b = Math.max(0, ended - buckets); b < ended; b += 1) failed += records[b]?.probes.target?.e ?? 0;
  return failed;
}

/** For each bucket, how many buckets there are up to the newest in which the target had a request. */
function heardUntil(records: readonly BucketRecord[]): Int32Array {
  const heard = new Int32Array(records.length);
  let until = 0;
  for (const [b, { requests }] of records.entries()) {
    if ((requests.target?.n ?? 0) > 0) until = b + 1;
    heard[b] = until;
  }
  return heard;
}

function unmeasured(record: BucketRecord): BucketRecord {
  return { ...record, requests: { source: null, target: null } };
}

function laidOut(
  { policy, traffic }: GateRunInput,
  stage: number,
  first: number,
  settledBucket: number,
  end: number,
): BucketRecord[] {
  const share = (policy.stages[stage]?.share ?? 100) / 100;
  return Array.from({ length: end - first }, (_, index): BucketRecord => {
    const b = first + index;
    return {
      at: plus(since, b * policy.bucketMs),
      stage,
      isSettled: b >= settledBucket,
      ...traffic(b, share),
      slow: null,
      latency: null,
      gauges: {},
    };
  });
}

/** The times of a stage in buckets. */
export interface StageBuckets {
  readonly settleBuckets: number;
  readonly dwellBuckets: number;
  readonly holdBuckets: number;
  readonly tickBuckets: number;
  readonly delayBuckets: number;
  /** The policy's own dwell or hold is longer. */
  readonly isCut: boolean;
}

export function stageTimes(policy: Policy, stage: number): StageBuckets {
  const { bucketMs, ttlSeconds, tailMs, settleDelayMs, tickEveryMs, gate } = policy;
  const dwell = Math.ceil(stageDwellMs(policy, stage) / bucketMs);
  const hold = Math.ceil(gate.maxHoldMs / bucketMs);
  return {
    settleBuckets: Math.ceil((ttlSeconds * 1000 + tailMs) / bucketMs),
    dwellBuckets: Math.min(maxStageBuckets, dwell),
    holdBuckets: Math.min(maxStageBuckets, hold),
    tickBuckets: Math.max(1, Math.round(tickEveryMs / bucketMs)),
    delayBuckets: Math.ceil(settleDelayMs / bucketMs),
    isCut: Math.max(dwell, hold) > maxStageBuckets,
  };
}
