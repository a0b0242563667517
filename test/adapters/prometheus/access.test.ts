import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrometheusServer } from '../../../src/core/metric/metric-query.js';
import type { MetricSeries } from '../../../src/core/metric/metric-series.js';
import { createAuthority, type Certificate } from './certificates.js';
import {
  failure,
  matrix,
  never,
  PrometheusStandIn,
  query,
  serverAt,
  series,
  source,
  window,
  type Answer,
} from './prometheus-server.js';

/** Spelled differently in JSON and in a URL. */
const secret = 'hunter2/AO"x';

async function read(
  server: PrometheusServer,
  environment: Readonly<Record<string, string>> = {},
  caFile: string | null = null,
): Promise<MetricSeries> {
  const [only] = await source(environment, { caFile }).read([query(server)], window, never);
  return only!;
}

describe('who asks', () => {
  const basic = { auth: { kind: 'basic', user: 'shift', passwordVariable: 'PROM_PASSWORD' } } as const;
  const bearer = { auth: { kind: 'bearer', tokenVariable: 'PROM_TOKEN' } } as const;
  const headers = { headerVariables: { 'X-Scope-OrgID': 'PROM_TENANT' } };

  test('nobody in particular', async () => {
    await using server = await PrometheusStandIn.start(series(['1']));
    expect((await read(serverAt(server.url))).status).toBe('complete');
    expect(server.asked[0]?.headers.authorization).toBeUndefined();
  });

  test('a user with a password', async () => {
    await using server = await PrometheusStandIn.start(series(['1']));
    const { status } = await read(serverAt(server.url, basic), { PROM_PASSWORD: 'pä:ss' });
    const encoded = Buffer.from('shift:pä:ss').toString('base64');
    expect([status, server.asked[0]?.headers.authorization]).toEqual(['complete', `Basic ${encoded}`]);
  });

  test('the bearer of a token, with a header of its own', async () => {
    await using server = await PrometheusStandIn.start(series(['1']));
    const environment = { PROM_TOKEN: 't0ken', PROM_TENANT: '17' };
    expect((await read(serverAt(server.url, { ...bearer, ...headers }), environment)).status).toBe(
      'complete',
    );
    expect(server.asked[0]?.headers).toMatchObject({ authorization: 'Bearer t0ken', 'x-scope-orgid': '17' });
  });

  test('the environment is asked at every reading, so that a renewed token is used', async () => {
    await using server = await PrometheusStandIn.start(series(['1']));
    const environment = { PROM_TOKEN: 'first' };
    const prometheus = source(environment);
    await prometheus.read([query(serverAt(server.url, bearer))], window, never);
    environment.PROM_TOKEN = 'second';
    await prometheus.read([query(serverAt(server.url, bearer))], window, never);
    expect(server.asked.map((asked) => asked.headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
    ]);
  });

  test.each([
    ['a missing password', basic, {}, 'PROM_PASSWORD is not set'],
    ['a missing token', bearer, {}, 'PROM_TOKEN is not set'],
    ['an empty token', bearer, { PROM_TOKEN: '' }, 'PROM_TOKEN is not set'],
    ['a missing header', headers, {}, 'PROM_TENANT is not set'],
    [
      'a token with a line break',
      bearer,
      { PROM_TOKEN: `${secret}\n` },
      'the value of PROM_TOKEN cannot be sent',
    ],
    [
      'a header with two lines',
      headers,
      { PROM_TENANT: `a\r\n${secret}` },
      'the value of PROM_TENANT cannot',
    ],
    [
      'a header that is ours',
      { headerVariables: { Host: 'X' } },
      { X: '1' },
      'the header "Host" cannot be set',
    ],
    [
      'a header that is none',
      { headerVariables: { 'a b': 'X' } },
      { X: '1' },
      'the header "a b" cannot be set',
    ],
    [
      'two authorizations',
      { ...bearer, headerVariables: { Authorization: 'X' } },
      { X: '1', PROM_TOKEN: 't' },
      'Authorization is given twice',
    ],
    [
      'a colon in the user name',
      { auth: { kind: 'basic', user: 'a:b', passwordVariable: 'X' } } as const,
      { X: '1' },
      'may hold no colon',
    ],
  ])('%s is denied before anything is asked', async (_name, how, environment, message) => {
    await using server = await PrometheusStandIn.start(series(['1']));
    const { status, warnings } = await read(serverAt(server.url, how), environment);
    expect([status, server.asked.length]).toEqual(['denied', 0]);
    expect(warnings).toEqual([expect.stringContaining(message)]);
    expect(warnings[0]).not.toContain(secret);
  });

  test.each([
    ['an error message', (text: string) => failure(400, text, `you sent ${text}`)],
    ['a refusal', (text: string) => failure(401, 'unauthorized', `${'x'.repeat(290)}${text}`)],
    ['a warning', (text: string) => series(['1'], { warnings: [`${'x'.repeat(290)}${text}`] })],
    ['an info', (text: string) => series(['1'], { infos: [text] })],
    ['labels', (text: string) => matrix([{ metric: { [text]: text } }, { metric: {} }])],
    ['a value', (text: string) => series([text])],
    ['a result type', (text: string) => failure(200, text, text)],
    [
      'a page',
      (text: string): Answer =>
        (response) =>
          response.writeHead(200).end(`<p>${text}`),
    ],
    [
      'a content type',
      (text: string): Answer =>
        (response) =>
          response.writeHead(200, { 'content-type': encodeURIComponent(text) }).end(),
    ],
    [
      'a redirect',
      (text: string): Answer =>
        (response) =>
          response.writeHead(302, { location: `/${encodeURIComponent(text)}` }).end(),
    ],
  ])('what was sent is hidden when it comes back in %s', async (_name, answer) => {
    const encoded = Buffer.from(`shift:${secret}`).toString('base64');
    for (const repeated of [secret, encoded]) {
      await using server = await PrometheusStandIn.start(answer(repeated));
      const { warnings } = await read(serverAt(server.url, basic), { PROM_PASSWORD: secret });
      expect(warnings.length).toBeGreaterThan(0);
      for (const part of [secret, secret.slice(0, 7), encoded.slice(0, 8)]) {
        expect(warnings.join(' ')).not.toContain(part);
      }
    }
  });
});

describe('where it is', () => {
  test.each([
    ['no URL', 'prometheus', 'is not a URL'],
    ['a password', `https://shift:hunter2@prometheus.example.com`, 'holds a user name or password'],
    ['a query', 'https://prometheus.example.com/?x=hunter2', 'goes on with ? or #'],
    ['another scheme', 'file:///etc/passwd', 'begins with file:'],
    ['plain http to another machine', 'http://prometheus.example.com', 'asked unencrypted; write https://'],
    ['plain http to a name like loopback', 'http://127.0.0.1.example.com', 'asked unencrypted'],
  ])('%s is refused', async (_name, url, message) => {
    const { status, warnings } = await read(serverAt(url));
    expect([status, warnings]).toEqual(['error', [expect.stringContaining(message)]]);
    expect(warnings[0]).not.toContain('hunter2');
  });

  test.each(['http://localhost:1', 'http://[::1]:1', 'http://127.9.9.9:1'])(
    '%s may be asked',
    async (url) => {
      expect((await read(serverAt(url))).warnings[0]).not.toContain('unencrypted');
    },
  );
});

describe('over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shift-prometheus-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  let authority: Awaited<ReturnType<typeof createAuthority>>;
  let ca: string;
  let shown: Certificate;
  let client: { certFile: string; keyFile: string };
  beforeAll(async () => {
    authority = await createAuthority();
    ca = file('ca.pem', authority.pem);
    shown = await authority.issue('server');
    const own = await authority.issue('client');
    client = { certFile: file('client.pem', own.cert), keyFile: file('client.key', own.key) };
  });

  test('an authority of its own is trusted, named by the server or for all of them', async () => {
    await using server = await PrometheusStandIn.start(series(['1']), shown);
    expect((await read(serverAt(server.url, { caFile: ca }))).status).toBe('complete');
    expect((await read(serverAt(server.url), {}, ca)).status).toBe('complete');
  });

  test('any other is not, and nothing is sent to it', async () => {
    await using server = await PrometheusStandIn.start(series(['1']), shown);
    const { status, warnings } = await read(serverAt(server.url));
    expect(status).toBe('denied');
    expect(warnings[0]).toContain(
      'is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE); name its authority as caFile',
    );
    expect(server.asked).toEqual([]);
  });

  test('a certificate for another name is refused', async () => {
    await using server = await PrometheusStandIn.start(series(['1']), shown);
    const byName = server.url.replace('127.0.0.1', 'localhost');
    const { status, warnings } = await read(serverAt(byName, { caFile: ca }));
    expect([status, warnings[0]]).toEqual(['denied', expect.stringContaining('is for another name')]);
    expect(server.asked).toEqual([]);
  });

  test.each([
    ['TLSv1.2', 'denied'],
    ['TLSv1.3', 'error'],
  ] as const)('a client certificate is shown to a server that wants one in %s', async (version, status) => {
    const wanting = { requestCert: true, rejectUnauthorized: true, minVersion: version, maxVersion: version };
    await using server = await PrometheusStandIn.start(series(['1']), {
      ...shown,
      ...wanting,
      ca: authority.pem,
    });
    const shows = serverAt(server.url, { caFile: ca, clientCertificate: client });
    expect((await read(shows)).status).toBe('complete');
    const without = await read(serverAt(server.url, { caFile: ca }));
    expect(without).toMatchObject({ status, points: [] });
    expect(without.warnings[0]).toContain('it may want a client certificate');
    expect(server.asked).toHaveLength(1);
  });

  test('certificates are read at every reading, so that renewed ones are used', async () => {
    await using server = await PrometheusStandIn.start(series(['1']), shown);
    const late = join(folder, 'late.pem');
    expect((await read(serverAt(server.url, { caFile: late }))).warnings).toEqual([
      `${late} cannot be read (ENOENT)`,
    ]);
    file('late.pem', authority.pem);
    expect((await read(serverAt(server.url, { caFile: late }))).status).toBe('complete');
  });

  test.each([
    ['authorities that are none', () => ({ caFile: file('no.pem', secret) }), 'holds no PEM certificate'],
    ['a folder', () => ({ caFile: folder }), 'cannot be read (EISDIR)'],
    [
      'a huge file',
      () => ({ caFile: file('huge.pem', 'x'.repeat(2 ** 20 + 1)) }),
      'is longer than 1048576 bytes',
    ],
    [
      'a certificate that is none',
      () => ({ clientCertificate: { ...client, certFile: file('no.pem', secret) } }),
      'no.pem holds no PEM certificate',
    ],
    [
      'a key that is none',
      () => ({ clientCertificate: { ...client, keyFile: file('no.key', secret) } }),
      'no.key is not the unencrypted PEM key of',
    ],
    [
      'the key of another certificate',
      () => ({ clientCertificate: { ...client, keyFile: file('other.key', shown.key) } }),
      'other.key is not the unencrypted PEM key of',
    ],
  ])('%s is told by name', async (_name, how, message) => {
    const { status, warnings } = await read(serverAt('https://127.0.0.1:1', how()));
    expect([status, warnings]).toEqual(['denied', [expect.stringContaining(message)]]);
    expect(warnings[0]).not.toContain(secret);
  });

  test('a server that speaks plain HTTP', async () => {
    await using server = await PrometheusStandIn.start(series(['1']));
    const { status, warnings } = await read(serverAt(server.url.replace('http:', 'https:')));
    expect([status, warnings]).toEqual(['error', [expect.stringContaining('does it speak https?')]]);
  });
});
