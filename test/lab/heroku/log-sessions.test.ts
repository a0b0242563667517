import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createCertificateAuthority, type ServerCertificate } from '../../../src/lab/certificates.js';
import { AppLogs } from '../../../src/lab/heroku/app-logs.js';
import { herokuApp, HerokuApps } from '../../../src/lab/heroku/apps.js';
import { LogSessions } from '../../../src/lab/heroku/log-sessions.js';
import { startHerokuApi, type HerokuApi } from '../../../src/lab/heroku/platform-api.js';
import { MetricsSwitch } from '../../../src/lab/metrics-behaviour.js';
import { privateAddress } from '../loopback.js';

const hosts = ['www.example.com', 'shop.example.com'] as const;
const certificate: ServerCertificate = await (await createCertificateAuthority()).issue(hosts);
const accept = 'application/vnd.heroku+json; version=3';

let metrics: MetricsSwitch;
let logs: AppLogs;
let sessions: LogSessions;
let api: HerokuApi;
let nowMs: number;
let aborts: AbortController[];

beforeEach(async () => {
  nowMs = Date.parse('2026-11-05T12:34:56Z');
  aborts = [];
  const apps = new HerokuApps(
    hosts.map((hostname, index) =>
      herokuApp({
        name: `app-${index}`,
        createdAt: new Date(0),
        domains: [{ hostname, cname: `a-${index}.herokudns.com`, certificate }],
      }),
    ),
  );
  metrics = new MetricsSwitch();
  const now = (): number => nowMs;
  logs = new AppLogs({ apps, metrics, random: () => 0.25, now });
  sessions = new LogSessions({ logs, now });
  api = await startHerokuApi({ apps, sessions, host: privateAddress(), port: 0, apiKey: 'lab', now });
});

afterEach(async () => {
  for (const abort of aborts) abort.abort();
  await sessions.close();
  await api.close();
});

async function create(body: object, app = 'app-0'): Promise<Response> {
  const headers = { accept, authorization: 'Bearer lab', 'content-type': 'application/json' };
  return fetch(`${api.url}/apps/${app}/log-sessions`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
}

async function urlOf(body: object): Promise<string> {
  const { logplex_url } = (await (await create(body)).json()) as { logplex_url: string };
  return logplex_url;
}

/** What comes through one connection, growing. */
async function read(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ text: string; ended: boolean }> {
  const abort = new AbortController();
  aborts.push(abort);
  const all = { accept: 'text/event-stream', ...headers };
  const response = await fetch(url, { headers: all, signal: abort.signal });
  if (response.status !== 200 || response.body === null) throw new Error(`status ${response.status}`);
  const seen = { text: '', ended: false };
  const drain = async (body: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of body) seen.text += Buffer.from(chunk).toString();
  };
  void drain(response.body)
    .catch(() => undefined)
    .then(() => (seen.ended = true));
  return seen;
}

function serve(path: string, host: string = hosts[0]): void {
  logs.listener({
    startedAtMs: nowMs - 5,
    finishedAtMs: nowMs,
    method: 'GET',
    path,
    host,
    headers: {},
    clientAddress: '203.0.113.7',
    originAddress: '127.0.0.1',
    outcome: { kind: 'application', status: 200 },
    bodyBytes: 10,
  });
}

function until(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 5_000, interval: 5 });
}

function paths(text: string): string[] {
  return [...text.matchAll(/ path="([^"]*)"/g)].map(([, path = '']) => path);
}

const tail = { tail: true, lines: 0 };

describe('a session', () => {
  test('is created with an address that needs no credentials, and follows its app only', async () => {
    const answer = await create({ ...tail, source: 'heroku', dyno: 'router' });
    expect(answer.status).toBe(201);
    const body = (await answer.json()) as { logplex_url: string };
    expect(body).toMatchObject({ created_at: '2026-11-05T12:34:56Z' });
    const seen = await read(body.logplex_url);
    serve('/one');
    serve('/other-app', hosts[1]);
    serve('/no-app', 'nobody.example.com');
    serve('/two');
    await until(() => expect(paths(seen.text)).toEqual(['/one', '/two']));
    expect(seen.text).toMatch(
      /^id: 1\ndata: 2026-11-05T12:34:56.000000\+00:00 heroku\[router\]: .*\n\nid: 2\n/,
    );
  });

  test('gives as much history as was asked for, and ends without `tail`', async () => {
    for (const path of ['/1', '/2', '/3']) serve(path);
    await until(() => expect(logs.of(theApp()).latest(9)).toHaveLength(3));
    const seen = await read(await urlOf({ lines: 2 }));
    await until(() => expect(seen.ended).toBe(true));
    expect(paths(seen.text)).toEqual(['/2', '/3']);
  });

  test('keeps 1,500 lines and no more', async () => {
    for (let line = 1; line <= 1_600; line += 1) serve(`/${line}`);
    await until(() => expect(logs.of(theApp()).latest(9_999)).toHaveLength(1_500));
    const seen = await read(await urlOf({ lines: 10_000 }));
    await until(() => expect(seen.ended).toBe(true));
    expect(paths(seen.text)).toHaveLength(1_500);
    expect(paths(seen.text)[0]).toBe('/101');
  });

  test('is plain text for a client that does not accept events', async () => {
    const seen = await read(await urlOf(tail), { accept: '*/*' });
    serve('/one');
    await until(() => expect(seen.text).toMatch(/^2026-11-05T\S+ heroku\[router\]: .*\n$/));
  });

  test.each([{ source: 'app' }, { dyno: 'web.1' }, { dyno_name: 'web' }])(
    'asked for %j has no line of the router',
    async (filter) => {
      const seen = await read(await urlOf({ ...tail, ...filter }));
      const control = await read(await urlOf(tail));
      serve('/one');
      await until(() => expect(paths(control.text)).toEqual(['/one']));
      expect(seen.text).toBe('');
    },
  );

  test('is resumed behind the last event that was seen', async () => {
    const url = await urlOf(tail);
    for (const path of ['/1', '/2', '/3']) serve(path);
    await until(() => expect(logs.of(theApp()).latest(9)).toHaveLength(3));
    const seen = await read(url, { 'last-event-id': '1' });
    await until(() => expect(paths(seen.text)).toEqual(['/2', '/3']));
  });

  test('is gone when nobody used it for five minutes', async () => {
    const url = await urlOf(tail);
    nowMs += 299_000;
    const seen = await read(url);
    nowMs += 3_000_000;
    serve('/still-there');
    await until(() => expect(paths(seen.text)).toEqual(['/still-there']));
    aborts[0]?.abort();
    await until(() => expect(sessions.open).toBe(0));
    nowMs += 301_000;
    await expect(read(url)).rejects.toThrow('status 404');
  });

  test('nobody else can guess', async () => {
    await urlOf(tail);
    await expect(read(`${api.url}/logplex/sessions/1`)).rejects.toThrow('status 404');
  });
});

describe('a session is refused', () => {
  test('for an app that is not there, a wrong token, and wrong fields', async () => {
    expect((await create({}, 'nobody')).status).toBe(404);
    const headers = { accept, authorization: 'Bearer other' };
    const stranger = await fetch(`${api.url}/apps/app-0/log-sessions`, { method: 'POST', headers });
    expect(stranger.status).toBe(401);
    for (const body of [{ lines: '5' }, { lines: -1 }, { tail: 'yes' }, { source: 1 }, { dyno: [] }]) {
      expect((await create(body)).status).toBe(422);
    }
  });

  test('to a token without the scope, when the lab says so', async () => {
    sessions.change({ forbidden: true });
    const answer = await create(tail);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ id: 'forbidden' });
  });
});

describe('faults', () => {
  test('late lines come later and in order', async () => {
    const seen = await read(await urlOf(tail));
    metrics.change({ delayMs: 10_000 });
    serve('/late');
    metrics.change({ delayMs: 0 });
    serve('/behind-it');
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(seen.text).toBe('');
    nowMs += 10_000;
    serve('/third');
    await until(() => expect(paths(seen.text)).toEqual(['/late', '/behind-it', '/third']));
  });

  test('silence loses what happens in it and nothing says so', async () => {
    const seen = await read(await urlOf(tail));
    metrics.change({ silenced: true });
    serve('/unheard');
    metrics.change({ silenced: false });
    serve('/heard');
    await until(() => expect(paths(seen.text)).toEqual(['/heard']));
    expect(seen.text).not.toContain('L11');
  });

  test('loss is announced with its number', async () => {
    const seen = await read(await urlOf(tail));
    serve('/before');
    logs.lose(1);
    serve('/lost');
    serve('/lost-too');
    logs.lose(0);
    serve('/after');
    await until(() =>
      expect(seen.text).toContain(
        'heroku[logplex]: Error L11 (Tail buffer overflow) -> This tail session dropped 2 messages since 2026-11-05T12:34:56.000000+00:00',
      ),
    );
    expect(paths(seen.text)).toEqual(['/before', '/after']);
  });

  test('connections are cut after a while, their session lives on', async () => {
    sessions.change({ disconnectAfterMs: 50 });
    const url = await urlOf(tail);
    const seen = await read(url);
    await until(() => expect(seen.ended).toBe(true));
    sessions.change({ disconnectAfterMs: undefined });
    expect((await read(url)).ended).toBe(false);
  });

  test('comments keep a quiet stream alive', async () => {
    sessions.change({ keepAliveMs: 20 });
    const seen = await read(await urlOf(tail));
    await until(() => expect(seen.text).toMatch(/^(: keep-alive\n\n)+$/));
  });
});

function theApp() {
  return herokuApp({ name: 'app-0', createdAt: new Date(0), domains: [] });
}
