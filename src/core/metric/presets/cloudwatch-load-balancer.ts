import type { MetricQuery } from '../metric-query.js';
import { queriesOf, specOf, type MeasuredSide, type MetricPlace, type QueryPart } from './cloudwatch.js';

/** An Application Load Balancer and, where it is known, the target group behind it that serves the host. */
export interface LoadBalancerPlace {
  readonly region: string;
  /** `app/<name>/<id>`. */
  readonly loadBalancer: string;
  /** `targetgroup/<name>/<id>`, or null. */
  readonly targetGroup: string | null;
  /** True when other target groups stand behind the load balancer too, so that its own errors may not be this host's. */
  readonly shared: boolean;
}

export interface LoadBalancerOptions {
  /** Also asks for the share of the requests that took longer than this. */
  readonly slowerThanSeconds?: number;
}

/**
 * The metrics of an Application Load Balancer (User Guide for Application Load Balancers, "CloudWatch metrics").
 *
 * Unshared, or with no target group known, everything is asked of the load balancer as a whole: its own 5xx are what a dead target
 * looks like, and RequestCount leaves out the requests it could send to no target (ELB 503). They have no dimension TargetGroup, so
 * on a shared load balancer with a known target group they are not attributed; a target that refuses connections shows there
 * as TargetConnectionErrorCount.
 */
export function loadBalancerQueries(
  place: LoadBalancerPlace,
  whose: MeasuredSide,
  options: LoadBalancerOptions = {},
): readonly MetricQuery[] {
  const { targetGroup, shared } = place;
  const counts =
    targetGroup !== null && shared
      ? [...targetGroupParts(place, targetGroup, options), healthyHosts(place, targetGroup)]
      : [...wholeParts(place, options), ...wholeSentinels(place, targetGroup)];
  return queriesOf(whose, counts);
}

/** An ECS service behind an Application Load Balancer: its target group is always known, and its requests are measured there. */
export function ecsQueries(
  place: LoadBalancerPlace & { readonly targetGroup: string },
  whose: MeasuredSide,
  options: LoadBalancerOptions = {},
): readonly MetricQuery[] {
  return loadBalancerQueries(place, whose, options);
}

function wholeParts(place: LoadBalancerPlace, options: LoadBalancerOptions): readonly QueryPart[] {
  const at = (metricName: string): MetricPlace => placed(place, metricName, null);
  return [
    failures('bad.target-5xx', at('HTTPCode_Target_5XX_Count')),
    failures('bad.elb-5xx', at('HTTPCode_ELB_5XX_Count')),
    total(at('RequestCount')),
    { ...failures('total.elb-503', at('HTTPCode_ELB_503_Count')), role: 'total' },
    ...times(at('TargetResponseTime'), options),
  ];
}

function targetGroupParts(
  place: LoadBalancerPlace,
  targetGroup: string,
  options: LoadBalancerOptions,
): readonly QueryPart[] {
  const at = (metricName: string): MetricPlace => placed(place, metricName, targetGroup);
  return [
    failures('bad.target-5xx', at('HTTPCode_Target_5XX_Count')),
    failures('bad.connection', at('TargetConnectionErrorCount')),
    total(at('RequestCount')),
    ...times(at('TargetResponseTime'), options),
  ];
}

/**
 * What the load balancer itself reported in the bucket: requests, or errors of its own where no request got to a target. Neither
 * costs a query, because they are asked for anyway.
 */
function wholeSentinels(place: LoadBalancerPlace, targetGroup: string | null): readonly QueryPart[] {
  const requests = sentinel('sentinel.RequestCount', placed(place, 'RequestCount', null), 'Sum');
  const errors = sentinel('sentinel.elb-5xx', placed(place, 'HTTPCode_ELB_5XX_Count', null), 'Sum');
  // That there are no errors is no sign that the metric does not exist.
  const own: readonly QueryPart[] = [requests, { ...errors, whenMissing: 'zero-if-sentinel' }];
  return targetGroup === null ? own : [...own, healthyHosts(place, targetGroup)];
}

/** Reported for as long as health checks are on, with or without requests. */
function healthyHosts(place: LoadBalancerPlace, targetGroup: string): QueryPart {
  return sentinel('sentinel.HealthyHostCount', placed(place, 'HealthyHostCount', targetGroup), 'Minimum');
}

function placed(place: LoadBalancerPlace, metricName: string, targetGroup: string | null): MetricPlace {
  const { region, loadBalancer: LoadBalancer } = place;
  const dimensions = targetGroup === null ? { LoadBalancer } : { LoadBalancer, TargetGroup: targetGroup };
  return { region, namespace: 'AWS/ApplicationELB', metricName, dimensions };
}

/** Reported only when not zero. */
function failures(part: string, place: MetricPlace): QueryPart {
  return { part, role: 'bad', unit: 'count', whenMissing: 'zero-if-sentinel', spec: specOf(place, 'Sum') };
}

function total(place: MetricPlace): QueryPart {
  return {
    part: 'total',
    role: 'total',
    unit: 'count',
    whenMissing: 'unknown',
    spec: specOf(place, 'Sum'),
  };
}

function sentinel(part: string, place: MetricPlace, statistic: string): QueryPart {
  return {
    part,
    role: 'sentinel',
    unit: 'number',
    whenMissing: 'unknown',
    spec: specOf(place, statistic),
  };
}

/** `PR(0.5:)` is the share of the values above 0.5 (Amazon CloudWatch User Guide, "CloudWatch statistics definitions"). */
function times(place: MetricPlace, { slowerThanSeconds }: LoadBalancerOptions): readonly QueryPart[] {
  const latency: QueryPart = {
    part: 'latency.p99',
    role: 'latency',
    unit: 'seconds',
    whenMissing: 'unknown',
    spec: specOf(place, 'p99'),
  };
  if (slowerThanSeconds === undefined) return [latency];
  const slow: QueryPart = {
    part: 'slow',
    role: 'slow',
    unit: 'ratio',
    whenMissing: 'unknown',
    spec: specOf(place, `PR(${slowerThanSeconds}:)`),
  };
  return [latency, slow];
}
