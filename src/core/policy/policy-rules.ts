import { formatDuration } from '../time.js';
import { defaultGapTicks, type PolicyText } from './policy-text.js';
import type { YamlPath } from './yaml-path.js';

/** Two or more values of a policy that are each right but not together. */
export interface Violation {
  /** The values the rule looked at; the first that stands in the file is the one to point at. */
  readonly reads: readonly YamlPath[];
  readonly message: string;
}

/** Everything in a policy that breaks a rule between its fields, except the order of the shares. */
export function violations(policy: PolicyText): readonly Violation[] {
  return [
    ...productionFloors(policy),
    ...proportions(policy),
    ...lastDwell(policy),
    ...heldBack(policy),
    ...quietEnd(policy),
  ];
}

/**
 * Times too short for production. Below 30 s many resolvers clamp a TTL, and below five minutes of dwell or ten seconds of
 * tick neither metrics nor people keep up.
 */
function productionFloors(policy: PolicyText): Violation[] {
  if (policy.lab) return [];
  const found: Violation[] = [];
  const floor = (path: YamlPath, value: number | undefined, least: number): void => {
    if (value === undefined || value >= least) return;
    const need = `must be at least ${formatDuration(least)}, not ${formatDuration(value)}`;
    found.push({ reads: [path, ['lab']], message: `${need}; ${labAdvice}` });
  };
  floor(['ttl'], policy.ttl, 30_000);
  floor(['dwell'], policy.dwell, minute * 5);
  floor(['bake'], policy.bake, minute * 5);
  floor(['tickEvery'], policy.tickEvery, 10_000);
  if (typeof policy.failover === 'object')
    floor(['failover', 'healthyFor'], policy.failover.healthyFor, 3 * minute);
  policy.stages.forEach((stage, index) => {
    if (typeof stage !== 'number') floor(['stages', index, 'dwell'], stage.dwell, minute * 5);
  });
  if (policy.bucketSeconds === 1)
    found.push({ reads: [['bucketSeconds'], ['lab']], message: `must be 10 or 60, not 1; ${labAdvice}` });
  return found;
}

const minute = 60_000;
const labAdvice = 'only "lab: true" lifts this, and it refuses every endpoint that is not loopback';

function proportions(policy: PolicyText): Violation[] {
  const found: Violation[] = [];
  const { tickEvery, gapAfter = defaultGapTicks * tickEvery, probes } = policy;
  if (gapAfter < 2 * tickEvery)
    found.push({
      reads: [['gapAfter'], ['tickEvery']],
      message: `a gap of ${formatDuration(gapAfter)} is less than two ticks (tickEvery is ${formatDuration(tickEvery)}), so every late tick would restart the dwell`,
    });
  if (probes.timeout > tickEvery)
    found.push({
      reads: [['probes', 'timeout'], ['tickEvery']],
      message: `a probe's timeout of ${formatDuration(probes.timeout)} is longer than a tick (tickEvery is ${formatDuration(tickEvery)})`,
    });
  for (const [path, every] of [
    [['probes', 'every'], probes.every],
    [['probes', 'source', 'every'], probes.source?.every],
    [['probes', 'target', 'every'], probes.target?.every],
  ] as const) {
    if (every === undefined || every <= tickEvery) continue;
    found.push({
      reads: [path, ['tickEvery']],
      message: `a probe every ${formatDuration(every)} leaves ticks without one (tickEvery is ${formatDuration(tickEvery)})`,
    });
  }
  return found;
}

function lastDwell(policy: PolicyText): Violation[] {
  const index = policy.stages.length - 1;
  const last = policy.stages[index];
  if (policy.bake === undefined || last === undefined || typeof last === 'number') return [];
  if (last.dwell === undefined) return [];
  return [
    {
      reads: [['stages', index, 'dwell'], ['bake']],
      message: 'the dwell of the last stage is also given as "bake"; keep one of the two',
    },
  ];
}

/** What is held back must leave the last stage above the one before. */
function heldBack({ holdback, stages }: PolicyText): Violation[] {
  const before = stages.at(-2);
  const share = typeof before === 'object' ? before.share : (before ?? 0);
  if (holdback === 0 || 100 - holdback > share) return [];
  const message = `a holdback of ${holdback} leaves ${100 - holdback} for the last stage, which must be more than the ${share} before it`;
  return [{ reads: [['holdback'], ['stages']], message }];
}

/** A source that is sent a part on purpose, or that nobody counts, is never known to be quiet. */
function quietEnd({ finalizeWhen, holdback, gate }: PolicyText): Violation[] {
  if (finalizeWhen === undefined) return [];
  const found: Violation[] = [];
  if (holdback > 0)
    found.push({
      reads: [['finalizeWhen'], ['holdback']],
      message: `can never come true: a holdback of ${holdback} keeps sending requests to the source until the end`,
    });
  if (gate.evidence === 'probes')
    found.push({
      reads: [['finalizeWhen'], ['gate', 'evidence']],
      message: 'needs the requests of users to be counted, and "evidence: probes" counts none',
    });
  return found;
}

/** Faults in the order of the shares, found in the file's own values so that one bad share does not hide another. */
export function shareOrder(stages: unknown): readonly { readonly index: number; readonly message: string }[] {
  if (!Array.isArray(stages)) return [];
  const shares = stages.map(shareOf);
  const found: { index: number; message: string }[] = [];
  let before: number | undefined;
  shares.forEach((share, index) => {
    if (share === undefined) return;
    if (before !== undefined && share === before)
      found.push({
        index,
        message: `the stage of ${share} stands twice; each share is larger than the one before`,
      });
    else if (before !== undefined && share < before)
      found.push({
        index,
        message: `${share} comes after ${before}; each share is larger than the one before`,
      });
    before = share;
  });
  const last = shares.at(-1);
  if (last !== undefined && last < 100)
    found.push({
      index: shares.length - 1,
      message: `the last stage is ${last}; it must be 100, or the migration could never be completed`,
    });
  return found;
}

function shareOf(stage: unknown): number | undefined {
  const share: unknown =
    typeof stage === 'object' && stage !== null && 'share' in stage ? stage.share : stage;
  return typeof share === 'number' && Number.isFinite(share) ? share : undefined;
}
