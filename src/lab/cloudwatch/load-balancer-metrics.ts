import { metricOf, type Dimension, type Metric } from './metric.js';
import type { ToldLog } from './told-log.js';

/** A request as the load balancer counts it. */
export interface BalancedRequest {
  readonly zone: string;
  /** Who answered; `client-gone` for a client that did not wait, which the balancer notes as its own 460. */
  readonly by: 'target' | 'balancer' | 'client-gone';
  readonly status: number;
  /** From the request's leaving the balancer until the target began to answer. */
  readonly targetSeconds: number;
}

/** What the health checks of the target group find, once a second and zone. */
export interface TargetHealth {
  readonly zone: string;
  readonly healthy: number;
  readonly unhealthy: number;
  /** Of these, in the zone itself; the others are seen across zones. */
  readonly healthyInZone: number;
  readonly unhealthyInZone: number;
}

/** Values of the dimensions: the last parts of the ARNs. */
export interface LoadBalancerNames {
  readonly loadBalancer: string;
  readonly targetGroup: string;
  readonly zones: readonly string[];
}

export interface LoadBalancerLogs {
  readonly requests: ToldLog<BalancedRequest>;
  readonly health: ToldLog<TargetHealth>;
}

type SampleOfRequest = (request: BalancedRequest) => number | undefined;

const namespace = 'AWS/ApplicationELB';

/** A counter: a sample of 1 for what it counts, and none for anything else, so that it is there only when it is not zero. */
function counting(matches: (request: BalancedRequest) => boolean): SampleOfRequest {
  return (request) => (matches(request) ? 1 : undefined);
}

const byTarget =
  (hundred: number) =>
  ({ by, status }: BalancedRequest): boolean =>
    by === 'target' && Math.floor(status / 100) === hundred;

const byBalancer =
  (...statuses: readonly number[]) =>
  ({ by, status }: BalancedRequest): boolean =>
    by === 'balancer' && statuses.includes(status);

/** A 502 is a connection that the target refused or broke off; no target could be chosen at all for a 503. */
const reachedTarget = ({ by, status }: BalancedRequest): boolean => by !== 'balancer' || status !== 503;

/** Metrics of what targets did: with and without the target group, whole and by zone. */
const ofTargets: Readonly<Record<string, SampleOfRequest>> = {
  RequestCount: counting(reachedTarget),
  HTTPCode_Target_2XX_Count: counting(byTarget(2)),
  HTTPCode_Target_3XX_Count: counting(byTarget(3)),
  HTTPCode_Target_4XX_Count: counting(byTarget(4)),
  HTTPCode_Target_5XX_Count: counting(byTarget(5)),
  TargetConnectionErrorCount: counting(byBalancer(502)),
  TargetResponseTime: ({ by, targetSeconds }) => (by === 'target' ? targetSeconds : undefined),
};

/** Metrics of what the balancer did itself: never with a target group. */
const ofBalancer: Readonly<Record<string, SampleOfRequest>> = {
  HTTPCode_ELB_4XX_Count: counting(({ by }) => by === 'client-gone'),
  HTTPCode_ELB_5XX_Count: counting(byBalancer(500, 502, 503, 504)),
};

/** The same for one status: not even by zone. */
const ofBalancerAlone: Readonly<Record<string, SampleOfRequest>> = {
  HTTPCode_ELB_502_Count: counting(byBalancer(502)),
  HTTPCode_ELB_503_Count: counting(byBalancer(503)),
  HTTPCode_ELB_504_Count: counting(byBalancer(504)),
};

/**
 * The metrics of one Application Load Balancer with one target group, under the sets of dimensions that are published
 * (Elastic Load Balancing guide, "CloudWatch metrics for your Application Load Balancer").
 */
export function loadBalancerMetrics(names: LoadBalancerNames, logs: LoadBalancerLogs): readonly Metric[] {
  const balancer = { name: 'LoadBalancer', value: names.loadBalancer };
  const group = { name: 'TargetGroup', value: names.targetGroup };
  const requests =
    (extra: readonly Dimension[], zone?: string) =>
    ([name, sampleOf]: [string, SampleOfRequest]): Metric =>
      metricOf(
        { namespace, name, unit: unitOf(name), dimensions: [balancer, ...extra, ...zoneDimension(zone)] },
        logs.requests,
        (request) => (zone === undefined || request.zone === zone ? sampleOf(request) : undefined),
      );
  const everywhere = [undefined, ...names.zones];
  return [
    ...everywhere.flatMap((zone) => [
      ...Object.entries(ofTargets).flatMap((entry) => [
        requests([], zone)(entry),
        requests([group], zone)(entry),
      ]),
      ...Object.entries(ofBalancer).map(requests([], zone)),
      ...healthMetrics([balancer, group], logs.health, zone),
    ]),
    ...Object.entries(ofBalancerAlone).map(requests([])),
  ];
}

function healthMetrics(
  dimensions: readonly Dimension[],
  log: ToldLog<TargetHealth>,
  zone: string | undefined,
): readonly Metric[] {
  const metric = (name: string, sampleOf: (health: TargetHealth) => number): Metric =>
    metricOf(
      { namespace, name, unit: 'Count', dimensions: [...dimensions, ...zoneDimension(zone)] },
      log,
      (health) => (zone === undefined || health.zone === zone ? sampleOf(health) : undefined),
    );
  const inZone = zone !== undefined;
  return [
    metric('HealthyHostCount', (health) => (inZone ? health.healthyInZone : health.healthy)),
    metric('UnHealthyHostCount', (health) => (inZone ? health.unhealthyInZone : health.unhealthy)),
  ];
}

function zoneDimension(zone: string | undefined): readonly Dimension[] {
  return zone === undefined ? [] : [{ name: 'AvailabilityZone', value: zone }];
}

function unitOf(name: string): Metric['unit'] {
  return name === 'TargetResponseTime' ? 'Seconds' : 'Count';
}
