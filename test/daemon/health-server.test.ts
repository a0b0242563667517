import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { daemonHealth, type DaemonHealth } from '../../src/daemon/daemon-health.js';
import { serveHealth } from '../../src/daemon/health-server.js';

const well = daemonHealth({ lastWakeAgeMs: 1, gaps: 0, trouble: null, migrations: [] });
const ill = daemonHealth({ lastWakeAgeMs: 1, gaps: 0, trouble: 'the disk is gone', migrations: [] });

const loopback = { address: '127.0.0.1', port: 0 };

async function ask(port: number, path: string, method = 'GET'): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, { method });
}

test('answers 200 while all is well and 503 while it is not, with the health as JSON', async () => {
  let now: DaemonHealth = well;
  await using server = await serveHealth(loopback, () => now);
  const good = await ask(server.port, '/healthz');
  expect({ status: good.status, body: await good.json() }).toEqual({ status: 200, body: well });
  now = ill;
  const bad = await ask(server.port, '/healthz?verbose');
  expect({ status: bad.status, body: await bad.json() }).toEqual({ status: 503, body: ill });
  expect(bad.headers.get('cache-control')).toBe('no-store');
});

test('answers HEAD without a body, and nothing else', async () => {
  await using server = await serveHealth(loopback, () => well);
  const head = await ask(server.port, '/healthz', 'HEAD');
  expect({ status: head.status, body: await head.text() }).toEqual({ status: 200, body: '' });
  expect((await ask(server.port, '/healthz', 'POST')).status).toBe(405);
  expect((await ask(server.port, '/')).status).toBe(404);
  expect((await ask(server.port, '/../healthz%00')).status).toBe(404);
});

test('a client that says nothing does not keep it from ending', async () => {
  const server = await serveHealth(loopback, () => well);
  const silent = connect(server.port, '127.0.0.1');
  await new Promise((resolve) => silent.once('connect', resolve));
  const closed = new Promise((resolve) => silent.once('close', resolve));
  silent.on('error', () => undefined);
  await server[Symbol.asyncDispose]();
  await closed;
});

test('an address that is taken is an error, not a daemon without health', async () => {
  await using server = await serveHealth(loopback, () => well);
  await expect(serveHealth({ address: '127.0.0.1', port: server.port }, () => well)).rejects.toThrow(
    'EADDRINUSE',
  );
});
