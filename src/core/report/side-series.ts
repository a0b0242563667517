import { userCounts } from '../gate/gate-input.js';
import type { Counts } from '../gate/metrics/bucket.js';
import { entriesOf } from '../metric/bucket-log.js';
import { sideRecord } from '../metric/side-record.js';
import type { MigrationState } from '../migration-state.js';
import type { SideName } from '../probe.js';
import { displayName } from '../record-name.js';
import { instant, type Instant } from '../time.js';

/** What was counted of one side of one host over time; times in which nothing is known have no point. */
export interface SideSeries {
  readonly host: string;
  readonly side: SideName;
  readonly points: readonly CountPoint[];
}

/** Requests or probes that began in `[at, at + forMs)`, and how many of them failed. */
export interface CountPoint extends Counts {
  readonly at: Instant;
  readonly forMs: number;
}

/** More points are not told apart in a chart; buckets are added up, so that no request is lost. */
const maxPoints = 240;

/** What users asked for, without our own probes, since the plan was made; empty where nobody counts them. */
export function userSeries(state: MigrationState): SideSeries[] {
  const { bucketMs } = state.plan.policy;
  return seriesOf(state, (host, side) => [
    ...userCounts(sideRecord(state.records, host, side), bucketMs).entries(),
  ]);
}

/** What our own probes found since the plan was made; those that say nothing about the side are not counted. */
export function probeSeries(state: MigrationState): SideSeries[] {
  return seriesOf(state, (host, side) =>
    entriesOf(sideRecord(state.records, host, side).probed).map(({ at, probes }) => [at, probes] as const),
  );
}

type Host = MigrationState['plan']['hosts'][number]['host'];

function seriesOf(
  { plan }: MigrationState,
  read: (host: Host, side: SideName) => readonly (readonly [Instant, Counts])[],
): SideSeries[] {
  const { bucketMs } = plan.policy;
  return plan.hosts.flatMap(({ host }) =>
    (['source', 'target'] as const).flatMap((side) => {
      const buckets = read(host, side).filter(([at, { n }]) => at + bucketMs > plan.createdAt && n > 0);
      return buckets.length === 0
        ? []
        : [{ host: displayName(host), side, points: addedUp(buckets, bucketMs) }];
    }),
  );
}

function addedUp(buckets: readonly (readonly [Instant, Counts])[], bucketMs: number): CountPoint[] {
  const first = buckets[0]?.[0] ?? 0;
  const last = buckets.at(-1)?.[0] ?? first;
  const factor = Math.ceil(((last - first) / bucketMs + 1) / maxPoints);
  const forMs = factor * bucketMs;
  const sums = new Map<Instant, CountPoint>();
  for (const [bucketAt, { n, e }] of buckets) {
    const at = instant(Math.floor(bucketAt / forMs) * forMs);
    const sum = sums.get(at);
    sums.set(at, { at, forMs, n: n + (sum?.n ?? 0), e: e + (sum?.e ?? 0) });
  }
  return [...sums.values()];
}
