import type { MetricQuery } from '../metric-query.js';
import { queriesOf, specOf, type MeasuredSide, type MetricPlace } from './cloudwatch.js';

export interface ApiGatewayPlace {
  readonly region: string;
  /** A REST API is measured by its name, an HTTP API by its id. */
  readonly api:
    { readonly kind: 'rest'; readonly apiName: string } | { readonly kind: 'http'; readonly apiId: string };
  /** Null for all stages together. */
  readonly stage: string | null;
}

/**
 * The metrics of an API Gateway API, which the two kinds name differently (API Gateway Developer Guide, "Amazon API Gateway dimensions
 * and metrics" and "Working with metrics for HTTP APIs"). Count is read as SampleCount: one sample for each request.
 */
export function apiGatewayQueries(place: ApiGatewayPlace, whose: MeasuredSide): readonly MetricQuery[] {
  const { region, api, stage } = place;
  const dimensions = {
    ...(api.kind === 'rest' ? { ApiName: api.apiName } : { ApiId: api.apiId }),
    ...(stage === null ? {} : { Stage: stage }),
  };
  const at = (metricName: string): MetricPlace => ({
    region,
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensions,
  });
  return queriesOf(whose, [
    {
      part: 'bad.5xx',
      role: 'bad',
      unit: 'count',
      whenMissing: 'zero-if-sentinel',
      spec: specOf(at(api.kind === 'rest' ? '5XXError' : '5xx'), 'Sum'),
    },
    {
      part: 'total',
      role: 'total',
      unit: 'count',
      whenMissing: 'unknown',
      spec: specOf(at('Count'), 'SampleCount'),
    },
    {
      part: 'latency.p99',
      role: 'latency',
      unit: 'seconds',
      whenMissing: 'unknown',
      spec: specOf(at('Latency'), 'p99'),
    },
    {
      part: 'sentinel.Count',
      role: 'sentinel',
      unit: 'number',
      whenMissing: 'unknown',
      spec: specOf(at('Count'), 'SampleCount'),
    },
  ]);
}
