import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHeroku } from '../../../src/adapters/heroku/heroku.js';
import type { ProviderFailure } from '../../../src/core/failure.js';
import { recordName, type RecordName } from '../../../src/core/record-name.js';
import type { Result } from '../../../src/core/result.js';
import type { HerokuDomain } from '../../../src/engine/ports.js';

const token = 'HRKU-canary-0f3a';
const never = new AbortController().signal;
const www = name('www.example.com');

const domains = [
  { hostname: 'my-app-0123456789ab.herokuapp.com', kind: 'heroku', cname: null },
  { hostname: '*.example.com', kind: 'custom', cname: 'wild-1.herokudns.com' },
  { hostname: 'www.example.com', kind: 'custom', cname: 'calm-river-2.herokudns.com' },
  { hostname: 'new.example.org', kind: 'custom', cname: null },
];

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answer: Answer;
let requests: IncomingMessage[];
const server = createServer((request, response) => {
  requests.push(request);
  answer(request, response);
});

beforeEach(async () => {
  requests = [];
  answer = json(200, domains);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a domain is found with the DNS target Heroku gave it', async () => {
  expect(await ask(www)).toEqual({
    ok: true,
    value: { app: 'my-app', hostname: 'www.example.com', cname: 'calm-river-2.herokudns.com' },
  });
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /apps/my-app/domains']);
  expect(requests[0]?.headers).toMatchObject({
    accept: 'application/vnd.heroku+json; version=3',
    authorization: `Basic ${Buffer.from(`:${token}`).toString('base64')}`,
  });
});

test('a domain that is still pending has no DNS target yet', async () => {
  expect(await ask(name('new.example.org'))).toMatchObject({ ok: true, value: { cname: null } });
});

test('a host without a domain of its own is served by the wildcard domain above it', async () => {
  expect(await ask(name('api.example.com'))).toMatchObject({
    value: { hostname: '*.example.com', cname: 'wild-1.herokudns.com' },
  });
  expect(await ask(name('a.api.example.com'))).toMatchObject({ ok: false });
});

test('all pages of the list are read', async () => {
  answer = (request, response) => {
    if (request.headers.range === 'id 2..') json(200, domains.slice(2))(request, response);
    else json(206, domains.slice(0, 2), { 'next-range': 'id 2..' })(request, response);
  };
  expect(await ask(www)).toMatchObject({ ok: true });
  expect(requests).toHaveLength(2);
});

test('a list that never ends is given up', async () => {
  answer = json(206, domains, { 'next-range': 'id ..' });
  expect(await failure()).toMatchObject({
    reason: 'unknown',
    message: expect.stringContaining('20 pages') as string,
  });
  expect(requests.length).toBeLessThanOrEqual(21);
});

test('a missing domain and a missing app are told apart', async () => {
  answer = json(200, domains.slice(0, 1));
  expect(await failure()).toEqual({
    provider: 'heroku',
    operation: 'Domain List',
    reason: 'not-found',
    message:
      'the app my-app has no domain www.example.com; add it with: heroku domains:add www.example.com -a my-app',
    details: [],
  });
  answer = json(404, { resource: 'app', id: 'not_found', message: "Couldn't find that app." });
  expect(await failure()).toMatchObject({
    reason: 'not-found',
    message: 'the app my-app does not exist or this token cannot see it',
  });
});

test.each<[string, Answer, ProviderFailure['reason'], string]>([
  [
    'a refused token',
    json(401, { id: 'unauthorized', message: 'Invalid credentials provided.' }),
    'denied',
    'Heroku does not accept the token in HEROKU_API_KEY: Invalid credentials provided.',
  ],
  [
    'a forbidden app',
    json(403, { id: 'forbidden', message: 'You do not have access.' }),
    'denied',
    'this token may not read the app my-app: You do not have access.',
  ],
  [
    'a used up rate limit',
    json(429, { id: 'rate_limit', message: 'slow down' }, { 'retry-after': '60' }),
    'throttled',
    "Heroku's rate limit for this account is used up; it asks to wait 60 s",
  ],
  [
    'a wrong request',
    json(422, { id: 'invalid_params', message: 'no' }),
    'invalid',
    'Heroku answered 422: no',
  ],
  ['a failing API', (_, response) => response.writeHead(503).end(), 'unavailable', 'Heroku answered 503'],
  [
    'an error page with terminal sequences',
    (_, response) => response.writeHead(502).end('<h1>\u001b[2JBad\r\nGateway</h1>'),
    'unavailable',
    'Heroku answered 502: <h1>Bad Gateway</h1>',
  ],
  [
    'a page instead of JSON',
    (_, response) => response.end('<html>'),
    'unknown',
    'Heroku answered something that is not JSON',
  ],
  [
    'JSON of another shape',
    json(200, { hostname: 'www.example.com' }),
    'unknown',
    'Heroku answered something that is not a list of domains',
  ],
  [
    'a 304',
    (_, response) => response.writeHead(304).end(),
    'unknown',
    'Heroku answered 304: answered 304 to a request that had no condition',
  ],
  [
    'a body cut off mid-way',
    (_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('[{"hostname":');
      setTimeout(() => response.destroy(), 20);
    },
    'unknown',
    'Heroku answered 200: the answer was cut off',
  ],
  [
    'a closed connection',
    (request) => request.socket.destroy(),
    'unavailable',
    'Heroku cannot be reached (ECONNRESET)',
  ],
  [
    'an endless body',
    (_, response) => {
      const chunk = 'x'.repeat(1024 * 1024);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    },
    'unknown',
    'Heroku answered 200: the answer is larger than 8 MiB',
  ],
])('%s is a failure after one request', async (_, serve, reason, message) => {
  answer = serve;
  expect(await failure()).toMatchObject({ reason, message });
  expect(requests).toHaveLength(1);
});

test('nobody listening is known at once, not after retries', async () => {
  const heroku = await createHeroku({ host: 'http://127.0.0.1:1', token, deadlineMs: 5000 });
  const start = Date.now();
  expect(await heroku.domain('my-app', www, never)).toMatchObject({
    error: { reason: 'unavailable', message: 'Heroku cannot be reached (ECONNREFUSED)' },
  });
  expect(Date.now() - start).toBeLessThan(1000);
});

test('a character that lies across two chunks is kept', async () => {
  const text = Buffer.from(JSON.stringify([{ hostname: 'www.example.com', cname: 'grün' }]));
  const middle = text.indexOf('ü') + 1;
  answer = (_, response) => {
    response.write(text.subarray(0, middle));
    setTimeout(() => response.end(text.subarray(middle)), 20);
  };
  expect(await ask(www)).toMatchObject({ value: { cname: 'grün' } });
});

test('a trickling body ends at the deadline', async () => {
  answer = (_, response) => {
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  };
  const start = Date.now();
  expect(await failure(200)).toMatchObject({
    reason: 'timeout',
    message: 'Heroku did not answer within 200ms',
  });
  expect(Date.now() - start).toBeLessThan(1000);
});

test("the caller's signal ends the call and its connection", async () => {
  answer = () => undefined;
  const heroku = await createHeroku({ host: url(), token, deadlineMs: 10_000 });
  expect(await heroku.domain('my-app', www, AbortSignal.timeout(50))).toMatchObject({
    error: { reason: 'unknown', message: 'the call was ended before Heroku answered' },
  });
  const closed = new Promise((resolve) => requests[0]?.socket.on('close', resolve));
  await expect(Promise.race([closed.then(() => 'closed'), wait(2000)])).resolves.toBe('closed');
});

test('without a token nothing is sent and the message says what to set', async () => {
  for (const missing of [null, '']) {
    const heroku = await createHeroku({ host: url(), token: missing, deadlineMs: 1000 });
    expect(await heroku.domain('my-app', www, never)).toMatchObject({
      error: { reason: 'denied', message: expect.stringContaining('HEROKU_API_KEY') as string },
    });
  }
  expect(requests).toEqual([]);
});

test('the token appears in no message, even when the server echoes it', async () => {
  const encoded = Buffer.from(`:${token}`).toString('base64');
  const echo = `you sent ${token}, that is Basic ${encoded}, or ${token.slice(0, 5)}\u0000${token.slice(5)}`;
  const long = `${'x'.repeat(195)}${token}`;
  const everyStatus = [200, 304, 400, 401, 403, 404, 422, 429, 500, 503];
  const messages: string[] = [];
  for (const status of everyStatus) {
    for (const body of [echo, { message: echo }, { error: echo }, { message: long }]) {
      answer = json(status, body, { 'retry-after': token });
      messages.push(JSON.stringify(await failure()));
    }
  }
  expect(messages).toHaveLength(40);
  expect(messages.filter((text) => text.includes('HRKU') || text.includes(encoded))).toEqual([]);
  expect(messages.filter((text) => text.includes('[token]')).length).toBeGreaterThan(10);
});

// Real time: by itself the library sends again at 1, 2 and 4 seconds after its own time-out, so that six seconds of silence
// cover the first two or three of the four repetitions.
test('a server that never answers is asked once', { timeout: 15_000 }, async () => {
  answer = () => undefined;
  expect(await failure(300)).toMatchObject({ reason: 'timeout' });
  await wait(6000);
  expect(requests).toHaveLength(1);
});

function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (_, response) => response.writeHead(status, headers).end(JSON.stringify(body));
}

function url(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(host: RecordName, deadlineMs = 5000): Promise<Result<HerokuDomain, ProviderFailure>> {
  return (await createHeroku({ host: url(), token, deadlineMs })).domain('my-app', host, never);
}

async function failure(deadlineMs?: number): Promise<ProviderFailure> {
  const result = await ask(www, deadlineMs);
  if (result.ok) throw new Error('a failure was expected');
  return result.error;
}

function name(text: string): RecordName {
  const parsed = recordName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
