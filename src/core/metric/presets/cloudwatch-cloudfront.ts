import type { MetricQuery } from '../metric-query.js';
import { queriesOf, specOf, type MeasuredSide, type MetricPlace, type QueryPart } from './cloudwatch.js';

export interface CloudFrontPlace {
  readonly distributionId: string;
  /** True when the distribution has the additional metrics, which are paid for and the only ones that tell times. */
  readonly additionalMetrics: boolean;
}

/**
 * The metrics of a CloudFront distribution. They exist in us-east-1 alone, under Region=Global (Amazon CloudFront Developer Guide,
 * "Using the CloudFront metrics API").
 *
 * CloudFront publishes the rate of failures and not their number. Rates cannot be added up, so the failures are a `ratio` that
 * is multiplied with the requests of its own bucket. The rate is published whenever there are requests; missing, it is unknown.
 */
export function cloudFrontQueries(place: CloudFrontPlace, whose: MeasuredSide): readonly MetricQuery[] {
  const at = (metricName: string): MetricPlace => ({
    region: 'us-east-1',
    namespace: 'AWS/CloudFront',
    metricName,
    dimensions: { DistributionId: place.distributionId, Region: 'Global' },
  });
  const latency: QueryPart = {
    part: 'latency.p99',
    role: 'latency',
    unit: 'seconds',
    whenMissing: 'unknown',
    spec: specOf(at('OriginLatency'), 'p99'),
  };
  return queriesOf(whose, [
    {
      part: 'bad.5xx',
      role: 'bad',
      unit: 'ratio',
      whenMissing: 'unknown',
      spec: specOf(at('5xxErrorRate'), 'Average'),
    },
    {
      part: 'total',
      role: 'total',
      unit: 'count',
      whenMissing: 'unknown',
      spec: specOf(at('Requests'), 'Sum'),
    },
    ...(place.additionalMetrics ? [latency] : []),
    {
      part: 'sentinel.Requests',
      role: 'sentinel',
      unit: 'number',
      whenMissing: 'unknown',
      spec: specOf(at('Requests'), 'Sum'),
    },
  ]);
}
