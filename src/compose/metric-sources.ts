import { correctedClock, HeardTime } from '../adapters/clock/server-time.js';
import type { CloudWatch } from '../adapters/cloudwatch/cloudwatch.js';
import type { Config } from '../config.js';
import type { MetricSourceKind } from '../core/metric/metric-query.js';
import { unreachable } from '../core/result.js';
import type { Clock, LoadBalancerDirectory, MetricSource } from '../engine/ports.js';
import type { Probing } from './probing.js';

/** How long one call to the Heroku Platform API may take, all pages together. */
export const herokuDeadlineMs: number = 10_000;

/** How long a router log is given to say something when a migration is planned. */
const logCheckMs = 15_000;

/** Every system that counts requests, each opened when a migration first needs it and closed with the process's work. */
export class MetricSources implements AsyncDisposable {
  readonly #config: Config;
  readonly #probing: Probing;
  readonly #feed: 'burst' | 'background';
  /** What the answers of Amazon say about this machine's clock. */
  readonly heard: HeardTime;
  readonly #clock: Clock;
  readonly #opened = new Map<MetricSourceKind, Promise<MetricSource & Partial<AsyncDisposable>>>();

  constructor(config: Config, probing: Probing, feed: 'burst' | 'background') {
    this.#config = config;
    this.#probing = probing;
    this.#feed = feed;
    this.heard = new HeardTime(probing.clock);
    this.#clock = correctedClock(probing.clock, { offsetMs: () => this.heard.offsetMs() });
  }

  open(kind: MetricSourceKind): Promise<MetricSource> {
    const opened = this.#opened.get(kind) ?? this.#create(kind);
    this.#opened.set(kind, opened);
    return opened;
  }

  async directory(): Promise<LoadBalancerDirectory> {
    const cloudWatch = await this.#cloudWatch();
    return { find: (dnsName, signal) => cloudWatch.discoverLoadBalancer(dnsName, null, signal) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const opened of this.#opened.values()) await (await opened)[Symbol.asyncDispose]?.();
  }

  async #create(kind: MetricSourceKind): Promise<MetricSource & Partial<AsyncDisposable>> {
    switch (kind) {
      case 'cloudwatch':
        return this.#cloudWatch();
      case 'prometheus': {
        const { createPrometheus } = await import('../adapters/prometheus/prometheus.js');
        const { caFile } = this.#config;
        return createPrometheus({
          variable: (name) => process.env[name],
          caFile,
          clock: this.#clock,
        });
      }
      case 'heroku-router':
        return this.#routerMetrics();
      default:
        return unreachable(kind);
    }
  }

  async #routerMetrics(): Promise<MetricSource & AsyncDisposable> {
    const { createRouterMetrics } = await import('../adapters/heroku-logs/router-metrics.js');
    const { createCanarySender } = await import('../adapters/heroku-logs/canary-request.js');
    const { trustedRoots } = await import('../adapters/probe/trusted-roots.js');
    const { caFile, herokuHost: host, herokuToken: token } = this.#config;
    const { dns } = this.#probing;
    const clock = this.#clock;
    return createRouterMetrics({
      host,
      token,
      caFile,
      clock,
      sendCanary: createCanarySender({ dns, clock, roots: trustedRoots(caFile) }),
      isLongLived: this.#feed === 'background',
      deadlineMs: herokuDeadlineMs,
      checkTimeoutMs: logCheckMs,
    });
  }

  async #cloudWatch(): Promise<CloudWatch> {
    const { createCloudWatch } = await import('../adapters/cloudwatch/cloudwatch.js');
    const { cloudWatchEndpoint } = this.#config;
    const endpoint = cloudWatchEndpoint === null ? {} : { endpoint: cloudWatchEndpoint };
    const heardDate = (date: unknown): void => this.heard.hear(date);
    return createCloudWatch({ clock: this.#clock, heardDate, ...endpoint });
  }
}
