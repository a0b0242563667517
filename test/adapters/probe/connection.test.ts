import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createCertificateAuthority } from '../../../src/lab/certificates.js';
import { authority, httpsSide, probe, rawAnswer, tcpSide, tlsSide, type Answer } from './side.js';

const dayMs = 24 * 3_600_000;
const fine: Answer = (_, response) => response.end();

test('fault 56: a certificate of another name is a failure that tells its names', async () => {
  const other = await authority.issue(['old.example.com', '*.elb.amazonaws.com']);
  await using side = await httpsSide(fine, other);
  expect(await probe(side.port)).toMatchObject({
    result: 'failed',
    because: `the certificate of 127.0.0.1:${side.port} does not cover www.example.com, only old.example.com, *.elb.amazonaws.com`,
    certificateEndsAt: Math.floor(other.notAfter.getTime() / 1000) * 1000,
    status: null,
  });
});

test.each([
  ['has expired', -30, -1],
  ['is not valid yet', 1, 30],
])('fault 56: a certificate that %s is a failure', async (what, fromDays, toDays) => {
  const validity = {
    notBefore: new Date(Date.now() + fromDays * dayMs),
    notAfter: new Date(Date.now() + toDays * dayMs),
  };
  await using side = await httpsSide(fine, await authority.issue(['www.example.com'], validity));
  expect(await probe(side.port)).toMatchObject({
    result: 'failed',
    because: `the certificate of 127.0.0.1:${side.port} for www.example.com ${what}`,
  });
});

test('a certificate of an authority nobody named is a failure, and no request is sent', async () => {
  let requests = 0;
  const count: Answer = (_, response) => {
    requests += 1;
    response.end();
  };
  const stranger = await (await createCertificateAuthority()).issue(['www.example.com']);
  await using side = await httpsSide(count, stranger);
  const because = `the certificate of 127.0.0.1:${side.port} for www.example.com leads to no trusted authority: the intermediate certificate is not sent, or its issuer is unknown here`;
  expect(await probe(side.port)).toMatchObject({ result: 'failed', because });
  await using known = await httpsSide(count);
  expect(await probe(known.port, { caFile: null })).toMatchObject({ result: 'failed' });
  expect(requests).toBe(0);
});

test('a refused connection is a failure', async () => {
  const port = await closedPort();
  expect(await probe(port)).toMatchObject({
    result: 'failed',
    because: `127.0.0.1:${port} refused the connection`,
    status: null,
    latencyMs: null,
    certificateEndsAt: null,
  });
});

test('a side that accepts and says nothing is cut off in the handshake', async () => {
  await using side = await tcpSide(() => undefined);
  expect(await probe(side.port, { request: { timeoutMs: 80 } })).toMatchObject({
    result: 'failed',
    because: `no TLS handshake with 127.0.0.1:${side.port} within 80ms`,
  });
});

test.each([
  ['plain HTTP', (socket: { end(text: string): void }) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['a closed connection', (socket: { end(text: string): void }) => socket.end('')],
])('%s where TLS is expected is a failed handshake', async (_, behave) => {
  await using side = await tcpSide(behave);
  const outcome = await probe(side.port);
  expect(outcome.result).toBe('failed');
  expect(outcome.because).toMatch(/^the TLS handshake with 127\.0\.0\.1:\d+ as www\.example\.com failed: ./);
});

test('something that is not HTTP is a failure', async () => {
  await using side = await rawAnswer('SSH-2.0-OpenSSH_9.6\r\n');
  expect(await probe(side.port)).toMatchObject({
    result: 'failed',
    because: `127.0.0.1:${side.port} answered something that is not HTTP: Response does not match the HTTP/1.1 protocol (Expected HTTP/, RTSP/ or ICE/)`,
  });
});

test('headers without end are a failure', async () => {
  await using side = await httpsSide((_, response) => {
    response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end();
  });
  expect(await probe(side.port)).toMatchObject({
    result: 'failed',
    because: `127.0.0.1:${side.port} answered with more headers than any client takes`,
  });
});

test('a connection closed before the request or before the answer is a failure after one attempt', async () => {
  await using early = await tlsSide((socket) => socket.destroy());
  await using late = await tlsSide((socket) => socket.once('data', () => socket.destroy()));
  for (const side of [early, late]) {
    const outcome = await probe(side.port);
    expect(outcome.result).toBe('failed');
    expect(outcome.because).toContain(`127.0.0.1:${side.port} ended the connection without an answer`);
    expect(side.sockets).toHaveLength(1);
  }
});

test('a connection reset in the middle of the body is a failure', async () => {
  await using side = await httpsSide((_, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('half');
    setTimeout(() => side.sockets[0]?.resetAndDestroy(), 30);
  });
  expect(await probe(side.port)).toMatchObject({
    result: 'failed',
    because: '200, but the connection ended after 4 bytes of the body',
    status: 200,
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
