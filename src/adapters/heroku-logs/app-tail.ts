import { randomBytes, randomInt } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import type { ProviderFailure } from '../../core/failure.js';
import type { MetricQuery, RouterRoute, RouterSpec } from '../../core/metric/metric-query.js';
import type { MetricSeries, MetricWindow } from '../../core/metric/metric-series.js';
import { displayName, type RecordName } from '../../core/record-name.js';
import { canaryPrefix, RouterLog } from '../../core/router-log/router-log.js';
import { routerSeries } from '../../core/router-log/router-series.js';
import type { Instant } from '../../core/time.js';
import type { Clock } from '../../engine/ports.js';
import { RouterTail, type CreateLogSession } from './router-tail.js';
import type { TailTimes } from './tail-times.js';

/** One request of this program, to be heard in the router's log. */
export interface Canary {
  readonly app: string;
  /** SNI and Host header. */
  readonly host: RecordName;
  readonly route: RouterRoute;
  /** To be sent as `X-Request-ID`, which the router keeps. */
  readonly requestId: string;
}

/**
 * Sends a canary and resolves with true once there was an answer, of whatever status: the router has then written a line. False
 * for anything else. Must not reject, and must end by itself within seconds.
 */
export type SendCanary = (canary: Canary, signal: AbortSignal) => Promise<boolean>;

export interface AppTailSettings {
  readonly app: string;
  /** Each with how it is reached. */
  readonly hosts: ReadonlyMap<RecordName, RouterRoute>;
  readonly bucketMs: number;
  readonly limitsMs: readonly number[];
  readonly times: TailTimes;
  readonly createSession: CreateLogSession;
  readonly sendCanary: SendCanary;
  readonly roots: () => SecureContext;
  readonly clock: Clock;
}

/** What has been heard of an app so far. */
export interface Hearing {
  /** What was heard first: a request of a user or a canary; null for nothing yet. */
  readonly proof: 'user' | 'canary' | null;
  readonly sessions: number;
  readonly connected: boolean;
  readonly trouble: string | null;
  readonly refusal: ProviderFailure | null;
  /** Canaries sent, and those of them that were answered. */
  readonly sent: number;
  readonly answered: number;
}

/** A slow app must not slow the heartbeat down, nor be asked without end. */
const maxCanariesUnderWay = 4;

/** A day of minutes for one host; less for many, so that a tail stays below twenty megabytes. */
const dayOfMinutes = 1_440;
const maxHostBuckets = 14_400;
/** The router log takes lines from two minutes ahead, and wants twice that. */
const leastMs = 250_000;

/** The router log of one app, read in the background until disposed or until nobody has asked for it for long. */
export class AppTail implements AsyncDisposable {
  readonly #settings: AppTailSettings;
  readonly #log: RouterLog;
  readonly #tail: RouterTail;
  readonly #stop = new AbortController();
  readonly #ended: Promise<unknown>;
  readonly #startedAt: Instant;
  readonly #underWay = new Set<Promise<void>>();
  #askedAtMs: number;
  #sent = 0;
  #answered = 0;

  /** Throws a RangeError for buckets or hosts that the router log cannot count. */
  constructor(settings: AppTailSettings) {
    this.#settings = settings;
    const { hosts, bucketMs, limitsMs, times, createSession, roots, clock } = settings;
    const least = Math.ceil(leastMs / bucketMs);
    const buckets = Math.max(least, Math.min(dayOfMinutes, Math.floor(maxHostBuckets / hosts.size)));
    const names = [...hosts.keys()].map((host) => displayName(host));
    const seed = randomInt(2 ** 31);
    this.#log = new RouterLog({ hosts: names, bucketMs, buckets, seed, limitsMs });
    this.#tail = new RouterTail({ ...times, createSession, sink: this.#log, clock, roots });
    this.#startedAt = clock.now();
    this.#askedAtMs = clock.monotonicMs();
    const { signal } = this.#stop;
    this.#ended = Promise.all([this.#tail.run(signal), this.#beat(signal)]);
  }

  /** False once it has ended itself. */
  get running(): boolean {
    return !this.#stop.signal.aborted;
  }

  hearing(): Hearing {
    const { connected, sessions, trouble, refusal } = this.#tail.status();
    const { counted, canaries } = this.#log.totals;
    const proof = counted > 0 ? 'user' : canaries > 0 ? 'canary' : null;
    return { proof, sessions, connected, trouble, refusal, sent: this.#sent, answered: this.#answered };
  }

  /** One query's numbers of the log so far; the query's host must be one of the settings. */
  series(query: MetricQuery, spec: RouterSpec, window: MetricWindow): MetricSeries {
    const { clock, limitsMs } = this.#settings;
    this.#askedAtMs = clock.monotonicMs();
    const { heardTo, trouble, refusal } = this.#tail.status();
    return routerSeries(query, spec, window, {
      buckets: this.#log.read(displayName(query.host), window.start, window.end),
      limitsMs,
      startedAt: this.#startedAt,
      heardTo,
      trouble,
      denied: refusal?.reason === 'denied',
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ended;
    await Promise.all(this.#underWay);
  }

  /** Sends a canary for one host after the other while the stream is open, and ends everything when nobody listens any more. */
  async #beat(signal: AbortSignal): Promise<void> {
    const { clock, times } = this.#settings;
    const hosts = [...this.#settings.hosts];
    for (let turn = 0; !signal.aborted;) {
      const host = hosts[turn % hosts.length];
      if (host !== undefined && this.#tail.status().connected && this.#underWay.size < maxCanariesUnderWay) {
        turn += 1;
        const sent = this.#send(...host, signal);
        this.#underWay.add(sent);
        void sent.finally(() => this.#underWay.delete(sent));
      }
      const soon = turn === 0 ? Math.min(100, times.canaryEveryMs) : times.canaryEveryMs;
      await clock.sleep(soon, signal);
      if (clock.monotonicMs() - this.#askedAtMs > times.idleMs) this.#stop.abort();
    }
  }

  async #send(host: RecordName, route: RouterRoute, signal: AbortSignal): Promise<void> {
    const { app, sendCanary, clock } = this.#settings;
    const requestId = `${canaryPrefix}${randomBytes(8).toString('hex')}`;
    const sentAt = clock.now();
    this.#sent += 1;
    const answered = await sendCanary({ app, host, route, requestId }, signal).catch(() => false);
    if (answered) {
      this.#answered += 1;
      this.#tail.expect(requestId, sentAt);
    } else {
      this.#tail.hope(requestId, sentAt);
    }
  }
}
