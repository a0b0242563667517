import type { SecureContext } from 'node:tls';
import type { ProviderFailure } from '../../core/failure.js';
import type { MetricQuery, RouterRoute } from '../../core/metric/metric-query.js';
import type { MetricSeries, MetricWindow } from '../../core/metric/metric-series.js';
import type { RecordName } from '../../core/record-name.js';
import { err, ok, type Result } from '../../core/result.js';
import { safeText } from '../../core/safe-text.js';
import { formatDuration, instant } from '../../core/time.js';
import type { Clock, MetricSource } from '../../engine/ports.js';
import { herokuFailure } from '../heroku/classify.js';
import { trustedRoots } from '../probe/trusted-roots.js';
import { AppTail, type Hearing, type SendCanary } from './app-tail.js';
import { logSessionOperation, logSessionsOf } from './log-session.js';
import { tailTimes, type TailTimes } from './tail-times.js';

export interface RouterMetricsSettings {
  /** The Heroku Platform API's URL without a path, or null for Heroku's own. */
  readonly host: string | null;
  readonly token: string | null;
  /** PEM certificates trusted for log streams besides the usual authorities. */
  readonly caFile: string | null;
  readonly clock: Clock;
  readonly sendCanary: SendCanary;
  /** False for a process that ticks once: it would have gone before a log has anything to say. */
  readonly isLongLived: boolean;
  /** How long one call to the Platform API may take. */
  readonly deadlineMs: number;
  /** How long `check` waits for the first line. */
  readonly checkTimeoutMs: number;
  /** Default: `tailTimes`. */
  readonly times?: (bucketMs: number) => TailTimes;
}

/** A source that holds log streams open until it is disposed. */
export type RouterMetrics = MetricSource & AsyncDisposable;

/** Each holds a connection and up to twenty megabytes. */
const maxTails = 8;
const maxHosts = 50;
const maxWindowBuckets = 20_000;

/** For `check`, which is asked before anyone speaks of buckets. */
const checkBucketMs = 60_000;
const lookEveryMs = 50;

const needsLongLife = 'router logs need the daemon or start --watch';

/** Everything of one call about one app. */
interface AppQueries {
  readonly app: string;
  readonly bucketMs: number;
  readonly hosts: ReadonlyMap<RecordName, RouterRoute>;
  readonly limitsMs: readonly number[];
}

/**
 * The requests of Heroku apps, counted by this program from the router's log (Heroku Dev Center, "Heroku Router", "Log format"): no drain,
 * no add-on and no change to the app is needed, only a log session that is held open. The log has no history worth asking for, so a
 * bucket is known only if it was heard from its beginning to its end.
 *
 * One log is read for each app, set of hosts, set of limits and length of buckets, from the first `read` on; a later call for some of the
 * same shares it. Because the log has no
 * heartbeat, an app without users looks like a dead stream; so requests of our own are sent through the router all the time, whose
 * lines must come back and are left out of every number. Health probes are not left out: they are counted as a balancer counts them.
 *
 * Throws when `caFile` cannot be read.
 */
export function createRouterMetrics(settings: RouterMetricsSettings): RouterMetrics {
  return new LogSource(settings);
}

class LogSource implements RouterMetrics {
  readonly kind = 'heroku-router';
  readonly #settings: RouterMetricsSettings;
  readonly #roots: () => SecureContext;
  readonly #tails = new Map<AppTail, AppQueries>();
  /** Those of checks, and those that are being closed. */
  readonly #passing = new Set<AppTail>();
  #disposed = false;

  constructor(settings: RouterMetricsSettings) {
    this.#settings = settings;
    this.#roots = trustedRoots(settings.caFile);
  }

  /** Uses the tail that is running for an app, if there is one, and otherwise listens for as long as it takes. */
  async check(
    queries: readonly MetricQuery[],
    signal: AbortSignal,
  ): Promise<Result<string, ProviderFailure>> {
    const apps = groupsOf(queries, checkBucketMs);
    if (apps.length === 0) return refuse('invalid', 'there is no query of a Heroku router to check');
    if (apps.length > maxTails)
      return refuse('invalid', `at most ${maxTails} apps can be listened to at a time`);
    const results = await Promise.all(apps.map((app) => this.#checkApp(app, signal)));
    const failed = results.find((result) => !result.ok);
    if (failed !== undefined) return failed;
    const sentences = results.flatMap((result) => (result.ok ? [result.value] : []));
    return ok([...sentences, ...(this.#settings.isLongLived ? [] : [needsLongLife])].join('; '));
  }

  read(queries: readonly MetricQuery[], window: MetricWindow): Promise<readonly MetricSeries[]> {
    if (!this.#settings.isLongLived) {
      return Promise.resolve(queries.map(({ id }) => silent(id, 'empty', window, needsLongLife)));
    }
    this.#forgetEnded();
    const groups = groupsOf(queries, window.bucketMs);
    return Promise.resolve(queries.map((query) => this.#series(query, groups, window)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    const tails = [...this.#tails.keys(), ...this.#passing];
    this.#tails.clear();
    await Promise.all(tails.map((tail) => tail[Symbol.asyncDispose]()));
  }

  #series(query: MetricQuery, groups: readonly AppQueries[], window: MetricWindow): MetricSeries {
    const { spec } = query;
    if (spec.source !== 'heroku-router') {
      return silent(query.id, 'error', window, `${spec.source} is no router log`);
    }
    if ((window.end - window.start) / window.bucketMs > maxWindowBuckets) {
      return silent(query.id, 'error', window, `a window may have at most ${maxWindowBuckets} buckets`);
    }
    const group = groups.find(({ app }) => app === spec.app);
    const tail = group === undefined ? 'there is no such app' : this.#tailOf(group);
    if (typeof tail === 'string') return silent(query.id, 'error', window, tail);
    return tail.series(query, spec, window);
  }

  /** The running tail, or a new one, or why there is none. */
  #tailOf(group: AppQueries): AppTail | string {
    for (const [tail, known] of this.#tails) if (covers(known, group)) return tail;
    if (this.#disposed) return 'the program is ending';
    if (this.#tails.size >= maxTails) return `at most ${maxTails} router logs are read at a time`;
    const tail = this.#newTail(group);
    if (typeof tail !== 'string') this.#tails.set(tail, group);
    return tail;
  }

  #newTail({ app, hosts, limitsMs, bucketMs }: AppQueries): AppTail | string {
    const { clock, sendCanary, times = tailTimes } = this.#settings;
    if (hosts.size > maxHosts) return `at most ${maxHosts} hosts of one app can be counted`;
    const createSession = logSessionsOf(this.#settings, app);
    const roots = this.#roots;
    try {
      return new AppTail({
        app,
        hosts,
        bucketMs,
        limitsMs,
        times: times(bucketMs),
        createSession,
        sendCanary,
        roots,
        clock,
      });
    } catch (error) {
      // Buckets too short or limits too many: a mistake of the policy, not of the world.
      return error instanceof RangeError ? error.message : String(error);
    }
  }

  #forgetEnded(): void {
    for (const tail of this.#tails.keys()) if (!tail.running) this.#tails.delete(tail);
  }

  async #checkApp(group: AppQueries, signal: AbortSignal): Promise<Result<string, ProviderFailure>> {
    this.#forgetEnded();
    const running = [...this.#tails].find(([, { app }]) => app === group.app)?.[0];
    if (running !== undefined) return this.#listen(group.app, running, signal);
    const tail = this.#disposed ? 'the program is ending' : this.#newTail(group);
    if (typeof tail === 'string') return refuse('invalid', tail);
    this.#passing.add(tail);
    try {
      return await this.#listen(group.app, tail, signal);
    } finally {
      await tail[Symbol.asyncDispose]();
      this.#passing.delete(tail);
    }
  }

  /** Resolves with the first proof that the log is heard, or with what stands in the way once time is up. */
  async #listen(name: string, tail: AppTail, signal: AbortSignal): Promise<Result<string, ProviderFailure>> {
    const { clock, checkTimeoutMs } = this.#settings;
    const app = safeText(name, 60);
    const startMs = clock.monotonicMs();
    for (;;) {
      const heard = tail.hearing();
      const { proof, refusal } = heard;
      const passedMs = Math.round(clock.monotonicMs() - startMs);
      if (proof !== null && heard.connected) {
        const what = proof === 'user' ? 'a request' : 'a request of our own';
        return ok(
          `the router log of ${app} is heard: ${what} came through it within ${formatDuration(Math.ceil(passedMs / 1000) * 1000)}`,
        );
      }
      if (signal.aborted) return refuse('unknown', 'the check was ended before the router log was heard');
      if (refusal !== null && isFinal(refusal)) return err(refusal);
      if (passedMs >= checkTimeoutMs) return err(refusal ?? deafness(app, heard, passedMs));
      await clock.sleep(lookEveryMs, signal);
    }
  }
}

function groupsOf(queries: readonly MetricQuery[], bucketMs: number): readonly AppQueries[] {
  const apps = new Map<
    string,
    { readonly hosts: Map<RecordName, RouterRoute>; readonly limits: Set<number> }
  >();
  for (const { host, spec } of queries) {
    if (spec.source !== 'heroku-router') continue;
    const one = apps.get(spec.app) ?? { hosts: new Map(), limits: new Set() };
    apps.set(spec.app, one);
    one.hosts.set(host, spec.route);
    if (spec.measure.kind === 'slower') one.limits.add(spec.measure.limitMs);
  }
  return [...apps].map(([app, { hosts, limits }]) => ({
    app,
    bucketMs,
    hosts,
    limitsMs: [...limits],
  }));
}

/** Whether the log that is read for `known` answers what is asked. */
function covers(known: AppQueries, asked: AppQueries): boolean {
  return (
    known.app === asked.app &&
    known.bucketMs === asked.bucketMs &&
    [...asked.hosts.keys()].every((host) => known.hosts.has(host)) &&
    asked.limitsMs.every((limit) => known.limitsMs.includes(limit))
  );
}

/** Nothing that waiting could change. */
function isFinal({ reason }: ProviderFailure): boolean {
  return reason === 'denied' || reason === 'not-found' || reason === 'invalid';
}

function deafness(app: string, heard: Hearing, passedMs: number): ProviderFailure {
  const within = formatDuration(passedMs);
  if (!heard.connected) {
    return herokuFailure(
      logSessionOperation,
      'unavailable',
      `the router log of ${app} cannot be read: ${heard.trouble ?? `it did not open within ${within}`}`,
    );
  }
  const own =
    heard.answered > 0
      ? 'our own requests were answered and their lines did not come either'
      : 'our own requests were not answered either; see that the host is a domain of the app: heroku domains';
  const message = `the router log of ${app} is open, but no request came through it within ${within}; ${own}`;
  return herokuFailure(logSessionOperation, 'unavailable', message);
}

function silent(id: string, status: 'empty' | 'error', window: MetricWindow, warning: string): MetricSeries {
  return { id, points: [], status, settledTo: instant(window.start), warnings: [safeText(warning, 300)] };
}

function refuse(reason: ProviderFailure['reason'], message: string): { ok: false; error: ProviderFailure } {
  return { ok: false, error: herokuFailure(logSessionOperation, reason, message) };
}
