import type { MetricsSwitch } from '../metrics-behaviour.js';
import type { OriginBehaviour } from '../origins/behaviour.js';
import type { ServedRequest } from '../origins/served-request.js';
import {
  loadBalancerMetrics,
  type BalancedRequest,
  type LoadBalancerNames,
  type TargetHealth,
} from './load-balancer-metrics.js';
import { metricOf, type Metric } from './metric.js';
import { ToldLog } from './told-log.js';

/** A load balancer of the account, and what is known of it from outside. */
export interface BalancerSource {
  readonly names: LoadBalancerNames;
  /** The balancer's addresses in the order of its zones. */
  readonly addresses: readonly string[];
  readonly behaviour: () => OriginBehaviour;
  readonly metrics: MetricsSwitch;
}

export interface BooksOptions {
  readonly balancer: BalancerSource;
  /** Value of `DBInstanceIdentifier`. */
  readonly database: string;
  /** How long CloudWatch takes to tell of something in good weather. */
  readonly usualDelayMs: number;
  /** Epoch milliseconds; never goes back. */
  readonly now: () => number;
}

/** Gauges of seconds that were missed are filled in, up to so many. */
const mostSecondsAtOnce = 10;

/** Connections that pools keep open without any request, and one more for so many requests a second. */
const idleConnections = 20;
const requestsPerConnection = 5;

/** More than half of the health checks fail: a target group gives such a target up. */
const unhealthyFraction = 0.5;

/** What CloudWatch knows: written as things happen, read as metrics. */
export class Books {
  readonly metrics: readonly Metric[];
  readonly #options: BooksOptions;
  readonly #requests = new ToldLog<BalancedRequest>();
  readonly #health = new ToldLog<TargetHealth>();
  readonly #connections = new ToldLog<number>();
  #gaugedUntilSecond: number;
  #servedSinceGauge = 0;

  constructor(options: BooksOptions) {
    this.#options = options;
    this.#gaugedUntilSecond = Math.floor(options.now() / 1_000);
    const database = { name: 'DBInstanceIdentifier', value: options.database };
    this.metrics = [
      ...loadBalancerMetrics(options.balancer.names, { requests: this.#requests, health: this.#health }),
      metricOf(
        { namespace: 'AWS/RDS', name: 'DatabaseConnections', unit: 'Count', dimensions: [database] },
        this.#connections,
        (connections) => connections,
      ),
    ];
  }

  /** Enters a request that the load balancer is done with; those of its own health checks do not count. */
  balanced(served: ServedRequest): void {
    if (served.headers['user-agent']?.startsWith('ELB-HealthChecker/') === true) return;
    this.used();
    const { finishedAtMs } = served;
    const toldAtMs = this.#toldAtMs(finishedAtMs);
    if (toldAtMs === undefined) return;
    this.#requests.add(this.#counted(served), finishedAtMs, toldAtMs);
  }

  /** Enters a request of either side, which used the database that both share. */
  used(): void {
    this.#servedSinceGauge += 1;
  }

  /** Enters the gauges of every second that has begun since the last time; to be called a few times a second. */
  gauge(): void {
    const nowSecond = Math.floor(this.#options.now() / 1_000);
    if (nowSecond <= this.#gaugedUntilSecond) return;
    const first = Math.max(this.#gaugedUntilSecond + 1, nowSecond - mostSecondsAtOnce + 1);
    const perSecond = this.#servedSinceGauge / (nowSecond - this.#gaugedUntilSecond);
    const connections = idleConnections + Math.ceil(perSecond / requestsPerConnection);
    this.#gaugedUntilSecond = nowSecond;
    this.#servedSinceGauge = 0;
    for (let second = first; second <= nowSecond; second += 1) {
      const atMs = second * 1_000;
      const toldAtMs = this.#toldAtMs(atMs);
      if (toldAtMs === undefined) continue;
      for (const health of this.#healths()) this.#health.add(health, atMs, toldAtMs);
      this.#connections.add(connections, atMs, toldAtMs);
    }
  }

  #counted({ outcome, originAddress, startedAtMs, finishedAtMs }: ServedRequest): BalancedRequest {
    const { addresses, names } = this.#options.balancer;
    const zone = names.zones[Math.max(0, addresses.indexOf(originAddress))] ?? '';
    const targetSeconds = (finishedAtMs - startedAtMs) / 1_000;
    switch (outcome.kind) {
      case 'application':
        return { zone, by: 'target', status: outcome.status, targetSeconds };
      case 'platform':
        return { zone, by: 'balancer', status: outcome.status, targetSeconds };
      case 'abandoned':
        return { zone, by: 'client-gone', status: 460, targetSeconds };
      default:
        return outcome satisfies never;
    }
  }

  /** One target in each zone, all of them alike. */
  #healths(): readonly TargetHealth[] {
    const { names, behaviour } = this.#options.balancer;
    const { dead, errors } = behaviour();
    const isHealthy = !dead && (errors?.fraction ?? 0) <= unhealthyFraction;
    const count = names.zones.length;
    return names.zones.map((zone) => ({
      zone,
      healthy: isHealthy ? count : 0,
      unhealthy: isHealthy ? 0 : count,
      healthyInZone: isHealthy ? 1 : 0,
      unhealthyInZone: isHealthy ? 0 : 1,
    }));
  }

  #toldAtMs(atMs: number): number | undefined {
    return this.#options.balancer.metrics.toldAtMs(atMs, this.#options.usualDelayMs);
  }
}
