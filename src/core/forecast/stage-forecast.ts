import type { BucketRecord, History } from '../gate/metrics/bucket.js';
import type { GateParameters } from '../gate/metrics/parameters.js';
import type { Policy } from '../policy/policy.js';
import { runStage, stageTimes, type GateRunInput, type StageRun } from '../simulation/gate-run.js';
import { stageDwellMs } from '../share.js';
import { millis } from '../time.js';
import { smoothTraffic } from './smooth-traffic.js';

/** What one stage will be like if the target is as good as the source. */
export interface StageForecast {
  /** The target's percentage. */
  readonly share: number;
  /** Requests that reach the target in a minute. */
  readonly requestsPerMinute: number;
  readonly dwellMs: number;
  /** Requests that reach the target during the dwell. */
  readonly requestsInDwell: number;
  /** From settling until the evidence allows the next stage, late metrics included; null when no time would be enough. */
  readonly evidenceMs: number | null;
  /** From settling until the stage is left or a person is asked. */
  readonly leavesAfterMs: number;
  readonly then: 'promotes' | 'asks';
  /** The smallest share of failing requests beyond the source's that is rolled back by then in an average run; null when none is. */
  readonly detects: number | null;
  /** The policy's times are longer than what is computed through. */
  readonly isCut: boolean;
}

/** The traffic of a forecast, known or assumed. */
export interface ForecastTraffic {
  /** Requests a minute on both sides together. */
  readonly perMinute: number;
  /** The share of requests that fail at the source. */
  readonly errorRate: number;
  readonly history: History;
}

const minuteMs = 60_000;

/** Every stage of the policy as the gate itself will see it: its decisions on buckets in which users come and fail evenly. */
export function forecastStages(
  policy: Policy,
  parameters: GateParameters,
  traffic: ForecastTraffic,
): readonly StageForecast[] {
  const forecasts: StageForecast[] = [];
  let records: readonly BucketRecord[] = [];
  for (const stage of policy.stages.keys()) {
    const scene: Scene = { policy, parameters, traffic, stage, before: records };
    const clean = play(scene, 0);
    records = clean.records;
    forecasts.push(forecastOf(scene, clean.stage));
  }
  return forecasts;
}

interface Scene {
  readonly policy: Policy;
  readonly parameters: GateParameters;
  readonly traffic: ForecastTraffic;
  readonly stage: number;
  /** The clean buckets of the stages before. */
  readonly before: readonly BucketRecord[];
}

function forecastOf(scene: Scene, clean: StageRun): StageForecast {
  const { policy, traffic, stage } = scene;
  const share = policy.stages[stage]?.share ?? 100;
  const dwellMs = stageDwellMs(policy, stage);
  const requestsPerMinute = (traffic.perMinute * share) / 100;
  const { isCut, dwellBuckets } = stageTimes(policy, stage);
  const late = clean.endBucket - clean.settledBucket - dwellBuckets;
  return {
    share,
    requestsPerMinute,
    dwellMs,
    requestsInDwell: (requestsPerMinute * dwellMs) / minuteMs,
    evidenceMs: evidenceMs(scene),
    leavesAfterMs: dwellMs + Math.max(0, late) * policy.bucketMs,
    then: clean.decision?.action === 'promote' ? 'promotes' : 'asks',
    detects: smallestDetected(scene),
    isCut,
  };
}

function play(scene: Scene, excess: number, policy: Policy = scene.policy): ReturnType<typeof runStage> {
  const { traffic, parameters, stage, before } = scene;
  const users = {
    perBucket: (traffic.perMinute * policy.bucketMs) / minuteMs,
    errorRate: traffic.errorRate,
    excess,
    fromBucket: before.length,
  };
  const input: GateRunInput = {
    policy,
    parameters,
    history: traffic.history,
    traffic: smoothTraffic(users),
  };
  return runStage(input, stage, before);
}

/** The same stage with no dwell: the gate then promotes as soon as its evidence allows it. */
function evidenceMs(scene: Scene): number | null {
  const { policy, stage } = scene;
  const { gate, bucketMs } = policy;
  const impatient: Policy = {
    ...policy,
    stages: policy.stages.map(({ share }) => ({ share, dwellMs: millis(0) })),
    bakeMs: millis(0),
    gate: { ...gate, maxHoldMs: millis(gate.maxHoldMs + stageDwellMs(policy, stage)) },
  };
  const { stage: run } = play(scene, 0, impatient);
  const observedMs = (run.endBucket - run.settledBucket) * bucketMs;
  if (run.decision?.action === 'promote') return observedMs;
  const missingMs = run.decision?.promotion.missingMs ?? null;
  return missingMs === null || missingMs === 0 ? null : observedMs + missingMs;
}

/** Everything fails; nothing more than this is looked for. */
const largest = 1;
const smallest = 0.0001;
/** Halvings of the range on a logarithmic scale: the answer is within a twelfth. */
const halvings = 7;

/** The smallest excess that the gate rolls back before it lets the stage go, by halving. */
function smallestDetected(scene: Scene): number | null {
  const isDetected = (excess: number): boolean => play(scene, excess).stage.decision?.action === 'rollback';
  if (!isDetected(largest)) return null;
  let [low, high] = [Math.log(smallest), Math.log(largest)];
  for (let halving = 0; halving < halvings; halving += 1) {
    const middle = (low + high) / 2;
    if (isDetected(Math.exp(middle))) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}
