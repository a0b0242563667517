import type { SourceHistory } from '../core/forecast/source-history.js';
import { interpret } from '../core/metric/interpretation.js';
import type { MetricQuery, MetricSourceKind } from '../core/metric/metric-query.js';
import type { MetricWindow } from '../core/metric/metric-series.js';
import { bucketOf } from '../core/metric/side-record.js';
import type { HostPlan, MigrationPlan } from '../core/plan.js';
import { instant } from '../core/time.js';
import { withDeadline } from './deadline.js';
import type { Clock, MetricSource } from './ports.js';

export interface HistoryPorts {
  readonly source: (kind: MetricSourceKind) => Promise<MetricSource>;
  readonly clock: Clock;
  /** The longest that the past of one host may take to be read. */
  readonly timeoutMs: number;
}

/** More than any source gives at once for one series. */
export const maxHistoryBuckets: number = 10_080;

/**
 * What users did at the source of each host of a plan in the last `buckets` buckets that have settled. One reading of each source for
 * each host; whatever goes wrong is the reason why nothing is known. Never rejects.
 */
export function sourceHistories(
  ports: HistoryPorts,
  plan: MigrationPlan,
  buckets: number,
  signal: AbortSignal,
): Promise<readonly SourceHistory[]> {
  const { bucketMs, settleDelayMs } = plan.policy;
  const end = bucketOf(instant(ports.clock.now() - settleDelayMs), bucketMs);
  const wanted = Math.min(buckets, maxHistoryBuckets);
  const window = { start: instant(end - wanted * bucketMs), end, bucketMs };
  return Promise.all(plan.hosts.map((host) => historyOf(ports, host, window, signal)));
}

async function historyOf(
  ports: HistoryPorts,
  { host, metrics }: HostPlan,
  window: MetricWindow,
  signal: AbortSignal,
): Promise<SourceHistory> {
  const nothing = (because: string): SourceHistory => ({ host, buckets: [], because });
  const queries = (metrics?.queries ?? []).filter(({ side, role }) => side === 'source' && isCounted(role));
  if (queries.length === 0) return nothing('nothing counts its requests');
  if (queries.some(({ spec }) => spec.source === 'heroku-router'))
    return nothing('the router log of a Heroku app has no past');
  const stop = new AbortController();
  const reading = readAll(ports, queries, window, AbortSignal.any([signal, stop.signal]));
  const told = await withDeadline(reading, ports.timeoutMs, ports.clock);
  stop.abort();
  if (!told.ok) return nothing(told.error);
  const report = interpret({ host, side: 'source' }, told.value, window, window.end);
  if (report.buckets.length === 0) {
    const why = report.warnings[0] ?? 'its metrics had no value in the time that was read';
    return nothing(why);
  }
  const counts = new Map(report.buckets.map(({ at, requests }) => [at, requests]));
  const length = Math.round((window.end - window.start) / window.bucketMs);
  const at = (index: number): number => window.start + index * window.bucketMs;
  const known = Array.from({ length }, (_, index) => counts.get(instant(at(index))) ?? null);
  return { host, buckets: known, because: null };
}

function isCounted(role: MetricQuery['role']): boolean {
  return role === 'bad' || role === 'total' || role === 'sentinel';
}

async function readAll(
  { source }: HistoryPorts,
  queries: readonly MetricQuery[],
  window: MetricWindow,
  signal: AbortSignal,
): Promise<Parameters<typeof interpret>[1]> {
  const kinds = [...new Set(queries.map(({ spec }) => spec.source))];
  const read = await Promise.all(
    kinds.map(async (kind) => {
      const own = queries.filter(({ spec }) => spec.source === kind);
      const asked = own.map((query, index) => ({ ...query, id: `q${index}` }));
      const series = await (await source(kind)).read(asked, window, signal);
      return own.flatMap((query, index) => {
        const found = series[index];
        return found === undefined ? [] : [{ query, series: found }];
      });
    }),
  );
  return read.flat();
}
