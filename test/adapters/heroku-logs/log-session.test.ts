import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.js';
import { logSessionsOf } from '../../../src/adapters/heroku-logs/log-session.js';
import type { ProviderFailure } from '../../../src/core/failure.js';
import type { Result } from '../../../src/core/result.js';

const token = 'HRKU-canary-0f3a';
const never = new AbortController().signal;
const address = 'https://logs.example.com/sessions/1?srv=2';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answer: Answer;
let requests: { readonly request: IncomingMessage; body: string }[];
const server = createServer((request, response) => {
  const seen = { request, body: '' };
  requests.push(seen);
  request.on('data', (chunk: Buffer) => (seen.body += chunk.toString()));
  request.on('end', () => answer(request, response));
});

beforeEach(async () => {
  requests = [];
  answer = json(201, { id: '1', logplex_url: address });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (_, response) => response.writeHead(status, headers).end(JSON.stringify(body));
}

function create(deadlineMs = 5_000, signal = never): Promise<Result<string, ProviderFailure>> {
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return logSessionsOf({ host, token, clock: createSystemClock(), deadlineMs }, 'my/app')(signal);
}

test('asks for the router lines of the app, from now on', async () => {
  expect(await create()).toEqual({ ok: true, value: address });
  const [sent] = requests;
  expect(`${sent?.request.method} ${sent?.request.url}`).toBe('POST /apps/my%2Fapp/log-sessions');
  expect(JSON.parse(sent?.body ?? '')).toEqual({ source: 'heroku', dyno: 'router', tail: true, lines: 1 });
  expect(sent?.request.headers).toMatchObject({
    accept: 'application/vnd.heroku+json; version=3',
    'content-type': 'application/json',
    authorization: `Basic ${Buffer.from(`:${token}`).toString('base64')}`,
  });
});

test('an answer that promises more pages does not send it again', async () => {
  answer = json(206, { logplex_url: address }, { 'next-range': 'id 2..' });
  expect(await create()).toMatchObject({ ok: true });
  expect(requests).toHaveLength(1);
});

test.each<[string, Answer, ProviderFailure['reason'], RegExp]>([
  [
    'a refused token',
    json(401, { message: 'no' }),
    'denied',
    /does not accept the token in HEROKU_API_KEY: no$/,
  ],
  [
    'a token that may only read',
    json(403, { message: 'Scope.' }),
    'denied',
    /Scope\.; .* --scope read,write$/,
  ],
  ['a missing app', json(404, { message: 'no' }), 'not-found', /^the app my\/app does not exist/],
  ['a used up rate limit', json(429, {}), 'throttled', /rate limit/],
  ['a wrong request', json(422, { message: 'no' }), 'invalid', /422: no$/],
  ['a failing API', (_, response) => response.writeHead(503).end('<h1>'), 'unavailable', /503/],
  ['no address', json(201, { id: '1' }), 'unknown', /without an address$/],
  ['an address without end', json(201, { logplex_url: 'x'.repeat(3_000) }), 'unknown', /without an address$/],
  ['a list', json(201, [address]), 'unknown', /without an address$/],
  ['no JSON', (_, response) => response.writeHead(201).end('<html>'), 'unknown', /not JSON$/],
  ['a closed connection', (request) => request.socket.destroy(), 'unavailable', /ECONNRESET/],
  [
    'an answer cut off',
    (_, response) => {
      response.writeHead(201, { 'content-length': '999' }).write('{');
      setTimeout(() => response.destroy(), 20);
    },
    'unknown',
    /cut off$/,
  ],
])('%s is a failure after one request', async (_, serve, reason, message) => {
  answer = serve;
  expect(await create()).toMatchObject({
    ok: false,
    error: {
      reason,
      provider: 'heroku',
      operation: 'Log Session Create',
      message: expect.stringMatching(message) as string,
    },
  });
  expect(requests).toHaveLength(1);
});

test('a server that says nothing is given up at the deadline, and not asked again', async () => {
  answer = () => undefined;
  expect(await create(150)).toMatchObject({
    error: { reason: 'timeout', message: 'Heroku did not answer within 150ms' },
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(requests).toHaveLength(1);
});

test('ends with the signal', async () => {
  answer = () => undefined;
  expect(await create(10_000, AbortSignal.timeout(50))).toMatchObject({ error: { reason: 'unknown' } });
});

test('the token appears in no message, even when the server echoes it', async () => {
  for (const status of [400, 401, 403, 422, 500]) {
    answer = json(status, { message: `you sent ${token}` });
    expect(JSON.stringify(await create())).not.toContain(token);
  }
});
