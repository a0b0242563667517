import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { keptLines, type LogLine } from './app-log.js';
import type { AppLogs } from './app-logs.js';
import type { HerokuApp } from './apps.js';
import { LogTail } from './log-tail.js';
import { Refusal } from './refusal.js';

/** What a client may ask of a session (Platform API reference, "Log Session Create"). */
export interface LogSessionRequest {
  readonly lines: number;
  readonly tail: boolean;
  /** Whether lines of the router are among what was asked for: all that is in the lab's logs. */
  readonly router: boolean;
}

export interface LogSession {
  readonly id: string;
  readonly createdAtMs: number;
}

/** What can be made to go wrong with log sessions, switched while the lab runs. */
export interface LogSessionFaults {
  /** Each connection is cut after this long. */
  readonly disconnectAfterMs: number | undefined;
  /** New sessions are refused, as to a token whose scope does not cover them. */
  readonly forbidden: boolean;
  /** Comments in a quiet stream, this far apart. Logplex as it was published sends none. */
  readonly keepAliveMs: number | undefined;
}

export interface LogSessionsOptions {
  readonly logs: AppLogs;
  readonly now: () => number;
  /** How long a session may go without a connection; default five minutes. */
  readonly unusedMs?: number;
  /** How long a connection may last; default an hour. */
  readonly longestMs?: number;
}

interface OpenSession extends LogSession {
  readonly app: HerokuApp;
  readonly request: LogSessionRequest;
  usedAtMs: number;
  connections: number;
}

const maxSessions = 200;
const maxTails = 50;
const prefix = '/logplex/sessions/';

/** Log sessions of Logplex: created by the Platform API, read without credentials at an address nobody can guess. */
export class LogSessions {
  readonly #options: LogSessionsOptions;
  readonly #sessions = new Map<string, OpenSession>();
  readonly #tails = new Set<ServerResponse>();
  #faults: LogSessionFaults = { disconnectAfterMs: undefined, forbidden: false, keepAliveMs: undefined };
  #created = 0;

  constructor(options: LogSessionsOptions) {
    this.#options = options;
  }

  /** Sessions created so far. */
  get created(): number {
    return this.#created;
  }

  /** Connections that stand. */
  get open(): number {
    return this.#tails.size;
  }

  /** Switches faults; connections that stand keep what they began with. */
  change(part: Partial<LogSessionFaults>): void {
    this.#faults = { ...this.#faults, ...part };
  }

  /** Cuts every connection, as a restart of Logplex would. */
  disconnect(): void {
    for (const response of this.#tails) response.destroy();
  }

  /** Forgets every session; connections that stand are left alone. */
  expire(): void {
    this.#sessions.clear();
  }

  /** The path of a new session's stream and the session; throws a `Refusal`. */
  create(app: HerokuApp, body: unknown): { readonly session: LogSession; readonly path: string } {
    if (this.#faults.forbidden) {
      throw new Refusal(403, 'forbidden', 'You do not have access to the requested resource.');
    }
    const request = readRequest(body);
    const nowMs = this.#options.now();
    const session: OpenSession = {
      id: randomUUID(),
      createdAtMs: nowMs,
      usedAtMs: nowMs,
      app,
      request,
      connections: 0,
    };
    for (const [id, known] of this.#sessions) if (this.#isGone(known)) this.#sessions.delete(id);
    if (this.#sessions.size >= maxSessions) throw new Refusal(429, 'rate_limit', 'Too many log sessions.');
    this.#sessions.set(session.id, session);
    this.#created += 1;
    return { session, path: `${prefix}${session.id}?srv=${Math.floor(nowMs / 1_000)}` };
  }

  /** Answers a request for a stream; false when the path is none of a session. */
  serve(request: IncomingMessage, response: ServerResponse): boolean {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (!path.startsWith(prefix)) return false;
    const session = this.#sessions.get(path.slice(prefix.length));
    if (session === undefined || this.#isGone(session) || request.method !== 'GET') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
    } else if (this.#tails.size >= maxTails) {
      response.writeHead(503, { 'content-type': 'text/plain' }).end('Too many connections\n');
    } else {
      this.#stream(session, request, response);
    }
    return true;
  }

  /** Ends everything, the logs too. */
  close(): Promise<void> {
    this.disconnect();
    this.#sessions.clear();
    this.#options.logs[Symbol.dispose]();
    return Promise.resolve();
  }

  #isGone({ connections, usedAtMs }: OpenSession): boolean {
    return connections === 0 && this.#options.now() - usedAtMs > (this.#options.unusedMs ?? 300_000);
  }

  #stream(session: OpenSession, request: IncomingMessage, response: ServerResponse): void {
    const { logs, now, longestMs } = this.#options;
    const { disconnectAfterMs, keepAliveMs } = this.#faults;
    const log = logs.of(session.app);
    const tail = new LogTail(response, request.headers.accept, now);
    const { lines, router } = session.request;
    const resumeAfter = /^\d{1,15}$/.exec(String(request.headers['last-event-id']))?.[0];
    const history = resumeAfter === undefined ? log.latest(lines) : log.after(Number(resumeAfter));
    const told = (batch: readonly LogLine[]): void => tail.send(router ? batch : []);
    told(history);
    if (!session.request.tail) {
      session.usedAtMs = now();
      response.end();
      return;
    }
    const end = log.listen(told);
    const cut = setTimeout(
      () => {
        // A session ends with the hour, and only the session: a stream that is cut before may be resumed.
        if (disconnectAfterMs === undefined) this.#sessions.delete(session.id);
        response.destroy();
      },
      disconnectAfterMs ?? longestMs ?? 3_600_000,
    );
    const beat = keepAliveMs === undefined ? undefined : setInterval(() => tail.keepAlive(), keepAliveMs);
    session.connections += 1;
    this.#tails.add(response);
    response.once('close', () => {
      end();
      clearTimeout(cut);
      clearInterval(beat);
      session.connections -= 1;
      session.usedAtMs = now();
      this.#tails.delete(response);
    });
  }
}

const defaultLines = 100;

function readRequest(body: unknown): LogSessionRequest {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const { lines = defaultLines, tail = false, source } = fields;
  // The official command line still sends the older name of the field.
  const dyno = fields['dyno_name'] ?? fields['dyno'];
  if (typeof lines !== 'number' || !Number.isInteger(lines) || lines < 0) {
    throw invalid('"lines" is a whole number');
  }
  if (typeof tail !== 'boolean') throw invalid('"tail" is true or false');
  if (!isTextOrMissing(source)) throw invalid('"source" is a text');
  if (!isTextOrMissing(dyno)) throw invalid('"dyno" is a text');
  const router = (source ?? 'heroku') === 'heroku' && (dyno ?? 'router') === 'router';
  return { lines: Math.min(lines, keptLines), tail, router };
}

function isTextOrMissing(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}

function invalid(message: string): Refusal {
  return new Refusal(422, 'invalid_params', message);
}
