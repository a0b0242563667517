import type { SideName } from '../../probe.js';
import type { RecordName } from '../../record-name.js';
import type { MetricQuery, PrometheusServer } from '../metric-query.js';

/** The side that is measured, and where. */
export interface MeasuredSide {
  readonly host: RecordName;
  readonly side: SideName;
  readonly server: PrometheusServer;
  /** Begins the ids, so that they stay unique when one side is measured in several places; letters, digits, `-` and `.`. */
  readonly idPrefix: string;
}

/** Label names and the values that a series must have. */
type Labels = Readonly<Record<string, string>>;

/** Where one stack keeps its numbers. */
interface Stack {
  readonly total: string;
  readonly bad: string;
  readonly latencyBuckets: string;
  /** How many of the histogram's units make a second. */
  readonly perSecond: number;
}

/** Of the response times: high enough to see the slow ones, low enough for the few requests of a small stage. */
const quantile = 0.95;

/** Far longer than a target is out of sight by a failed scrape or a restart of Prometheus. */
const memory = '1h';

/** Linkerd 2's proxy, inbound of one deployment (Linkerd documentation, "Proxy metrics"). A gRPC failure counts as one. */
export function linkerdQueries(
  side: MeasuredSide,
  workload: { readonly namespace: string; readonly deployment: string },
): readonly MetricQuery[] {
  const labels = { direction: 'inbound', namespace: workload.namespace, deployment: workload.deployment };
  return queries(side, {
    total: series('response_total', labels),
    bad: series('response_total', { ...labels, classification: 'failure' }),
    latencyBuckets: series('response_latency_ms_bucket', labels),
    perSecond: 1_000,
  });
}

/** Istio's standard metrics as the destination's proxy reports them (Istio documentation, "Istio Standard Metrics"). */
export function istioQueries(
  side: MeasuredSide,
  workload: { readonly namespace: string; readonly workload: string },
): readonly MetricQuery[] {
  const labels = {
    reporter: 'destination',
    destination_workload_namespace: workload.namespace,
    destination_workload: workload.workload,
  };
  return queries(side, {
    total: series('istio_requests_total', labels),
    bad: series('istio_requests_total', labels, 'response_code=~"5.."'),
    latencyBuckets: series('istio_request_duration_milliseconds_bucket', labels),
    perSecond: 1_000,
  });
}

/**
 * The controller of ingress-nginx (its user guide, "Prometheus and Grafana installation").
 *
 * @param ingress `namespaceLabel` is `exported_namespace` where Prometheus does not honour the labels of the exporter, because the
 *   controller's own namespace then takes the place of the ingress's
 */
export function ingressNginxQueries(
  side: MeasuredSide,
  ingress: {
    readonly namespace: string;
    readonly ingress: string;
    readonly namespaceLabel: 'namespace' | 'exported_namespace';
  },
): readonly MetricQuery[] {
  const labels = { [ingress.namespaceLabel]: ingress.namespace, ingress: ingress.ingress };
  return queries(side, {
    total: series('nginx_ingress_controller_requests', labels),
    bad: series('nginx_ingress_controller_requests', labels, 'status=~"5.."'),
    latencyBuckets: series('nginx_ingress_controller_request_duration_seconds_bucket', labels),
    perSecond: 1,
  });
}

/** One service of Traefik, for instance `shop@docker` (Traefik documentation, "Metrics", "Service metrics"). */
export function traefikQueries(
  side: MeasuredSide,
  { service }: { readonly service: string },
): readonly MetricQuery[] {
  const labels = { service };
  return queries(side, {
    total: series('traefik_service_request_duration_seconds_count', labels),
    bad: series('traefik_service_request_duration_seconds_count', labels, 'code=~"5.."'),
    latencyBuckets: series('traefik_service_request_duration_seconds_bucket', labels),
    perSecond: 1,
  });
}

/** Failed requests, all requests and the response time. A series of failures begins with the first one, so none of it means zero. */
function queries(measured: MeasuredSide, stack: Stack): readonly MetricQuery[] {
  const { host, side, server, idPrefix } = measured;
  const { total, perSecond } = stack;
  const times = counted(stack.latencyBuckets, total, 'by (le) ');
  const seconds = perSecond === 1 ? '' : ` / ${perSecond}`;
  const query = (
    role: 'bad' | 'total' | 'latency',
    unit: MetricQuery['unit'],
    text: string,
  ): MetricQuery => ({
    id: `${idPrefix}.${role}`,
    host,
    side,
    role,
    unit,
    whenMissing: role === 'bad' ? 'zero-if-sentinel' : 'unknown',
    name: role,
    spec: { source: 'prometheus', server, query: text },
  });
  return [
    query('bad', 'count', counted(stack.bad, total)),
    query('total', 'count', counted(total, total)),
    query('latency', 'seconds', `histogram_quantile(${quantile}, ${times})${seconds}`),
  ];
}

/**
 * What these counters grew by in one bucket, to the unit: the last value in the bucket less the last value before it. `increase()` would
 * stretch what lies between the first and the last sample to the whole bucket, so that one failure may count as two or not at all,
 * and would not see the first failures of a counter, which begins with them.
 *
 * - A counter that fell was reset and has counted from zero since. One not seen for an hour began in this bucket.
 * - Without a sample of `all` in the bucket before, nobody knows what belongs to this one: no value.
 */
function counted(selector: string, all: string, by = ''): string {
  const now = `last_over_time(${selector}[$bucket])`;
  const before = `last_over_time(${selector}[${memory}] offset $bucket)`;
  const wasSeen = `on() count(last_over_time(${all}[$bucket] offset $bucket))`;
  return `(sum ${by}((${now} - ${before} >= 0) or ${now}) and ${wasSeen})`;
}

function series(name: string, labels: Labels, ...more: readonly string[]): string {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}=${quoted(value)}`);
  return `${name}{${[...matchers, ...more].join(',')}}`;
}

/** A string of PromQL, which takes the escapes of Go. A dollar sign must not become the `$bucket` of the query. */
function quoted(value: string): string {
  return JSON.stringify(value).replaceAll('$', '\\x24');
}
