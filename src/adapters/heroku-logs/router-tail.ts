import type { SecureContext } from 'node:tls';
import type { ProviderFailure } from '../../core/failure.js';
import type { CanaryLine } from '../../core/router-log/router-log.js';
import type { Result } from '../../core/result.js';
import { instant, type Instant } from '../../core/time.js';
import type { Clock } from '../../engine/ports.js';
import { Canaries } from './canaries.js';
import { readLogStream, type StreamEnd } from './log-stream.js';

/**
 * What to ask for with `POST /apps/{app}/log-sessions` (Heroku Platform API reference, "Log Session"): lines of the router
 * only, and no more than one of the history.
 */
export const routerLogSession: {
  readonly source: 'heroku';
  readonly dyno: 'router';
  readonly tail: true;
  readonly lines: 1;
} = { source: 'heroku', dyno: 'router', tail: true, lines: 1 };

/** Creates a log session with the body `routerLogSession` and answers its `logplex_url`. Must end with the signal. */
export type CreateLogSession = (signal: AbortSignal) => Promise<Result<string, ProviderFailure>>;

/** Where the log goes: `core/router-log`. */
export interface LogSink {
  /** The newest time stamp of a line that was counted, milliseconds since the epoch; 0 for none. */
  readonly latestLineMs: number;
  /** Answers the canaries in it. */
  push(chunk: Uint8Array, nowMs: number): readonly CanaryLine[];
  cut(): void;
  lose(fromMs: number, toMs: number, nowMs: number): void;
}

export interface TailSettings {
  readonly createSession: CreateLogSession;
  readonly sink: LogSink;
  readonly clock: Clock;
  /** How long the line of a canary may take. */
  readonly canaryTimeoutMs: number;
  /** By how much lines may overtake each other: with a line of one time, all that are older by this much have come. */
  readonly lineDelayMs: number;
  /** How long connecting and the answer's headers may take. */
  readonly openTimeoutMs: number;
  /** The wait before the first try again; doubled up to `longestWaitMs` while it keeps failing. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** The certificate authorities that are trusted. */
  readonly roots: () => SecureContext;
}

export interface TailStatus {
  readonly connected: boolean;
  /**
   * Every line up to here has come, or its loss is known to the sink; null when nothing proves it yet. The proof is the latest canary
   * that was heard, or a line of a user that is younger by `lineDelayMs`, and never one younger than a canary still awaited.
   */
  readonly heardTo: Instant | null;
  /** Log sessions created and connections opened since the start. */
  readonly sessions: number;
  readonly connections: number;
  /** One sentence about the last thing that went wrong; null while the stream is open and heard, and before anything went wrong. */
  readonly trouble: string | null;
  /** The failure that kept the last session from being created; null once one was. */
  readonly refusal: ProviderFailure | null;
}

/** Tries at one session before it is given up for a new one. */
const maxTriesPerSession = 3;

/**
 * Keeps the router's log of one app flowing into the sink, whatever happens to the streams: resumes with `Last-Event-ID`, asks
 * for a new session when the old one is refused or deaf, and tells the sink of every stretch in which lines may be missing.
 */
export class RouterTail {
  readonly #settings: TailSettings;
  readonly #canaries = new Canaries();
  #url: string | null = null;
  #lastEventId: string | null = null;
  #triesLeft = 0;
  #waitMs: number;
  #openedAt: Instant | null = null;
  /** Up to here no line is missing, or its loss is known to the sink. */
  #coveredTo: Instant = instant(0);
  #sessions = 0;
  #connections = 0;
  #trouble: string | null = null;
  #refusal: ProviderFailure | null = null;

  constructor(settings: TailSettings) {
    this.#settings = settings;
    this.#waitMs = settings.firstWaitMs;
  }

  status(): TailStatus {
    return {
      connected: this.#openedAt !== null,
      heardTo: this.#heardTo(),
      sessions: this.#sessions,
      connections: this.#connections,
      trouble: this.#trouble,
      refusal: this.#refusal,
    };
  }

  /** Says that a request with this id went through the router, so that its line is waited for. */
  expect(canaryId: string, sentAt: Instant): void {
    this.#canaries.expect(canaryId, sentAt);
  }

  /** Says that a request with this id was sent and not answered: its line proves as much, and may not come. */
  hope(canaryId: string, sentAt: Instant): void {
    this.#canaries.hope(canaryId, sentAt);
  }

  /** Reads until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startedAt = this.#settings.clock.monotonicMs();
      await this.#once(signal);
      const { clock, firstWaitMs, longestWaitMs } = this.#settings;
      // A stream that lasted was no failure; one that the server keeps ending at once is.
      if (clock.monotonicMs() - startedAt > longestWaitMs) this.#waitMs = firstWaitMs;
      await clock.sleep(this.#waitMs * (0.8 + 0.4 * Math.random()), signal);
      this.#waitMs = Math.min(longestWaitMs, this.#waitMs * 2);
    }
  }

  /** One session asked for if there is none, one connection. */
  async #once(signal: AbortSignal): Promise<void> {
    this.#url ??= await this.#newSession(signal);
    if (this.#url === null || signal.aborted) {
      this.#loseUntilNow();
      return;
    }
    const deaf = new AbortController();
    const either = AbortSignal.any([signal, deaf.signal]);
    const watching = new AbortController();
    const watch = this.#watch(deaf, AbortSignal.any([signal, watching.signal]));
    const { openTimeoutMs, sink, roots } = this.#settings;
    const asked = { url: this.#url, lastEventId: this.#lastEventId, openTimeoutMs, roots };
    const listener = {
      opened: () => this.#opened(),
      received: (lines: Uint8Array, id: string | null) => this.#received(lines, id),
    };
    const end = await readLogStream(asked, listener, either);
    watching.abort();
    await watch;
    sink.cut();
    this.#ended(end, deaf.signal.aborted);
  }

  async #newSession(signal: AbortSignal): Promise<string | null> {
    const created = await this.#settings.createSession(signal);
    if (!created.ok) {
      this.#trouble = created.error.message;
      this.#refusal = created.error;
      return null;
    }
    this.#refusal = null;
    this.#sessions += 1;
    this.#lastEventId = null;
    this.#triesLeft = maxTriesPerSession;
    return created.value;
  }

  #opened(): void {
    const now = this.#settings.clock.now();
    this.#connections += 1;
    this.#openedAt = now;
    this.#trouble = null;
    this.#canaries.giveUp(now);
    this.#loseUntilNow();
  }

  #received(lines: Uint8Array, lastEventId: string | null): void {
    const now = this.#settings.clock.now();
    this.#triesLeft = maxTriesPerSession;
    this.#lastEventId = lastEventId;
    for (const { requestId, atMs } of this.#settings.sink.push(lines, now)) {
      this.#canaries.hear(requestId, instant(atMs));
    }
  }

  #ended(end: StreamEnd, deaf: boolean): void {
    if (this.#openedAt !== null) this.#coveredTo = this.#heardUntil(this.#openedAt);
    this.#openedAt = null;
    this.#triesLeft -= 1;
    if (deaf || end.reason === 'refused' || this.#triesLeft <= 0) this.#url = null;
    if (!deaf) this.#trouble = end.message;
    this.#loseUntilNow();
  }

  /** How far the stream that was opened at `openedAt` can be trusted. */
  #heardUntil(openedAt: Instant): Instant {
    return instant(Math.max(openedAt, this.#heardTo() ?? 0));
  }

  #heardTo(): Instant | null {
    const { sink, clock, lineDelayMs } = this.#settings;
    const { heardTo, awaitedSince } = this.#canaries;
    const byLines = Math.min(sink.latestLineMs, clock.now()) - lineDelayMs;
    const proved = Math.max(heardTo ?? 0, byLines, 0);
    return proved === 0 ? null : instant(Math.min(proved, awaitedSince ?? Infinity));
  }

  #loseUntilNow(): void {
    const now = this.#settings.clock.now();
    this.#settings.sink.lose(this.#coveredTo, now, now);
  }

  /** Looks for canaries whose lines do not come; when none has come since, the stream is deaf. */
  async #watch(deaf: AbortController, signal: AbortSignal): Promise<void> {
    const { clock, canaryTimeoutMs, sink } = this.#settings;
    while (!signal.aborted) {
      await clock.sleep(Math.min(1_000, canaryTimeoutMs / 4), signal);
      if (this.#openedAt === null) continue;
      const now = clock.now();
      const overdue = this.#canaries.giveUp(instant(now - canaryTimeoutMs));
      for (const sentAt of overdue) sink.lose(sentAt, sentAt, now);
      const [oldest] = overdue;
      const { heardTo } = this.#canaries;
      if (oldest === undefined || (heardTo !== null && heardTo > oldest)) continue;
      this.#trouble = 'the log stream is open, but the lines of our own requests do not come';
      deaf.abort();
      return;
    }
  }
}
