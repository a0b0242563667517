import { userCounts } from './gate/gate-input.js';
import { dataAgeLimitMs } from './gate/metrics/parameters.js';
import { grouped } from './gate/metrics/wording.js';
import type { Alarm } from './gate/verdict.js';
import { bucketOf, sideRecord } from './metric/side-record.js';
import type { MigrationState } from './migration-state.js';
import { isLive } from './phase.js';
import type { HostPlan } from './plan.js';
import { platformTroubles } from './platform/platform-trouble.js';
import type { Policy } from './policy/policy.js';
import { displayName } from './record-name.js';
import { elapsed, formatDuration, instant, plus, type Instant } from './time.js';

/** What still reaches the source once the target gets everything, and how long a rollback can go back to it. */
export interface SourceRemains {
  readonly host: string;
  /**
   * Users' requests in the newest full minute that is known, our own probes and canaries left out; null when none is known, or when
   * nobody counts.
   */
  readonly requestsPerMinute: number | null;
  /** True while somebody counts, and the first full minute of the last stage cannot be known yet. */
  readonly notCountedYet: boolean;
  /** When that minute ended. */
  readonly countedTo: Instant | null;
  /** What counts as nearly nothing: the policy's limit, or one request a minute. */
  readonly limitPerMinute: number;
  /** Every full minute from here on is known to be below the limit; null while the newest is not. */
  readonly quietSince: Instant | null;
  /** When the certificate that the source showed last ends; null when it showed none. A rollback needs it. */
  readonly rollbackUntil: Instant | null;
  /** Why a rollback would not work even now, by what the platform says; null when nothing is known against it. */
  readonly rollbackBroken: string | null;
}

const minuteMs = 60_000;
const defaultLimitPerMinute = 1;

/** One for each host once the target has all that the policy gives it; empty before. */
export function sourceRemains(state: MigrationState, now: Instant): readonly SourceRemains[] {
  return hasEverything(state) ? state.plan.hosts.map((host) => remainsOf(state, host, now)) : [];
}

function hasEverything({ plan, phase, share, stageTimes }: MigrationState): boolean {
  const isBack = ['rolling-back', 'draining', 'rolled-back'].includes(phase.phase);
  const last = plan.policy.stages.at(-1)?.share ?? 100;
  return !isBack && stageTimes.length > 0 && share >= last;
}

function remainsOf(state: MigrationState, host: HostPlan, now: Instant): SourceRemains {
  const limitPerMinute = state.plan.policy.finalizeWhen?.sourceBelow ?? defaultLimitPerMinute;
  const minutes = fullMinutes(state, host);
  const newest = minutes.at(-1);
  const shown = state.probes.find(({ host: at, side }) => at === host.host && side === 'source');
  const broken = platformTroubles(state, now).find(
    (trouble) => trouble.topic === 'rollback-path-broken' && trouble.host === host.host,
  );
  return {
    host: displayName(host.host),
    requestsPerMinute: newest?.requests ?? null,
    notCountedYet: newest === undefined && isFirstMinute(state, host, now),
    countedTo: newest === undefined ? null : plus(newest.at, newest.lengthMs),
    limitPerMinute,
    quietSince: quietSince(minutes, limitPerMinute),
    rollbackUntil: shown?.certificate?.endsAt ?? null,
    rollbackBroken: broken?.because ?? null,
  };
}

/** A minute begins on the clock, so that the first full one may end two after the stage began; then its counts come as late as any. */
function isFirstMinute(
  { plan, phase, stageTimes }: MigrationState,
  { metrics }: HostPlan,
  now: Instant,
): boolean {
  const since = stageTimes.at(-1)?.acceptedAt;
  const isCounted = metrics?.queries.some(({ side }) => side === 'source') ?? false;
  if (!isCounted || since === undefined || !isLive(phase)) return false;
  return elapsed(since, now) <= 2 * minuteLengthMs(plan.policy) + dataAgeLimitMs(plan.policy);
}

/** A policy's buckets may be longer than a minute. */
function minuteLengthMs({ bucketMs }: Policy): number {
  return Math.max(minuteMs, bucketMs);
}

interface Minute {
  readonly at: Instant;
  readonly lengthMs: number;
  readonly requests: number;
}

/** The minutes since the last stage began of which every bucket is known, oldest first. One with a hole says nothing. */
function fullMinutes({ plan, records, stageTimes }: MigrationState, { host }: HostPlan): readonly Minute[] {
  const { bucketMs } = plan.policy;
  const lengthMs = minuteLengthMs(plan.policy);
  const since = stageTimes.at(-1)?.acceptedAt;
  if (since === undefined) return [];
  const minutes = new Map<Instant, { buckets: number; requests: number }>();
  for (const [at, { n }] of userCounts(sideRecord(records, host, 'source'), bucketMs)) {
    if (at < since) continue;
    const start = bucketOf(at, lengthMs);
    const minute = minutes.get(start) ?? { buckets: 0, requests: 0 };
    minutes.set(start, { buckets: minute.buckets + 1, requests: minute.requests + n });
  }
  return [...minutes]
    .filter(([, { buckets }]) => buckets * bucketMs >= lengthMs)
    .map(([at, { requests }]) => ({ at, lengthMs, requests }))
    .toSorted((one, other) => one.at - other.at);
}

/** Back from the newest minute, as long as each touches the one after it: a minute that is not known ends what is known to be quiet. */
function quietSince(minutes: readonly Minute[], limitPerMinute: number): Instant | null {
  let since: Instant | null = null;
  for (const { at, lengthMs, requests } of minutes.toReversed()) {
    const touches = since === null || plus(at, lengthMs) >= since;
    if (!touches || requests >= limitPerMinute) break;
    since = at;
  }
  return since;
}

/**
 * Where the policy says that the source must be quiet before the end: which host's is not, or not long enough, or not known to be. Null
 * when nothing is asked, and when every source is quiet.
 */
export function sourceInUse(state: MigrationState, host: HostPlan, now: Instant): Alarm | null {
  const { policy } = state.plan;
  if (policy.finalizeWhen === undefined) return null;
  const { sourceBelow, forMs } = policy.finalizeWhen;
  const { requestsPerMinute, notCountedYet, countedTo, quietSince: since } = remainsOf(state, host, now);
  const topic = 'source-in-use';
  const limit = `the policy finalizes once it has been below ${sourceBelow} a minute for ${formatDuration(forMs)}`;
  if (notCountedYet) return { topic, because: `what still reaches the source is not counted yet; ${limit}` };
  const isOld = countedTo === null || elapsed(countedTo, now) > dataAgeLimitMs(policy) + minuteMs;
  if (requestsPerMinute === null || isOld)
    return {
      topic,
      because: `nobody knows what still reaches the source: its newest minutes are not counted; ${limit}`,
    };
  const counted = `${grouped(requestsPerMinute)} ${requestsPerMinute === 1 ? 'request' : 'requests'} a minute`;
  if (since === null) return { topic, because: `the source still gets ${counted}; ${limit}` };
  const quietMs = elapsed(since, countedTo);
  if (quietMs >= forMs) return null;
  return {
    topic,
    because: `the source gets ${counted}, and has been quiet for ${formatDuration(quietMs)}; ${limit}`,
  };
}

/** For the history: what still reached the sources when the migration ended. */
export function describeRemains(remains: readonly SourceRemains[], now: Instant): string {
  const known = remains.flatMap(({ requestsPerMinute }) => requestsPerMinute ?? []);
  const counted =
    known.length < remains.length || known.length === 0
      ? `what still reaches the source is ${unknownWord(remains)}`
      : `the source still gets ${grouped(known.reduce((sum, one) => sum + one, 0))} requests a minute`;
  const broken = remains.find(({ rollbackBroken }) => rollbackBroken !== null)?.rollbackBroken ?? null;
  if (broken !== null) return `${counted}; ${broken}`;
  const ends = remains.flatMap(({ rollbackUntil }) => rollbackUntil ?? []);
  if (ends.length === 0) return counted;
  const days = Math.floor(elapsed(now, instant(Math.min(...ends))) / dayMs);
  return `${counted}; its certificate lasts ${days} more ${days === 1 ? 'day' : 'days'}`;
}

const dayMs = 86_400_000;

/** Why there is no number for some of these: for want of time alone, or because nobody knows. */
function unknownWord(remains: readonly SourceRemains[]): string {
  const unknown = remains.filter(({ requestsPerMinute }) => requestsPerMinute === null);
  return unknown.length > 0 && unknown.every((one) => one.notCountedYet) ? 'not counted yet' : 'not known';
}
