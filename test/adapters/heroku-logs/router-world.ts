import { request } from 'node:https';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.js';
import type { SendCanary } from '../../../src/adapters/heroku-logs/app-tail.js';
import {
  createRouterMetrics,
  type RouterMetrics,
  type RouterMetricsSettings,
} from '../../../src/adapters/heroku-logs/router-metrics.js';
import type { TailTimes } from '../../../src/adapters/heroku-logs/tail-times.js';
import type { MetricQuery, RouterSpec } from '../../../src/core/metric/metric-query.js';
import type { MetricSeries, MetricWindow } from '../../../src/core/metric/metric-series.js';
import type { RecordName } from '../../../src/core/record-name.js';
import { instant, millis } from '../../../src/core/time.js';
import type { Clock } from '../../../src/engine/ports.js';
import { createCertificateAuthority, type ServerCertificate } from '../../../src/lab/certificates.js';
import { AppLogs } from '../../../src/lab/heroku/app-logs.js';
import { herokuApp, HerokuApps, type RouterGeneration } from '../../../src/lab/heroku/apps.js';
import { LogSessions } from '../../../src/lab/heroku/log-sessions.js';
import { startHerokuApi, type HerokuApi } from '../../../src/lab/heroku/platform-api.js';
import { MetricsSwitch } from '../../../src/lab/metrics-behaviour.js';
import { healthyBehaviour } from '../../../src/lab/origins/behaviour.js';
import { herokuRouter } from '../../../src/lab/origins/heroku-router.js';
import { startOrigin, type Origin } from '../../../src/lab/origins/origin.js';
import { seededRandom } from '../../../src/lab/random.js';
import { privateAddress } from '../../lab/loopback.js';

export const bucketMs = 250;
export const hosts = ['www.example.com', 'shop.example.com'] as const;
export const clock: Clock = createSystemClock();
const never = new AbortController().signal;

const authority = await createCertificateAuthority();
const certificate: ServerCertificate = await authority.issue(hosts);

/** Times that make a test short. */
export const quick: TailTimes = {
  canaryEveryMs: 60,
  canaryTimeoutMs: 30_000,
  lineDelayMs: 1_000,
  openTimeoutMs: 20_000,
  firstWaitMs: 20,
  longestWaitMs: 100,
  idleMs: 60_000,
};

/** The lab's side on Heroku with one app for both hosts, its API and its log, and sources that read them. */
export class RouterWorld implements AsyncDisposable {
  readonly api: HerokuApi;
  readonly router: Origin;
  readonly logs: AppLogs;
  readonly sessions: LogSessions;
  readonly metrics: MetricsSwitch;
  readonly #sources: RouterMetrics[] = [];

  private constructor(parts: Pick<RouterWorld, 'api' | 'router' | 'logs' | 'sessions' | 'metrics'>) {
    this.api = parts.api;
    this.router = parts.router;
    this.logs = parts.logs;
    this.sessions = parts.sessions;
    this.metrics = parts.metrics;
  }

  static async start(generation: RouterGeneration = 'router-2.0'): Promise<RouterWorld> {
    const domains = hosts.map((hostname) => ({ hostname, cname: `a.herokudns.com`, certificate }));
    const apps = new HerokuApps([
      herokuApp({ name: 'my-app', createdAt: new Date(0), domains, router: generation }),
    ]);
    const metrics = new MetricsSwitch();
    const now = Date.now;
    const logs = new AppLogs({ apps, metrics, random: seededRandom('logs'), now });
    const sessions = new LogSessions({ logs, now });
    const api = await startHerokuApi({ apps, sessions, host: privateAddress(), port: 0, apiKey: 'lab', now });
    const router = await startOrigin({
      platform: herokuRouter((host) => apps.route(host), certificate),
      addresses: [privateAddress()],
      port: 0,
      random: seededRandom('router'),
      now,
    });
    router.onServed(logs.listener);
    await router.change({ ...healthyBehaviour, baseErrorFraction: 0 });
    return new RouterWorld({ api, router, logs, sessions, metrics });
  }

  source(change: Partial<RouterMetricsSettings> = {}): RouterMetrics {
    const source = createRouterMetrics({
      host: this.api.url,
      token: 'lab',
      caFile: null,
      clock,
      sendCanary: this.sendCanary,
      isLongLived: true,
      deadlineMs: 20_000,
      checkTimeoutMs: 30_000,
      times: () => quick,
      ...change,
    });
    this.#sources.push(source);
    return source;
  }

  /** What `compose` does with the prober: through the app's own address, as the live host. */
  readonly sendCanary: SendCanary = async ({ host, requestId }) =>
    (await this.ask(host, '/healthz', requestId)) > 0;

  /** One request; 0 when there was no answer. */
  ask(host: string, path = '/', requestId?: string): Promise<number> {
    const name = host.replace(/\.$/, '');
    return new Promise((resolve) => {
      const outgoing = request(
        {
          host: this.router.addresses[0],
          port: this.router.port,
          path,
          servername: name,
          headers: { host: name, ...(requestId === undefined ? {} : { 'x-request-id': requestId }) },
          ca: authority.certificatePem,
          agent: false,
          timeout: 20_000,
        },
        (response) => {
          response.resume().once('close', () => resolve(response.statusCode ?? 0));
        },
      );
      outgoing.once('timeout', () => outgoing.destroy());
      outgoing.once('error', () => resolve(0));
      outgoing.end();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sources.map((source) => source[Symbol.asyncDispose]()));
    await this.sessions.close();
    await this.router.close();
    await this.api.close();
  }
}

export function query(kind: 'requests' | 'errors', host: string = hosts[0]): MetricQuery {
  const spec: RouterSpec = {
    source: 'heroku-router',
    app: 'my-app',
    route: { dnsName: 'a.herokudns.com.', port: 443, path: '/' },
    measure: { kind },
  };
  const role = kind === 'requests' ? 'total' : 'bad';
  return {
    id: `${host}-${kind}`,
    host: `${host}.` as RecordName,
    side: 'source',
    role,
    unit: 'count',
    whenMissing: 'unknown',
    name: role,
    spec,
  };
}

/** The buckets from the one of `from` to the one under way. */
export function windowSince(from: number): MetricWindow {
  const first = Math.floor(from / bucketMs) * bucketMs;
  const end = (Math.floor(clock.now() / bucketMs) + 1) * bucketMs;
  return { start: instant(first), end: instant(end), bucketMs: millis(bucketMs) };
}

/** Reads again and again until the answer is as wanted, at most thirty seconds. */
export async function readUntil(
  source: RouterMetrics,
  queries: readonly MetricQuery[],
  from: number,
  check: (series: readonly MetricSeries[]) => boolean,
): Promise<readonly MetricSeries[]> {
  const deadlineMs = clock.monotonicMs() + 30_000;
  for (;;) {
    const series = await source.read(queries, windowSince(from), never);
    if (check(series)) return series;
    if (clock.monotonicMs() > deadlineMs) throw new Error(`still ${JSON.stringify(series)}`);
    await clock.sleep(20, never);
  }
}

export function sum({ points }: MetricSeries): number {
  return points.reduce((total, [, value]) => total + value, 0);
}

/** Starts reading and resolves with the end of the first bucket that is known. */
export async function heardSince(source: RouterMetrics, queries: readonly MetricQuery[]): Promise<number> {
  const series = await readUntil(source, queries, clock.now(), (all) =>
    all.every(({ points }) => points.length > 0),
  );
  return Math.max(...series.map(({ points }) => (points[0]?.[0] ?? 0) + bucketMs));
}

/** Resolves once every bucket that ended before now has been heard. */
export async function settled(
  source: RouterMetrics,
  queries: readonly MetricQuery[],
  from: number,
): Promise<readonly MetricSeries[]> {
  const until = (Math.floor(clock.now() / bucketMs) + 1) * bucketMs;
  return readUntil(source, queries, from, (all) => all.every(({ settledTo }) => settledTo >= until));
}
