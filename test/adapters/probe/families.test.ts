import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { ok } from '../../../src/core/result.js';
import { dns, httpsSide, only, probe, probeEach, tcpSide, type Answer, type Side } from './side.js';

const fine: Answer = (_, response) => response.end();
const both = dns(() => Promise.resolve(ok(['127.0.0.1', '::1'])));
const hasIPv6 = await connects('::1');

/** False where the kernel has no IPv6 at all; a closed port is an answer too. */
function connects(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(9, address);
    socket.once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** The same port at both addresses of loopback; another one when the first is taken at the second address. */
async function dualStack(
  ipv6: (port: number) => Promise<Side>,
  tries = 10,
): Promise<AsyncDisposable & { readonly four: Side; readonly six: Side }> {
  const four = await httpsSide(fine);
  try {
    const six = await ipv6(four.port);
    const close = async (): Promise<void> => {
      await four[Symbol.asyncDispose]();
      await six[Symbol.asyncDispose]();
    };
    return { four, six, [Symbol.asyncDispose]: close };
  } catch (error) {
    await four[Symbol.asyncDispose]();
    if (tries === 1) throw error;
    return dualStack(ipv6, tries - 1);
  }
}

test.runIf(hasIPv6)('with addresses of both families each is asked once, at the same time', async () => {
  await using side = await dualStack((port) => httpsSide(fine, undefined, { address: '::1', port }));
  const answers = await probeEach(side.four.port, { dns: both });
  expect(answers.map(({ outcome }) => [outcome.family, outcome.result])).toEqual([
    ['ipv4', 'ok'],
    ['ipv6', 'ok'],
  ]);
  expect([side.four.sockets.length, side.six.sockets.length]).toEqual([1, 1]);
});

test.runIf(hasIPv6)('an IPv6 that does not work is not hidden by an IPv4 that does', async () => {
  await using four = await httpsSide(fine);
  const refused = await probeEach(four.port, { dns: both });
  expect(refused.map(({ outcome }) => [outcome.family, outcome.result])).toEqual([
    ['ipv4', 'ok'],
    ['ipv6', 'failed'],
  ]);
  expect(refused[1]?.outcome.because).toBe(`[::1]:${four.port} refused the connection`);

  await using half = await dualStack((port) =>
    tcpSide((socket) => socket.resume(), { address: '::1', port }),
  );
  const [, late] = await probeEach(half.four.port, { dns: both, request: { timeoutMs: 300 } });
  expect(late?.outcome).toMatchObject({
    result: 'failed',
    because: `no TLS handshake with [::1]:${half.four.port} within 300ms`,
  });
  expect(half.six.sockets).toHaveLength(1);
});

test('a family this machine has no route for is our trouble, and the other one is asked all the same', async () => {
  await using side = await httpsSide(fine);
  // The broadcast address of the loopback network: refused by the kernel, no packet is sent.
  const unroutable = dns(() => Promise.resolve(ok(['127.255.255.255'])));
  expect(await probe(443, { dns: unroutable })).toMatchObject({
    result: 'unknown',
    family: 'ipv4',
    noRoute: true,
  });
  // A multicast address of the interface itself, which no connection can be made to.
  const mixed = dns(() => Promise.resolve(ok(['127.0.0.1', 'ff01::1'])));
  const [four, six] = await probeEach(side.port, { dns: mixed });
  expect(four?.outcome).toMatchObject({ result: 'ok', family: 'ipv4' });
  expect(six?.outcome).toMatchObject({ result: 'unknown', family: 'ipv6', noRoute: true });
});

test('only the family that is asked for is asked', async () => {
  await using side = await httpsSide(fine);
  const answer = only(await probeEach(side.port, { dns: both, request: { families: 'ipv4' } }));
  expect(answer.outcome).toMatchObject({ result: 'ok', family: 'ipv4' });
  const six = only(await probeEach(side.port, { request: { families: 'ipv6' } }));
  expect(six.outcome).toMatchObject({
    result: 'failed',
    because: 'my-app.herokudns.com has no IPv6 address',
  });
  expect(six.outcome).not.toHaveProperty('family');
});

test('without an address there is one answer, for all families', async () => {
  const empty = dns(() => Promise.resolve(ok([])));
  const { outcome } = only(await probeEach(1, { dns: empty }));
  expect(outcome.because).toContain('no longer exists');
  expect(outcome).not.toHaveProperty('family');
});
