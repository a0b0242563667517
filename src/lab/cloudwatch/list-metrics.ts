import type { Input } from './input.js';
import type { Metric } from './metric.js';
import type { OutputMembers } from './output.js';
import { readToken, writeToken } from './page-token.js';

/** Metrics of one answer (Amazon CloudWatch API Reference, "ListMetrics"). */
const pageSize = 500;

/** ListMetrics: only what has data. A counter of failures is not listed before the first failure. */
export function listMetrics(metrics: readonly Metric[], input: Input, nowMs: number): OutputMembers {
  const [namespace, name] = [input.text('Namespace'), input.text('MetricName')];
  const filters = input
    .list('Dimensions')
    .map((filter) => ({ name: filter.requiredText('Name'), value: filter.text('Value') }));
  const request = [namespace, name, filters];
  const token = input.text('NextToken');
  const { offset, nowMs: asOfMs } = token === undefined ? { offset: 0, nowMs } : readToken(token, request);
  const found = metrics.filter(
    (metric) =>
      (namespace === undefined || metric.namespace === namespace) &&
      (name === undefined || metric.name === name) &&
      filters.every((filter) =>
        metric.dimensions.some(
          (dimension) =>
            dimension.name === filter.name &&
            (filter.value === undefined || dimension.value === filter.value),
        ),
      ) &&
      metric.hasData(asOfMs),
  );
  const end = offset + pageSize;
  return {
    Metrics: found.slice(offset, end).map((metric) => ({
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: metric.dimensions.map((dimension) => ({ Name: dimension.name, Value: dimension.value })),
    })),
    NextToken: found.length > end ? writeToken({ offset: end, nowMs: asOfMs }, request) : undefined,
  };
}
