import { entriesOf } from '../metric/bucket-log.js';
import { sideRecord, type SideRecord } from '../metric/side-record.js';
import type { MigrationState } from '../migration-state.js';
import type { HostMetrics, HostPlan } from '../plan.js';
import { formatDuration, plus, type Instant } from '../time.js';
import { userCounts } from './gate-input.js';
import type { Counts } from './metrics/bucket.js';
import { dataAgeLimitMs } from './metrics/parameters.js';
import { grouped } from './metrics/wording.js';
import type { Topic } from './verdict.js';

/** How many buckets back the target must have been quiet. */
const quietBuckets = 10;
/** Requests that a quiet target may get all the same: somebody who tries it out. */
const fewRequests = 5;
/** The part of the source's requests that a quiet target may get. */
const smallPart = 0.02;

/**
 * What stands in the way of the first stage: at share 0 the source must be measured, and the target must get hardly a request, or its
 * metrics are another site's. Null when nothing does.
 */
export function baselineMissing(
  state: MigrationState,
  { host }: HostPlan,
  metrics: HostMetrics,
  now: Instant,
): { readonly topic: Topic; readonly because: string } | null {
  const { policy } = state.plan;
  const { bucketMs } = policy;
  const oldest = plus(now, -(dataAgeLimitMs(policy) + bucketMs * quietBuckets));
  const source = recentUsers(sideRecord(state.records, host, 'source'), oldest, bucketMs);
  if (source === null) {
    const because = `the source's metrics tell nothing yet: no bucket of the last ${formatDuration(now - oldest)} is known`;
    return { topic: 'source-unmeasured', because };
  }
  const target = recentUsers(sideRecord(state.records, host, 'target'), oldest, bucketMs);
  // What was sent before the start is no user either: over each address family.
  const allowed = fewRequests + 2 * policy.probes.preflight.count + smallPart * source.n;
  if (target === null || metrics.sharedTarget || target.n <= allowed) return null;
  const because = `the target gets no share yet, but its metrics count ${grouped(target.n)} requests in ${formatDuration(now - oldest)}: another site's; give it a target group of its own, or set sharedTarget: true`;
  return { topic: 'target-not-quiet', because };
}

/** What users asked of a side since then; null when no bucket is known. */
function recentUsers(record: SideRecord, since: Instant, bucketMs: number): Counts | null {
  const measured = entriesOf(record.measured).filter(({ at }) => at >= since);
  const known = [...userCounts({ ...record, measured: [measured] }, bucketMs).values()];
  if (known.length === 0) return null;
  return known.reduce((sum, { n, e }) => ({ n: sum.n + n, e: sum.e + e }), { n: 0, e: 0 });
}
