import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { createProber } from '../../../src/adapters/probe/prober.js';
import type { ProviderFailure } from '../../../src/core/failure.js';
import { err, ok } from '../../../src/core/result.js';
import { instant } from '../../../src/core/time.js';
import {
  caFile,
  certificate,
  clock,
  dns,
  httpsSide,
  never,
  only,
  probe,
  request,
  tcpSide,
  tlsSide,
} from './side.js';

test('a healthy side is asked as the live host, over a verified connection', async () => {
  const requests: IncomingMessage[] = [];
  await using side = await httpsSide((incoming, response) => {
    requests.push(incoming);
    response.end('fine');
  });
  const before = clock.now();
  const outcome = await probe(side.port);
  expect(outcome).toMatchObject({ result: 'ok', status: 200 });
  expect(outcome.because).toMatch(/^200 in \d+ ms$/);
  expect(outcome.at).toBeGreaterThanOrEqual(before);
  expect(outcome.latencyMs).toBeGreaterThan(0);
  expect(outcome.certificateEndsAt).toBe(Math.floor(certificate.notAfter.getTime() / 1000) * 1000);

  const [got] = requests;
  expect(`${got?.method} ${got?.url}`).toBe('GET /health');
  expect(got?.socket).toMatchObject({ servername: 'www.example.com' });
  expect(got?.headers).toMatchObject({
    host: `www.example.com:${side.port}`,
    'user-agent': 'shift-probe',
    'x-request-id': expect.stringMatching(/^shift-[0-9a-f]{24}$/) as string,
  });
});

test('every probe is a new client: no connection and no TLS session is used twice, none is left open', async () => {
  const reused: boolean[] = [];
  const ids = new Set<unknown>();
  await using side = await httpsSide(({ socket, headers }, response) => {
    reused.push(socket instanceof TLSSocket && socket.isSessionReused());
    ids.add(headers['x-request-id']);
    response.end();
  });
  const prober = createProber({ dns: dns(), caFile, clock });
  for (let round = 0; round < 3; round += 1) await prober.probe(request(side.port), never);
  expect(reused).toEqual([false, false, false]);
  expect(ids.size).toBe(3);
  expect(side.sockets).toHaveLength(3);
  for (const socket of side.sockets) if (!socket.destroyed) await once(socket, 'close');
});

test('the target is looked up afresh, and all of its addresses get their turn', async () => {
  await using side = await httpsSide((_, response) => response.end());
  const asked: string[] = [];
  const lookup = dns((name) => {
    asked.push(name);
    return Promise.resolve(ok(['127.0.0.1', '127.3.2.1']));
  });
  const prober = createProber({ dns: lookup, caFile, clock });
  const seen = new Set<string>();
  for (let round = 0; round < 40; round += 1) {
    const { because, result } = only(await prober.probe(request(side.port), never)).outcome;
    seen.add(result === 'ok' ? 'answer' : because);
  }
  expect([...seen].sort()).toEqual([`127.3.2.1:${side.port} refused the connection`, 'answer']);
  expect(asked).toHaveLength(40);
});

test('fault 54: a target that is no longer in the DNS is a failure of the side', async () => {
  const gone = dns(() => Promise.resolve(err(dnsFailure('not-found', 'NXDOMAIN'))));
  const because = "the side's DNS target no longer exists: my-app.herokudns.com has no address";
  expect(await probe(1, { dns: gone })).toMatchObject({ result: 'failed', because });
  const empty = dns(() => Promise.resolve(ok([])));
  expect(await probe(1, { dns: empty })).toMatchObject({ result: 'failed', because });
});

test('trouble with our own resolver says nothing about the side', async () => {
  const servfail = dns(() => Promise.resolve(err(dnsFailure('unavailable', '127.0.0.53 answered SERVFAIL'))));
  expect(await probe(1, { dns: servfail })).toMatchObject({
    result: 'unknown',
    because: 'my-app.herokudns.com could not be resolved: 127.0.0.53 answered SERVFAIL',
  });
  const silent = dns(() => new Promise(() => undefined));
  expect(await probe(1, { dns: silent, request: { timeoutMs: 50 } })).toMatchObject({
    result: 'unknown',
    because: 'the resolver did not find my-app.herokudns.com within 50ms',
  });
  const broken = dns(() => Promise.reject(new Error('bug\u001b[2J')));
  expect(await probe(1, { dns: broken })).toMatchObject({
    result: 'unknown',
    because: 'the probe itself broke: Error: bug',
  });
});

test('a slow resolver of ours leaves the side its whole time', async () => {
  await using side = await httpsSide((_, response) => {
    setTimeout(() => response.end(), 150);
  });
  const slow = dns(async () => {
    await clock.sleep(200, never);
    return ok(['127.0.0.1']);
  });
  expect(await probe(side.port, { dns: slow, request: { timeoutMs: 300 } })).toMatchObject({ result: 'ok' });
});

test('an address this machine has no way to is our trouble', async () => {
  // The broadcast address of the loopback network: refused by the kernel, no packet is sent.
  const broadcast = dns(() => Promise.resolve(ok(['127.255.255.255'])));
  expect(await probe(443, { dns: broadcast })).toMatchObject({
    result: 'unknown',
    because: 'this machine has no route to 127.255.255.255:443 (ENETUNREACH)',
    noRoute: true,
  });
});

test('a path that cannot be sent is our trouble', async () => {
  await using side = await httpsSide((_, response) => response.end());
  const outcome = await probe(side.port, { request: { path: 'no slash' } });
  expect(outcome).toMatchObject({ result: 'unknown' });
  expect(outcome.because).toContain('the request cannot be sent');
});

test("the caller's signal ends a probe without a verdict, whatever it was doing", async () => {
  const because = 'the probe was ended before there was an answer';
  await using silent = await httpsSide(() => undefined);
  // Reads what comes, because a socket that nobody reads does not notice its end.
  await using mute = await tcpSide((socket) => socket.resume());
  const stuck = dns(() => new Promise(() => undefined));
  const soon = (): AbortSignal => AbortSignal.timeout(60);
  for (const outcome of await Promise.all([
    probe(silent.port, { signal: AbortSignal.abort() }),
    probe(silent.port, { signal: soon() }),
    probe(mute.port, { signal: soon() }),
    probe(1, { signal: soon(), dns: stuck }),
  ])) {
    expect(outcome).toMatchObject({ result: 'unknown', because });
  }
  for (const socket of [...silent.sockets, ...mute.sockets])
    if (!socket.destroyed) await once(socket, 'close');
});

test('a long-lived signal keeps nothing of the probes it could have ended', async () => {
  await using side = await tlsSide((socket) => socket.once('data', () => socket.destroy()));
  const signal = new AbortController().signal;
  let listeners = 0;
  const counting = new Proxy(signal, {
    get: (target, key) => {
      if (key === 'addEventListener') listeners += 1;
      if (key === 'removeEventListener') listeners -= 1;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  await probe(side.port, { signal: counting });
  expect(listeners).toBe(0);
});

test('when this process was held up past the deadline, the side is not blamed', async () => {
  await using side = await httpsSide(() => undefined);
  let nowMs = 0;
  const stalling = {
    now: () => instant(0),
    bootId: 'test',
    monotonicMs: () => nowMs,
    sleep: async (ms: number, signal: AbortSignal) => {
      await clock.sleep(ms, signal);
      nowMs += signal.aborted ? 0 : 90_000;
    },
  };
  expect(await probe(side.port, { clock: stalling, request: { timeoutMs: 50 } })).toMatchObject({
    result: 'unknown',
    tooBusy: true,
    because: expect.stringContaining('this machine was too busy to tell') as string,
  });
});

test('a file that holds no certificate is named when the prober is made', () => {
  const make = (file: string) => () => createProber({ dns: dns(), caFile: file, clock });
  expect(make('/nowhere/ca.pem')).toThrow('SHIFT_CA_FILE: /nowhere/ca.pem');
  expect(make(import.meta.filename)).toThrow('is not a readable file of PEM certificates');
});

function dnsFailure(reason: ProviderFailure['reason'], message: string): ProviderFailure {
  return { reason, provider: 'dns', operation: 'A', message, details: [] };
}
