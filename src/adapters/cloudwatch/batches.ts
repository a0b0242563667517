import type { CloudWatchSpec } from '../../core/metric/metric-query.js';
import { maxQueries } from './metric-data.js';

/** What one call asks for: metrics of one region, each once. */
export interface Batch {
  readonly region: string;
  readonly specs: readonly CloudWatchSpec[];
}

/** As few batches as hold all metrics. A metric that several queries want is in one of them once. */
export function batchesOf(specs: readonly CloudWatchSpec[]): readonly Batch[] {
  const byRegion = new Map<string, Map<string, CloudWatchSpec>>();
  for (const spec of specs) {
    const known = byRegion.get(spec.region) ?? new Map<string, CloudWatchSpec>();
    byRegion.set(spec.region, known.set(keyOf(spec), spec));
  }
  return [...byRegion].flatMap(([region, wanted]) => {
    const all = [...wanted.values()];
    return Array.from({ length: Math.ceil(all.length / maxQueries) }, (_, index) => ({
      region,
      specs: all.slice(index * maxQueries, (index + 1) * maxQueries),
    }));
  });
}

/** Equal for equal metrics, in whatever order their dimensions are written. */
export function keyOf({ region, namespace, metricName, dimensions, statistic }: CloudWatchSpec): string {
  const sorted = Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([region, namespace, metricName, statistic, sorted]);
}
