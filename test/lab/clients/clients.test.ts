import { performance } from 'node:perf_hooks';
import { setTimeout as delayReal } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createCertificateAuthority } from '../../../src/lab/certificates.js';
import { clientsArrived } from '../../../src/lab/clients/arrival.js';
import { startClients, type Clients, type ClientsOptions } from '../../../src/lab/clients/clients.js';
import type { SideShare } from '../../../src/lab/clients/tally.js';
import { startNameServer, type NameServer } from '../../../src/lab/dns/name-server.js';
import { healthyBehaviour } from '../../../src/lab/origins/behaviour.js';
import { herokuRouter } from '../../../src/lab/origins/heroku-router.js';
import { loadBalancer } from '../../../src/lab/origins/load-balancer.js';
import { startOrigin, type Origin } from '../../../src/lab/origins/origin.js';
import { seededRandom } from '../../../src/lab/random.js';
import type { LabRecord } from '../../../src/lab/zone/record.js';
import { member, plain, SOA, sourceOf, zoneOf } from '../dns/zones.js';
import { privateAddress } from '../loopback.js';

const host = 'www.example.test';
/** The clients' clock runs four times as fast, so that a TTL of a second takes 250 ms; sockets and deadlines do not. */
const speed = 4;
const now = (): number => performance.now() * speed;
const delay = (ms: number): Promise<void> => delayReal(ms / speed);
const healthy = { ...healthyBehaviour, baseErrorFraction: 0 };
const ttlMs = 1_000;

const sides = { source: [privateAddress(), privateAddress()], target: [privateAddress()] };
let weights: readonly [number, number] = [100, 0];
let source: Origin;
let target: Origin;
let nameServer: NameServer;
let ca: string;
let clients: Clients | undefined;

beforeAll(async () => {
  const authority = await createCertificateAuthority();
  const certificate = await authority.issue([host]);
  ca = authority.certificatePem;
  const random = seededRandom('origins');
  const app = { deployment: 'my-app', maintenance: false, certificate };
  source = await startOrigin({
    platform: herokuRouter((name) => (name === host ? app : undefined), certificate),
    addresses: sides.source,
    port: 0,
    random,
  });
  target = await startOrigin({
    platform: loadBalancer('my-alb', certificate),
    addresses: sides.target,
    port: source.port,
    random,
  });
  const pair = (): LabRecord[] => [
    member('shift-source', weights[0], 'quiet.herokudns.com.', ttlMs / 1_000),
    member('shift-target', weights[1], 'my-alb.elb.amazonaws.com.', ttlMs / 1_000),
  ];
  const zones = sourceOf(() => [
    zoneOf('example.test.', [SOA, ...pair()]),
    zoneOf('herokudns.com.', [plain('quiet.herokudns.com.', 'A', 1, ...sides.source)]),
    zoneOf('elb.amazonaws.com.', [plain('my-alb.elb.amazonaws.com.', 'A', 1, ...sides.target)]),
  ]);
  nameServer = await startNameServer({
    zones,
    serverIndex: 0,
    host: privateAddress(),
    port: 0,
    random: seededRandom('dns'),
  });
});

beforeEach(async () => {
  weights = [100, 0];
  await Promise.all([source.change(healthy), target.change(healthy)]);
});
afterEach(() => clients?.close());
afterAll(() => Promise.all([source.close(), target.close(), nameServer.close()]));

async function start(options: Partial<ClientsOptions> = {}): Promise<Clients> {
  clients = await startClients({
    host,
    resolvers: 20,
    requestsPerSecond: 1,
    overstayFraction: 0,
    overstayMeanMs: 10_000,
    nameServers: [nameServer],
    httpsPort: source.port,
    ca,
    random: seededRandom('clients'),
    now,
    ...options,
  });
  return clients;
}

/** Room for what is under way when something changes, on a busy machine. */
const marginMs = 2_000;

/** What the clients did in the whole seconds after the wait, until there are enough requests to judge. */
async function observe(running: Clients, waitMs: number, enough = 40): Promise<SideShare> {
  await delay(waitMs);
  const sinceMs = now();
  const share = (): SideShare => running.share(sinceMs, sides);
  await expect
    .poll(() => share().source.requests + share().target.requests + share().elsewhere.requests, {
      timeout: 10_000,
    })
    .toBeGreaterThanOrEqual(enough);
  return share();
}

test('clients follow the weights, and a rollback within the TTL', async () => {
  const running = await start();
  expect(await observe(running, 0)).toMatchObject({
    targetPercent: 0,
    source: { failed: 0 },
    elsewhere: { requests: 0 },
  });

  weights = [50, 50];
  const half = await observe(running, ttlMs + marginMs, 100);
  // Twenty resolvers draw anew every second: a standard deviation of 11 points in a single second.
  expect(half.targetPercent).toBeGreaterThan(15);
  expect(half.targetPercent).toBeLessThan(85);

  weights = [100, 0];
  expect(await observe(running, ttlMs + marginMs)).toMatchObject({ targetPercent: 0 });
  weights = [0, 100];
  expect(await observe(running, ttlMs + marginMs)).toMatchObject({ targetPercent: 100 });
  expect(running.total().failed).toBe(0);
});

test('overstaying resolvers keep their clients on the old side after the TTL', async () => {
  const running = await start({ overstayFraction: 0.5, overstayMeanMs: 1e9 });
  // Everyone has had an address at least twice.
  await observe(running, 0, 60);
  weights = [0, 100];
  const share = await observe(running, ttlMs + marginMs, 60);
  expect(share.targetPercent).toBeGreaterThan(30);
  expect(share.targetPercent).toBeLessThan(70);
});

test('failing answers and dead origins are counted as what they are', async () => {
  const running = await start();
  await source.change({ ...healthy, errors: { status: 503, fraction: 1 } });
  const failing = await observe(running, 0);
  expect(failing.source).toMatchObject({ ok: 0, errors: { 503: failing.source.requests } });

  await source.change({ ...healthy, dead: true });
  const dead = await observe(running, marginMs);
  expect(dead.source).toMatchObject({ ok: 0, errors: { connection: dead.source.requests } });

  await source.change(healthy);
  expect(await observe(running, marginMs)).toMatchObject({ source: { failed: 0 } });
});

test('answers that take too long are timeouts', async () => {
  await source.change({ ...healthy, slow: { delayMs: 10_000, fraction: 1 } });
  const running = await start({ requestTimeoutMs: 200 });
  const slow = await observe(running, 0);
  expect(slow.source).toMatchObject({ ok: 0, errors: { timeout: slow.source.requests } });
});

test('a client has at most four requests under way', async () => {
  await source.change({ ...healthy, slow: { delayMs: 60_000, fraction: 1 } });
  const running = await start({ resolvers: 2, requestsPerSecond: 10 });
  await expect.poll(() => running.skipped, { timeout: 10_000 }).toBeGreaterThan(20);
  expect(running.total().requests).toBe(0);
});

test('a host without an address is counted apart', async () => {
  const running = await start({ host: 'nowhere.example.test' });
  const share = await observe(running, 0);
  expect(share).toMatchObject({ source: { requests: 0 }, targetPercent: undefined });
  expect(share.elsewhere.errors).toEqual({ dns: share.elsewhere.requests });
});

test('an authority that is not trusted makes every request fail', async () => {
  const other = await createCertificateAuthority();
  const running = await start({ ca: other.certificatePem, resolvers: 5 });
  const share = await observe(running, 0, 5);
  expect(share.source).toMatchObject({ ok: 0, errors: { connection: share.source.requests } });
});

test('clients can be made faster, stopped and started', async () => {
  const running = await start({ requestsPerSecond: 0 });
  await delay(marginMs);
  expect(running.total().requests).toBe(0);
  running.setRate(5);
  await observe(running, 0);

  running.stop();
  await delay(marginMs);
  const { requests } = running.total();
  running.setRate(10);
  expect(running.running).toBe(false);
  await delay(marginMs);
  expect(running.total().requests).toBe(requests);

  running.start();
  await observe(running, 0);
});

test('clients have arrived once they are answered for a whole second, and not while they fail', async () => {
  await source.change({ ...healthy, errors: { status: 503, fraction: 1 } });
  const running = await start();
  const arrived = (timeoutMs: number): Promise<boolean> =>
    clientsArrived(running, { perSecond: 20, now, timeoutMs });
  expect(await arrived(3_000)).toBe(false);
  await source.change({ errors: undefined });
  expect(await arrived(20_000)).toBe(true);
});

test('close leaves nothing running', async () => {
  await source.change({ ...healthy, slow: { delayMs: 5_000, fraction: 1 } });
  const running = await start();
  await delay(marginMs);
  await running.close();
  await running.close();
  const { queries } = nameServer;
  const { requests } = running.total();
  await delay(marginMs);
  expect(nameServer.queries).toBe(queries);
  expect(running.total().requests).toBe(requests);
});
