import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext, rootCertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readLogStream, type StreamEnd } from '../../../src/adapters/heroku-logs/log-stream.js';
import { createCertificateAuthority, type CertificateAuthority } from '../../../src/lab/certificates.js';

let authority: CertificateAuthority;
let server: ReturnType<typeof createServer>;

beforeAll(async () => {
  authority = await createCertificateAuthority();
  const { certificatePem, privateKeyPem } = await authority.issue(['localhost']);
  server = createServer({ cert: certificatePem, key: privateKeyPem }, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end('id: 1\ndata: one\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function read(ca: readonly string[]): Promise<{ end: StreamEnd; lines: string }> {
  const url = `https://localhost:${(server.address() as AddressInfo).port}/sessions/1`;
  let lines = '';
  const end = await readLogStream(
    { url, lastEventId: null, openTimeoutMs: 5_000, roots: () => createSecureContext({ ca: [...ca] }) },
    { opened: () => undefined, received: (bytes) => (lines += Buffer.from(bytes).toString()) },
    new AbortController().signal,
  );
  return { end, lines };
}

test('an encrypted stream is read from a server that the given authorities vouch for', async () => {
  expect(await read([...rootCertificates, authority.certificatePem])).toMatchObject({
    end: { reason: 'dropped' },
    lines: 'one\n',
  });
});

test('and from no other', async () => {
  const { end, lines } = await read(rootCertificates);
  expect(end.reason).toBe('unavailable');
  expect(end.message).toMatch(/CERT|SIGNATURE|ISSUER/);
  expect(lines).toBe('');
});
