import { userCounts } from '../gate/gate-input.js';
import type { Counts } from '../gate/metrics/bucket.js';
import { sideRecord } from '../metric/side-record.js';
import type { MigrationState } from '../migration-state.js';
import type { SideName } from '../probe.js';
import type { RecordName } from '../record-name.js';
import type { Instant } from '../time.js';

/** A failure rate is that of the latest so many buckets with requests: one bucket of few requests says little. */
const rateBuckets = 30;

/** What the users of one host did by the journal: how many there were, and how often each side failed them. */
export interface MeasuredRates {
  /** Requests on both sides together in this bucket, or in the nearest that is known. Null when none is. */
  total(at: Instant): number | null;
  /** The part of its requests that a side failed at lately, or when it was first measured. Null when it never was. */
  rate(side: SideName, at: Instant): number | null;
}

/** The rates of one host; `state` is the fold of the whole journal. */
export function measuredRates(state: MigrationState, host: RecordName): MeasuredRates {
  const { bucketMs } = state.plan.policy;
  const of = (side: SideName): ReadonlyMap<Instant, Counts> =>
    userCounts(sideRecord(state.records, host, side), bucketMs);
  const sides = { source: of('source'), target: of('target') };
  const times = [...new Set([...sides.source.keys(), ...sides.target.keys()])].toSorted((a, b) => a - b);
  // A side without a share has no requests, and most sources say nothing of none.
  const totals = times.map((at): [Instant, number] => [
    at,
    (sides.source.get(at)?.n ?? 0) + (sides.target.get(at)?.n ?? 0),
  ]);
  const running = {
    source: [...sides.source].filter(([, { n }]) => n > 0),
    target: [...sides.target].filter(([, { n }]) => n > 0),
  };
  return {
    total: (at) => nearest(totals, at),
    rate: (side, at) => {
      const known = running[side];
      const until = countUpTo(known, at);
      const lately =
        until > 0 ? known.slice(Math.max(0, until - rateBuckets), until) : known.slice(0, rateBuckets);
      const requests = lately.reduce((sum, [, { n }]) => sum + n, 0);
      return requests === 0 ? null : lately.reduce((sum, [, { e }]) => sum + e, 0) / requests;
    },
  };
}

function nearest(entries: readonly [Instant, number][], at: Instant): number | null {
  const until = countUpTo(entries, at);
  return (entries[until - 1] ?? entries[0])?.[1] ?? null;
}

/** How many entries are not later than `at`; they are in the order of time. */
function countUpTo(entries: readonly (readonly [Instant, unknown])[], at: Instant): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.[0] ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Users' requests at one side of all hosts since the take-over, and how many failed; null where nobody counts. */
export function userTotals(
  { plan, records, stageTimes }: MigrationState,
  side: SideName,
): { readonly requests: number; readonly failed: number } | null {
  if (plan.hosts.every(({ metrics }) => metrics === undefined)) return null;
  const since = stageTimes[0]?.acceptedAt ?? Infinity;
  const counts = plan.hosts.flatMap(({ host }) =>
    [...userCounts(sideRecord(records, host, side), plan.policy.bucketMs)].filter(([at]) => at >= since),
  );
  return {
    requests: Math.round(counts.reduce((sum, [, { n }]) => sum + n, 0)),
    failed: Math.round(counts.reduce((sum, [, { e }]) => sum + e, 0)),
  };
}
