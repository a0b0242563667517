import type { Failure, ProviderFailure } from '../core/failure.js';
import type { GaugeRule } from '../core/gate/metrics/parameters.js';
import { loadBalancerOfArn, targetGroupOfArn } from '../core/metric/load-balancer-name.js';
import type { MetricQuery } from '../core/metric/metric-query.js';
import { apiGatewayQueries } from '../core/metric/presets/cloudwatch-api-gateway.js';
import { cloudFrontQueries } from '../core/metric/presets/cloudwatch-cloudfront.js';
import { loadBalancerQueries } from '../core/metric/presets/cloudwatch-load-balancer.js';
import { cloudWatchGauge, queriesOf, type MeasuredSide } from '../core/metric/presets/cloudwatch.js';
import { routerQueries } from '../core/metric/presets/heroku-router.js';
import { prometheusGauge, prometheusSideQueries } from '../core/metric/presets/prometheus-file.js';
import { endpoint, type Endpoint, type HostMetrics, type HostPlan } from '../core/plan.js';
import type { CloudWatchText, MetricsText, SideMetricsText } from '../core/policy/metrics-text.js';
import type { Policy } from '../core/policy/policy.js';
import { displayName } from '../core/record-name.js';
import { err, ok, type Result } from '../core/result.js';
import type { LoadBalancerDirectory } from './ports.js';

/** Opened only when the endpoint of a side must be looked up in CloudWatch. */
export type OpenDirectory = () => Promise<LoadBalancerDirectory>;

const automatic: MetricsText = { source: 'auto', target: 'auto', gauges: {}, sharedTarget: false };

/**
 * Where the requests of a host's users are counted on both sides: as the migration file says, else found from the endpoints. A side
 * whose requests cannot be counted is refused with the choices that exist. Null when the policy wants probes alone to judge.
 */
export async function planMetrics(
  open: OpenDirectory,
  host: HostPlan,
  wanted: MetricsText | null,
  policy: Policy,
  signal: AbortSignal,
): Promise<Result<HostMetrics | null, Failure>> {
  if (policy.gate.evidence === 'probes') return ok(null);
  const text = wanted ?? automatic;
  const queries: MetricQuery[] = [];
  for (const side of ['source', 'target'] as const) {
    const whose = { host: host.host, side };
    const found = await sideQueries(
      open,
      { whose, endpoint: endpoint(host, side), text: text[side], policy },
      signal,
    );
    if (!found.ok) return found;
    queries.push(...found.value);
  }
  const gauges = gaugesOf(host, text);
  if (!gauges.ok) return gauges;
  const asked = [...queries.filter((query) => isJudged(query, policy)), ...gauges.value.queries];
  const vended = asked.find(({ spec }) => spec.source === 'cloudwatch' && spec.namespace.startsWith('AWS/'));
  if (vended !== undefined && policy.bucketMs % 60_000 !== 0 && !policy.lab) return err(tooShort(policy));
  return ok({ queries: asked, gauges: gauges.value.rules, sharedTarget: text.sharedTarget });
}

interface Asked {
  readonly whose: MeasuredSide;
  readonly endpoint: Endpoint;
  readonly text: SideMetricsText;
  readonly policy: Policy;
}

async function sideQueries(
  open: OpenDirectory,
  { whose, endpoint: end, text, policy }: Asked,
  signal: AbortSignal,
): Promise<Result<readonly MetricQuery[], Failure>> {
  const { latency } = policy.gate;
  const slowerThanMs = typeof latency === 'string' ? undefined : latency.slowerThanMs;
  const seconds = slowerThanMs === undefined ? {} : { slowerThanSeconds: slowerThanMs / 1000 };
  if (text === 'auto') {
    if (end.platform === 'heroku') {
      const { port, path } = policy.probes;
      const route = { dnsName: end.dnsName, port, path };
      return ok(routerQueries(end.app, route, whose, slowerThanMs === undefined ? {} : { slowerThanMs }));
    }
    const found = await (await open()).find(displayName(end.dnsName), signal);
    return found.ok
      ? ok(loadBalancerQueries(found.value, whose, seconds))
      : err(notFound(found.error, whose));
  }
  if ('loadBalancer' in text) {
    const balancer = loadBalancerOfArn(text.loadBalancer);
    if (!balancer.ok) return err(invalid(whose, balancer.error));
    const group = text.targetGroup === undefined ? null : targetGroupOfArn(text.targetGroup);
    if (group?.ok === false) return err(invalid(whose, group.error));
    const { region, dimension: loadBalancer } = balancer.value;
    const targetGroup = group?.value.dimension ?? null;
    // Who names the target group wants this host's requests alone.
    const place = { region, loadBalancer, targetGroup, shared: targetGroup !== null };
    return ok(loadBalancerQueries(place, whose, seconds));
  }
  if ('cloudFront' in text)
    return ok(cloudFrontQueries({ distributionId: text.cloudFront, additionalMetrics: false }, whose));
  if ('apiGateway' in text) {
    const { region, restApi, httpApi, stage = null } = text.apiGateway;
    if ((restApi === undefined) === (httpApi === undefined))
      return err(invalid(whose, 'apiGateway needs one of restApi (a name) and httpApi (an id)'));
    const api =
      restApi === undefined
        ? ({ kind: 'http', apiId: httpApi ?? '' } as const)
        : ({ kind: 'rest', apiName: restApi } as const);
    return ok(apiGatewayQueries({ region, api, stage }, whose));
  }
  if ('prometheus' in text) {
    const queries = prometheusSideQueries(text.prometheus, whose);
    return queries.ok ? queries : err(invalid(whose, queries.error));
  }
  return ok(namedQueries(text.cloudWatch, whose));
}

/** Metrics that the migration file names one by one; a missing count of failures is zero where requests were counted. */
function namedQueries(text: CloudWatchText, whose: MeasuredSide): readonly MetricQuery[] {
  const { region, namespace, dimensions, bad, total, latency } = text;
  const spec = ({ metric, statistic }: { metric: string; statistic: string }) =>
    ({ source: 'cloudwatch', region, namespace, metricName: metric, dimensions, statistic }) as const;
  return queriesOf(whose, [
    ...bad.map((named, index) => ({
      part: `bad.${index}`,
      role: 'bad' as const,
      unit: 'count' as const,
      whenMissing: 'zero-if-sentinel' as const,
      spec: spec(named),
    })),
    { part: 'total', role: 'total', unit: 'count', whenMissing: 'unknown', spec: spec(total) },
    ...(latency === undefined
      ? []
      : [
          {
            part: 'latency',
            role: 'latency' as const,
            unit: 'seconds' as const,
            whenMissing: 'unknown' as const,
            spec: spec(latency),
          },
        ]),
  ]);
}

/** Response times are asked for only where the policy judges them. */
function isJudged({ role }: MetricQuery, { gate }: Policy): boolean {
  if (role === 'latency') return gate.latency === 'p99';
  return role !== 'slow' || typeof gate.latency !== 'string';
}

/** A gauge is watched at the target; one that both sides share is so as well. */
function gaugesOf(
  { host }: HostPlan,
  text: MetricsText,
): Result<{ readonly queries: readonly MetricQuery[]; readonly rules: readonly GaugeRule[] }, Failure> {
  const queries: MetricQuery[] = [];
  const rules: GaugeRule[] = [];
  const whose = { host, side: 'target' } as const;
  for (const [name, gauge] of Object.entries(text.gauges)) {
    const { cloudWatch, prometheus } = gauge;
    if ((cloudWatch === undefined) === (prometheus === undefined))
      return err(invalid(whose, `the gauge ${name} needs one of cloudWatch and prometheus`));
    if (cloudWatch !== undefined) {
      const { metric: metricName, ...place } = cloudWatch;
      queries.push(cloudWatchGauge(name, whose, { ...place, metricName }));
    }
    if (prometheus !== undefined) {
      const query = prometheusGauge(name, prometheus, whose);
      if (!query.ok) return err(invalid(whose, query.error));
      queries.push(query.value);
    }
    rules.push({ name, worse: gauge.worse, limit: gauge.limit ?? null });
  }
  return ok({ queries, rules });
}

const choices =
  'say where they are counted with --load-balancer <arn>, under metrics in a migration file, or let probes alone judge with gate: {evidence: probes} in the policy';

function notFound(failure: ProviderFailure, { host, side }: MeasuredSide): Failure {
  const isUnclear = failure.reason === 'not-found' || failure.reason === 'invalid';
  if (!isUnclear) return { reason: 'provider', failure, changed: 'nothing was changed' };
  const message = `the requests to the ${side} of ${displayName(host)} cannot be counted: ${failure.message}`;
  return { reason: 'refused', check: 'metrics', message, fix: choices };
}

function invalid({ host, side }: MeasuredSide, message: string): Failure {
  const where = `hosts["${displayName(host)}"].metrics.${side}`;
  return { reason: 'invalid-input', problems: [{ location: null, where, message }] };
}

function tooShort({ bucketMs, name }: Policy): Failure {
  const message = `policy ${name} has buckets of ${bucketMs / 1000} s, but the metrics that AWS publishes have one value a minute`;
  return {
    reason: 'invalid-input',
    problems: [{ location: null, where: 'bucketSeconds', message: `${message}; write 60` }],
  };
}
