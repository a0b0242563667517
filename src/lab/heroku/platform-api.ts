import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HerokuApps } from './apps.js';
import { requireCredentials } from './credentials.js';
import type { LogSessions } from './log-sessions.js';
import { RateLimit } from './rate-limit.js';
import { Refusal } from './refusal.js';
import { answerApi, type ApiAnswer, type ApiWorld } from './routes.js';

export interface HerokuApiOptions {
  readonly apps: HerokuApps;
  /** Without them a request for a log session is refused. */
  readonly sessions?: LogSessions;
  readonly host: string;
  /** 0 lets the system choose one. */
  readonly port: number;
  /** The one key that is accepted. */
  readonly apiKey: string;
  readonly now?: () => number;
}

/** A running Platform API. */
export interface HerokuApi extends AsyncDisposable {
  /** For instance `http://127.53.1.2:5380`. */
  readonly url: string;
  /** Stops listening and cuts the connections that stand. */
  close(): Promise<void>;
}

const largestBodyBytes = 64 * 1024;

/**
 * Serves the parts of the Heroku Platform API that a migration reads, maintenance mode, scaling, and
 * log sessions, over plain HTTP, and the status page.
 *
 * Checks come in the API's order: credentials, rate limit, version in `Accept`, then the resource. Errors of `listen` are thrown.
 */
export async function startHerokuApi(options: HerokuApiOptions): Promise<HerokuApi> {
  const limit = new RateLimit(options.now ?? Date.now);
  const { apps, sessions } = options;
  let url = '';
  const server = createServer((request, response) => {
    // The address of a stream is its own credential, and reading one costs no request of the account.
    if (sessions?.serve(request, response) === true) return;
    void answer(options, { apps, sessions, url }, limit, request).then(
      (result) => send(response, limit, result),
      (error: unknown) => send(response, limit, failure(error)),
    );
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  url = `http://${options.host}:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url, close, [Symbol.asyncDispose]: close };
}

async function answer(
  options: HerokuApiOptions,
  world: ApiWorld,
  limit: RateLimit,
  request: IncomingMessage,
): Promise<ApiAnswer> {
  const { headers } = request;
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  // The status page is another server of Heroku's, which asks nobody who they are.
  if (path === '/api/v4/current-status') return { status: 200, body: options.apps.statusPage.current() };
  requireCredentials(headers.authorization, options.apiKey);
  // Asking how many requests are left is free (Platform API reference, "Rate limits").
  if (path === '/account/rate-limits') return { status: 200, body: { remaining: limit.remaining() } };
  limit.take();
  requireVersion(headers.accept);
  return answerApi(world, {
    method: request.method ?? 'GET',
    path,
    range: headers.range,
    body: await readBody(request),
  });
}

/** Official clients send `version=3` and, for newer resources, `version=3.sdk`. */
function requireVersion(accept: string | undefined): void {
  if (/application\/vnd\.heroku\+json;\s*version=3(\.\w+)?/.test(accept ?? '')) return;
  throw new Refusal(
    400,
    'missing_version',
    "Please specify a version along with Heroku's API MIME type. For example, `Accept: application/vnd.heroku+json; version=3`.",
    { url: 'https://devcenter.heroku.com/articles/platform-api-reference#clients' },
  );
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > largestBodyBytes) throw new Refusal(413, 'bad_request', 'The request body is too large.');
    chunks.push(chunk);
  }
  if (bytes === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new Refusal(400, 'bad_request', 'Unable to parse the request body as JSON.');
  }
}

function failure(error: unknown): ApiAnswer {
  if (error instanceof Refusal) return { status: error.status, body: error.body() };
  const message = error instanceof Error ? error.message : String(error);
  return { status: 500, body: { id: 'internal_server_error', message } };
}

function send(response: ServerResponse, limit: RateLimit, { status, headers, body }: ApiAnswer): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'request-id': randomUUID(),
    'ratelimit-remaining': String(limit.remaining()),
    ...headers,
  });
  response.end(JSON.stringify(body));
}
