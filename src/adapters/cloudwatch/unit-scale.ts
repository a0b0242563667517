import type { CloudWatchSpec, MetricQuery } from '../../core/metric/metric-query.js';

/** Times that AWS publishes in milliseconds: API Gateway, CloudFront and App Runner in their guides, "metrics". */
const inMilliseconds: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApiGateway': ['Latency', 'IntegrationLatency'],
  'AWS/CloudFront': ['OriginLatency'],
  'AWS/AppRunner': ['RequestLatency'],
  'AWS/Lambda': ['Duration'],
};

/** What a value that CloudWatch publishes is divided by to be in the unit that the query asks for. */
export function divisorOf(spec: CloudWatchSpec, unit: MetricQuery['unit']): number {
  if (unit === 'seconds') return (inMilliseconds[spec.namespace] ?? []).includes(spec.metricName) ? 1000 : 1;
  if (unit === 'ratio') return isPercentage(spec) ? 100 : 1;
  return 1;
}

/** `PR(...)` is a percentage (Amazon CloudWatch User Guide, "CloudWatch statistics definitions"), and so are CloudFront's error rates. */
function isPercentage({ namespace, metricName, statistic }: CloudWatchSpec): boolean {
  return /^PR\(/i.test(statistic) || (namespace === 'AWS/CloudFront' && metricName.endsWith('ErrorRate'));
}
