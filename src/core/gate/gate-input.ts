import { entriesOf } from '../metric/bucket-log.js';
import type { MeasuredBucket } from '../metric/metric-report.js';
import { sideRecord, type SideRecord } from '../metric/side-record.js';
import type { MigrationState, StageTimes } from '../migration-state.js';
import type { Observing } from '../phase.js';
import type { HostMetrics, HostPlan } from '../plan.js';
import type { Policy } from '../policy/policy.js';
import { dwellMsOf, heldMsOf } from '../dwell.js';
import { stageDwellMs } from '../share.js';
import { elapsed, nextBucketStart, plus, type Instant } from '../time.js';
import { withoutProbes, type BucketRecord, type Counts, type History, type Sides } from './metrics/bucket.js';
import type { GateInput } from './metrics/decision.js';
import { dataAgeLimitMs, defaultParameters, type GateParameters } from './metrics/parameters.js';

/** Buckets of the source before the first weight change that make up its history. */
const historyBuckets = 1440;

/** What the metrics rule decides about one host from; null before any traffic has moved, when there is nothing to judge. */
export function gateInput(
  state: MigrationState,
  host: HostPlan,
  metrics: HostMetrics,
  observing: Observing | null,
  now: Instant,
): GateInput | null {
  const [first] = state.stageTimes;
  const current = state.stageTimes.at(-1);
  if (first === undefined || current === undefined) return null;
  const { policy, hosts } = state.plan;
  const since = nextBucketStart(first.acceptedAt, policy.bucketMs);
  const source = sideRecord(state.records, host.host, 'source');
  const target = sideRecord(state.records, host.host, 'target');
  const dwellMs = observing === null ? stageDwellMs(policy, current.stage) : dwellMsOf(state, observing);
  return {
    parameters: gateParameters(policy, metrics, hosts.length),
    history: historyOf({ source, target }, since, policy.bucketMs),
    records: bucketRecords({ source, target }, state.stageTimes, since, policy.bucketMs),
    since,
    stage: {
      index: current.stage,
      dwellMs,
      observedMs: observing === null ? 0 : elapsed(observing.dwellFrom, now),
      heldMs: observing === null ? 0 : heldMsOf(state, observing, now),
    },
    now,
  };
}

export function gateParameters(policy: Policy, metrics: HostMetrics, hosts: number): GateParameters {
  const { gate, bucketMs, settleDelayMs, tickEveryMs, stages } = policy;
  const isOnBothSides = (role: 'slow' | 'latency'): boolean =>
    (['source', 'target'] as const).every((side) =>
      metrics.queries.some((query) => query.role === role && query.side === side),
    );
  return {
    alpha: gate.alpha,
    tolerance: gate.tolerance,
    minErrorRate: gate.minErrorRate,
    budget: gate.budget,
    bucketMs,
    maxHoldMs: gate.maxHoldMs,
    blindAfterMs: gate.blindAfterMs,
    maxDataAgeMs: dataAgeLimitMs({ settleDelayMs, bucketMs, tickEveryMs }),
    shares: stages.map(({ share }) => share / 100),
    hosts,
    isTargetShared: metrics.sharedTarget,
    maxPromotionNats: defaultParameters.maxPromotionNats,
    channels: {
      slowCounts: isOnBothSides('slow'),
      latencyQuantiles: isOnBothSides('latency'),
      gauges: metrics.gauges,
    },
  };
}

function historyOf({ source, target }: BothSides, since: Instant, bucketMs: number): History {
  const past = ({ measured }: SideRecord): MeasuredBucket[] =>
    entriesOf(measured)
      .filter(({ at }) => at < since)
      .slice(-historyBuckets);
  const before = past(source);
  const users = userCounts(source, bucketMs);
  // A gauge that both sides share, of a database for instance, is asked for once, at the target.
  const shared = past(target);
  const names = new Set([...before, ...shared].flatMap(({ gauges }) => Object.keys(gauges)));
  const gaugePast = (name: string): (number | null)[] => {
    const own = before.map(({ gauges }) => gauges[name] ?? null);
    return own.some((value) => value !== null) ? own : shared.map(({ gauges }) => gauges[name] ?? null);
  };
  return {
    requests: before.flatMap(({ at }) => users.get(at) ?? []),
    slow: before.flatMap(({ slow }) => slow ?? []),
    latency: before.map(({ latency }) => latency),
    gauges: Object.fromEntries([...names].map((name) => [name, gaugePast(name)])),
  };
}

interface BothSides {
  readonly source: SideRecord;
  readonly target: SideRecord;
}

/** One record for each bucket since the first weight change of which anything is known. */
function bucketRecords(
  sides: BothSides,
  stageTimes: readonly StageTimes[],
  since: Instant,
  bucketMs: number,
): BucketRecord[] {
  const both = <T>(pick: (side: SideRecord) => ReadonlyMap<Instant, T>): Sides<ReadonlyMap<Instant, T>> => ({
    source: pick(sides.source),
    target: pick(sides.target),
  });
  const measured = both((side) => byTime(entriesOf(side.measured)));
  const probed = both((side) => byTime(entriesOf(side.probed)));
  const users = both((side) => userCounts(side, bucketMs));
  const times = new Set<Instant>();
  for (const map of [measured, probed].flatMap(({ source, target }) => [source, target]))
    for (const at of map?.keys() ?? []) if (at >= since) times.add(at);
  const ordered = [...times].toSorted((one, other) => one - other);
  let reached = 0;
  return ordered.map((at): BucketRecord => {
    while (reached + 1 < stageTimes.length && (stageTimes[reached + 1]?.acceptedAt ?? Infinity) <= at)
      reached += 1;
    const stage = stageTimes[reached];
    const of = <T>(maps: Sides<ReadonlyMap<Instant, T>>): Sides<T> => ({
      source: maps.source?.get(at) ?? null,
      target: maps.target?.get(at) ?? null,
    });
    const buckets = of(measured);
    return {
      at,
      stage: stage?.stage ?? 0,
      isSettled: stage?.settledFrom != null && at >= stage.settledFrom,
      requests: of(users),
      probes: mapped(of(probed), ({ probes }) => probes),
      slow: mapped(buckets, ({ slow }) => slow),
      latency: mapped(buckets, ({ latency }) => latency),
      gauges: gaugesOf(buckets),
    };
  });
}

function mapped<T, U>({ source, target }: Sides<T>, pick: (value: T) => U | null): Sides<U> {
  return { source: source && pick(source), target: target && pick(target) };
}

function gaugesOf({ source, target }: Sides<MeasuredBucket>): Record<string, Sides<number>> {
  const names = new Set([...Object.keys(source?.gauges ?? {}), ...Object.keys(target?.gauges ?? {})]);
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      { source: source?.gauges[name] ?? null, target: target?.gauges[name] ?? null },
    ]),
  );
}

function byTime<T extends { readonly at: Instant }>(entries: readonly T[]): ReadonlyMap<Instant, T> {
  return new Map(entries.map((entry) => [entry.at, entry]));
}

/** The most probes that are looked for in the bucket after the one they were sent in. */
const maxLateProbes = 2;

/**
 * What users asked for, bucket by bucket: the balancer's counts without our own probes. A balancer stamps a probe a little later than
 * we sent it, so one that is missing in its own bucket is taken off the next.
 */
export function userCounts(
  { measured, probed }: Pick<SideRecord, 'measured' | 'probed'>,
  bucketMs: number,
): ReadonlyMap<Instant, Counts> {
  const sent = byTime(entriesOf(probed));
  const users = new Map<Instant, Counts>();
  let late = 0;
  let next: number | null = null;
  for (const { at, requests } of entriesOf(measured)) {
    const answered = sent.get(at)?.answered ?? { n: 0, e: 0 };
    const due = answered.n + (at === next ? late : 0);
    const counts = withoutProbes(requests, { n: due, e: answered.e });
    late = requests === null ? 0 : Math.min(maxLateProbes, Math.max(0, due - requests.n));
    next = plus(at, bucketMs);
    if (counts !== null) users.set(at, counts);
  }
  return users;
}
