import { userCounts } from './gate/gate-input.js';
import { sideRecord } from './metric/side-record.js';
import type { MigrationState } from './migration-state.js';
import type { RecordName } from './record-name.js';
import { stageShare } from './share.js';

/** Which part of the users' requests the target really gets. Weights split answers to resolvers, not requests, so it is seldom the set share. */
export interface UserShare {
  /** The target's percentage of the requests, our own probes left out. */
  readonly share: number;
  /** Requests of both sides that it was counted from, and over how long. */
  readonly requests: number;
  readonly forMs: number;
  /** Percentages between which nothing is remarkable. */
  readonly expected: ShareRange;
  /** False is worth a look, and never by itself a reason to roll back. */
  readonly isExpected: boolean;
}

export interface ShareRange {
  readonly low: number;
  readonly high: number;
}

/** How many buckets count, the newest of the stage that have settled. */
const recentBuckets = 10;

/**
 * Resolvers are of very different size, so all of them together scatter no less than this many equal ones: five hundred whose sizes
 * fall like 1/rank do. A site whose users sit behind few resolvers scatters more.
 */
const equalResolvers = 28;

/** 95 percent of what a normal distribution gives lies within so many standard deviations. */
const deviations = 1.96;

/**
 * The share of requests to expect at the target when the records give it `share` percent: Wilson's interval for as many independent draws
 * as there are equal resolvers, or requests where these are fewer.
 */
export function expectedShare(share: number, requests: number): ShareRange {
  const p = share / 100;
  const draws = 1 / (1 / equalResolvers + 1 / Math.max(1, requests));
  const square = deviations ** 2 / draws;
  const middle = (p + square / 2) / (1 + square);
  const half = (deviations * Math.sqrt((p * (1 - p)) / draws + square / (4 * draws))) / (1 + square);
  return { low: 100 * Math.max(0, middle - half), high: 100 * Math.min(1, middle + half) };
}

/**
 * Null until a settled bucket of the present stage is known on both sides, and once a rollback has set another share than the stage's; at
 * 100 % the source may be silent.
 */
export function userShare(state: MigrationState, host: RecordName): UserShare | null {
  const { stage = -1, settledFrom = null } = state.stageTimes.at(-1) ?? {};
  if (settledFrom === null || stageShare(state.plan.policy, stage) !== state.share) return null;
  const { bucketMs } = state.plan.policy;
  const [source, target] = (['source', 'target'] as const).map((side) =>
    userCounts(sideRecord(state.records, host, side), bucketMs),
  );
  let [toSource, toTarget, buckets] = [0, 0, 0];
  for (const [at, { n }] of [...(target ?? [])]
    .filter(([since]) => since >= settledFrom)
    .slice(-recentBuckets)) {
    const stayed = source?.get(at)?.n ?? (state.share === 100 ? 0 : null);
    if (stayed === null) continue;
    toSource += stayed;
    toTarget += n;
    buckets += 1;
  }
  return buckets === 0 ? null : shareOfUsers(state.share, { toSource, toTarget }, buckets * bucketMs);
}

/** What was counted beside what the set share lets expect; null without a request. */
export function shareOfUsers(
  set: number,
  counted: { readonly toSource: number; readonly toTarget: number },
  forMs: number,
): UserShare | null {
  const requests = counted.toSource + counted.toTarget;
  if (requests === 0) return null;
  const share = (100 * counted.toTarget) / requests;
  const expected = expectedShare(set, requests);
  const isExpected = share >= expected.low && share <= expected.high;
  return { share, requests, forMs, expected, isExpected };
}
