import type { CloudWatchSpec, MetricQuery } from '../../../src/core/metric/metric-query.js';
import type { MetricWindow } from '../../../src/core/metric/metric-series.js';
import type { RecordName } from '../../../src/core/record-name.js';
import { instant, millis, type Instant } from '../../../src/core/time.js';

export const host = 'www.example.com.' as RecordName;
export const loadBalancer = 'app/web/50dc6c495c0c9188';

/** 2026-11-20 12:00:00 UTC, the start of an hour. */
export const noonSeconds = 1_795_176_000;

/** Three minutes from noon. */
export const window: MetricWindow = {
  start: instant(noonSeconds * 1000),
  end: instant((noonSeconds + 180) * 1000),
  bucketMs: millis(60_000),
};

/** 12:04:37. */
export const clock: { readonly now: () => Instant } = { now: () => instant((noonSeconds + 277) * 1000) };

export function query(
  parts: Partial<Omit<MetricQuery, 'spec'>> & { readonly spec?: Partial<CloudWatchSpec> } = {},
): MetricQuery {
  return {
    id: 'www.example.com.target.total',
    host,
    side: 'target',
    role: 'total',
    unit: 'count',
    whenMissing: 'unknown',
    name: parts.role ?? 'total',
    ...parts,
    spec: {
      source: 'cloudwatch',
      region: 'eu-west-1',
      namespace: 'AWS/ApplicationELB',
      metricName: 'RequestCount',
      dimensions: { LoadBalancer: loadBalancer },
      statistic: 'Sum',
      ...parts.spec,
    },
  };
}

/** Queries for as many different metrics. */
export function manyQueries(count: number, region = 'eu-west-1'): readonly MetricQuery[] {
  return Array.from({ length: count }, (_, index) =>
    query({ id: `${region}.q-${index}`, spec: { region, metricName: `M${index}` } }),
  );
}
