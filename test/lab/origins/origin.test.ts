import { Agent } from 'node:https';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createCertificateAuthority,
  type CertificateAuthority,
  type ServerCertificate,
} from '../../../src/lab/certificates.js';
import { healthyBehaviour } from '../../../src/lab/origins/behaviour.js';
import { herokuRouter } from '../../../src/lab/origins/heroku-router.js';
import { loadBalancer } from '../../../src/lab/origins/load-balancer.js';
import { startOrigin, type Origin } from '../../../src/lab/origins/origin.js';
import type { ServedRequest } from '../../../src/lab/origins/served-request.js';
import { seededRandom } from '../../../src/lab/random.js';
import { privateAddress } from '../loopback.js';
import { ask, type Answered } from './request.js';

const host = 'www.example.com';
const quiet = { ...healthyBehaviour, baseErrorFraction: 0 };

let authority: CertificateAuthority;
let certificate: ServerCertificate;
let wildcard: ServerCertificate;
let maintenance = false;
let heroku: Origin;
let alb: Origin;
let clock = Date.now;

beforeAll(async () => {
  authority = await createCertificateAuthority();
  certificate = await authority.issue([host]);
  wildcard = await authority.issue(['*.herokuapp.com']);
  const apps = (name: string) =>
    name === host || name === 'shop.example.com'
      ? { deployment: 'my-app', maintenance, certificate }
      : undefined;
  const now = (): number => clock();
  heroku = await startOrigin({
    platform: herokuRouter(apps, wildcard),
    addresses: [privateAddress(), privateAddress()],
    port: 0,
    random: seededRandom('heroku'),
    now,
  });
  alb = await startOrigin({
    platform: loadBalancer('my-alb', certificate),
    addresses: [privateAddress()],
    port: 0,
    random: seededRandom('alb'),
    now,
  });
});

beforeEach(async () => {
  maintenance = false;
  clock = Date.now;
  await Promise.all([heroku.change(quiet), alb.change(quiet)]);
});

afterAll(async () => {
  await Promise.all([heroku.close(), alb.close()]);
});

function askOrigin(
  origin: Origin,
  more: Partial<Parameters<typeof ask>[0]> = {},
  addressIndex = 0,
): Promise<Answered> {
  const address = origin.addresses[addressIndex] ?? '';
  return ask({ address, port: origin.port, ca: authority.certificatePem, host, ...more });
}

function askMany(origin: Origin, count: number): Promise<Answered[]> {
  return Promise.all(Array.from({ length: count }, () => askOrigin(origin)));
}

describe('the Heroku router', () => {
  test('serves the app on every address and marks what it proxied', async () => {
    for (const index of [0, 1]) {
      const answer = await askOrigin(heroku, { path: '/version' }, index);
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toEqual({ deployment: 'my-app' });
      expect(answer.headers.via).toBe('1.1 heroku-router');
      expect(answer.headers['server']).toBe('Heroku');
      expect(answer.headers['reporting-endpoints']).toContain('heroku-nel');
    }
  });

  test('has a health path, and passes the 404 of the app on', async () => {
    expect((await askOrigin(heroku, { path: '/healthz?probe=1' })).body).toBe('ok\n');
    const missing = await askOrigin(heroku, { path: '/nothing' });
    expect(missing.status).toBe(404);
    expect(missing.headers.via).toBe('1.1 heroku-router');
    expect(missing.body).not.toContain('No such app');
  });

  test('answers "No such app" for a Host that no app has', async () => {
    const answer = await askOrigin(heroku, { host: 'other.example.com', verify: false });
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.body).toContain('//www.herokucdn.com/error-pages/no-such-app.html');
    expect(answer.headers.via).toBeUndefined();
    expect(answer.certificate).toBe('*.herokuapp.com');
  });

  test('shows the wildcard certificate to a name it does not know, so that verification fails', async () => {
    await expect(askOrigin(heroku, { host: 'other.example.com' })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  test('refuses a Host that differs from the name of the handshake', async () => {
    const answer = await askOrigin(heroku, { serverName: 'shop.example.com', verify: false });
    expect(answer.status).toBe(495);
    expect(answer.body).toContain('ssl-cert-error.html');
  });

  test('shows the maintenance page while the app is in maintenance', async () => {
    maintenance = true;
    const answer = await askOrigin(heroku);
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('maintenance-mode.html');
  });

  test('answers a 503 with its own page, a 500 with that of the app', async () => {
    await heroku.change({ errors: { status: 503, fraction: 1 } });
    const own = await askOrigin(heroku);
    expect([own.status, own.headers.via]).toEqual([503, undefined]);
    expect(own.body).toContain('application-error.html');
    await heroku.change({ errors: { status: 500, fraction: 1 } });
    const proxied = await askOrigin(heroku);
    expect([proxied.status, proxied.headers.via]).toEqual([500, '1.1 heroku-router']);
  });
});

describe('the load balancer', () => {
  test('adds nothing to what it proxies and takes any Host', async () => {
    const answer = await askOrigin(alb, { path: '/version' });
    expect(JSON.parse(answer.body)).toEqual({ deployment: 'my-alb' });
    expect(Object.keys(answer.headers).sort()).toEqual([
      'connection',
      'content-length',
      'content-type',
      'date',
    ]);
    const other = await askOrigin(alb, { host: 'other.example.com', verify: false });
    expect([other.status, other.certificate]).toEqual([200, host]);
  });

  test('names itself on its own 502, 503 and 504 only', async () => {
    for (const status of [502, 503, 504]) {
      await alb.change({ errors: { status, fraction: 1 } });
      const answer = await askOrigin(alb);
      expect([answer.status, answer.headers['server']]).toEqual([status, 'awselb/2.0']);
    }
    await alb.change({ errors: { status: 500, fraction: 1 } });
    expect((await askOrigin(alb)).headers['server']).toBeUndefined();
  });
});

describe('switches', () => {
  test('errors go to the fraction asked for and stop when switched off', async () => {
    await alb.change({ errors: { status: 503, fraction: 0.9 } });
    const failing = (await askMany(alb, 60)).filter((answer) => answer.status === 503).length;
    expect(failing).toBeGreaterThan(42);
    expect(failing).toBeLessThan(60);
    await alb.change({ errors: undefined });
    expect((await askMany(alb, 10)).every((answer) => answer.status === 200)).toBe(true);
  });

  test('slow answers are held back', async () => {
    await alb.change({ slow: { delayMs: 200, fraction: 1 } });
    const startedMs = performance.now();
    expect((await askOrigin(alb)).status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThan(190);
  });

  test('a dead origin refuses connections and cuts those that stand; afterwards it is back on its address', async () => {
    const agent = new Agent({ keepAlive: true });
    const cut = askOrigin(alb, { agent }).then(async () => {
      await alb.change({ slow: { delayMs: 60_000, fraction: 1 } });
      return askOrigin(alb, { agent });
    });
    const outcome = expect(cut).rejects.toMatchObject({ code: 'ECONNRESET' });
    while (alb.behaviour.slow === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await alb.change({ dead: true });
    await outcome;
    await expect(askOrigin(alb)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await alb.change({ dead: false, slow: undefined });
    expect((await askOrigin(alb)).status).toBe(200);
    agent.destroy();
  });

  test('above its capacity it collapses, and recovers when the load falls', async () => {
    let nowMs = 5_000_000;
    clock = () => nowMs;
    await alb.change({ capacityPerSecond: 20 });
    expect((await askMany(alb, 20)).every((answer) => answer.status === 200)).toBe(true);
    const overloaded = (await askMany(alb, 40)).filter((answer) => answer.status === 503).length;
    expect(overloaded).toBeGreaterThan(26);
    nowMs += 1_000;
    expect((await askMany(alb, 10)).every((answer) => answer.status === 200)).toBe(true);
  });

  test('accidental errors spare the page for health checks, others do not', async () => {
    await alb.change({ baseErrorFraction: 1 });
    expect((await askOrigin(alb, { path: '/' })).status).toBe(500);
    expect((await askOrigin(alb, { path: '/healthz?deep=1' })).status).toBe(200);
    await alb.change({ errors: { status: 503, fraction: 1 } });
    expect((await askOrigin(alb, { path: '/healthz' })).status).toBe(503);
  });

  test('counts what it answered by the second', async () => {
    clock = () => 9_000_000_500;
    await askMany(alb, 3);
    await alb.change({ errors: { status: 503, fraction: 1 } });
    await askMany(alb, 2);
    expect(alb.load().at(-1)).toEqual({ second: 9_000_000, requests: 5, errors: 2 });
  });
});

describe('what it is done with, it tells', () => {
  const told: ServedRequest[] = [];

  beforeAll(() => {
    alb.onServed((served) => told.push(served));
  });

  beforeEach(() => {
    told.length = 0;
  });

  test('who asked for what, where, when, and what became of it', async () => {
    clock = () => 7_000;
    const address = alb.addresses[0] ?? '';
    const answer = await askOrigin(alb, { path: '/version?x=1' });
    expect(told).toEqual([
      {
        startedAtMs: 7_000,
        finishedAtMs: 7_000,
        method: 'GET',
        path: '/version?x=1',
        host,
        headers: expect.objectContaining({ host }) as unknown,
        clientAddress: expect.stringMatching(/^127\./) as unknown,
        originAddress: address,
        outcome: { kind: 'application', status: 200 },
        bodyBytes: answer.body.length,
      },
    ]);
  });

  test.each([
    [500, 'application'],
    [502, 'platform'],
    [503, 'platform'],
    [504, 'platform'],
  ])('a %d is of the %s', async (status, kind) => {
    await alb.change({ errors: { status, fraction: 1 } });
    await askOrigin(alb);
    expect(told.map(({ outcome }) => outcome)).toEqual([{ kind, status }]);
  });

  test('a client that goes away before the answer', async () => {
    await alb.change({ slow: { delayMs: 60_000, fraction: 1 } });
    const agent = new Agent();
    const asked = askOrigin(alb, { agent }).catch(() => undefined);
    await until(() => Object.keys(agent.sockets).length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    agent.destroy();
    await asked;
    await until(() => told.length > 0);
    expect(told.map(({ outcome }) => outcome)).toEqual([{ kind: 'abandoned' }]);
  });

  test('nothing of what a dying side cuts off', async () => {
    await alb.change({ slow: { delayMs: 60_000, fraction: 1 } });
    const asked = askOrigin(alb).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await alb.change({ dead: true });
    await asked;
    await alb.change({ dead: false, slow: undefined });
    await askOrigin(alb);
    expect(told.map(({ outcome }) => outcome)).toEqual([{ kind: 'application', status: 200 }]);
  });
});

async function until(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('an address that cannot be bound fails the start; an optional one is left out', async () => {
  const platform = loadBalancer('my-alb', certificate);
  const random = seededRandom('x');
  const taken = alb.addresses[0] ?? '';
  await expect(startOrigin({ platform, random, addresses: [taken], port: alb.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  const address = privateAddress();
  await using origin = await startOrigin({
    platform,
    random,
    addresses: [address],
    optionalAddresses: [taken],
    port: alb.port,
  });
  expect(origin.addresses).toEqual([address]);
});
