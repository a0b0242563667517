import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { createSecureContext } from 'node:tls';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.js';
import { createStatusPage } from '../../../src/adapters/heroku/platform-status.js';
import type { ProviderFailure } from '../../../src/core/failure.js';
import type { Result } from '../../../src/core/result.js';
import type { HerokuPlatformStatus } from '../../../src/engine/inspection-ports.js';
import { createCertificateAuthority, type CertificateAuthority } from '../../../src/lab/certificates.js';
import { HerokuApps } from '../../../src/lab/heroku/apps.js';
import { startHerokuApi } from '../../../src/lab/heroku/platform-api.js';

const clock = createSystemClock();
const roots = (): never => {
  throw new Error('nobody is to be trusted over plain HTTP');
};
const never = new AbortController().signal;
const apps = { system: 'Apps', status: 'green' };

let authority: CertificateAuthority;

beforeAll(async () => {
  authority = await createCertificateAuthority();
});

type Asked = Result<HerokuPlatformStatus, ProviderFailure>;

function ask(base: string, { timeoutMs = 20_000, signal = never } = {}): Promise<Asked> {
  return createStatusPage({ base, roots, clock, timeoutMs }).current(signal);
}

async function portOf(server: Server & { closeAllConnections(): void }): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await portOf(createServer(listener))}`;
}

function serveBody(body: unknown, status = 200): Promise<string> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return serve((_request, response) => response.writeHead(status).end(text));
}

function failureOf(asked: Asked): { reason: string; message: string } {
  if (asked.ok) throw new Error('there was an answer');
  expect(asked.error).toMatchObject({ provider: 'heroku', operation: 'current-status' });
  return asked.error;
}

describe('over the status page of the lab', () => {
  test('all is green, until an incident is open, and when it is resolved', async () => {
    const platform = new HerokuApps([]);
    await using api = await startHerokuApi({ apps: platform, host: '127.0.0.1', port: 0, apiKey: 'lab' });
    const systems = (colour: string): object[] => [
      { name: 'Apps', status: colour },
      { name: 'Data', status: 'green' },
      { name: 'Tools', status: 'green' },
    ];
    expect(await ask(api.url)).toEqual({ ok: true, value: { systems: systems('green'), incidents: [] } });
    platform.statusPage.open({ title: 'Routing errors in the EU', systems: { Apps: 'red' } });
    const incident = {
      title: 'Routing errors in the EU',
      url: 'https://status.heroku.com/incidents/2501',
    };
    expect(await ask(api.url)).toEqual({
      ok: true,
      value: { systems: systems('red'), incidents: [incident] },
    });
    platform.statusPage.resolveAll();
    expect(await ask(`${api.url}/`)).toEqual({
      ok: true,
      value: { systems: systems('green'), incidents: [] },
    });
  });
});

test('the question names no one, and goes below a path that the base has', async () => {
  let seen: unknown;
  const url = await serve(({ url: path, headers }, response) => {
    seen = [path, headers.authorization, headers['user-agent']];
    response.end(JSON.stringify({ status: [apps], incidents: [] }));
  });
  expect((await ask(`${url}/mirror/`)).ok).toBe(true);
  expect(seen).toEqual(['/mirror/api/v4/current-status', undefined, 'shift']);
});

test('an encrypted page is believed only with a certificate of a trusted authority', async () => {
  const { certificatePem: cert, privateKeyPem: key } = await authority.issue(['localhost']);
  const server = createTlsServer({ cert, key }, (_request, response) =>
    response.end(JSON.stringify({ status: [apps], incidents: [] })),
  );
  const base = `https://localhost:${await portOf(server)}`;
  const trusting = (ca: readonly string[]): Promise<Asked> =>
    createStatusPage({
      base,
      clock,
      roots: () => createSecureContext({ ca: [...ca] }),
      timeoutMs: 20_000,
    }).current(never);
  expect((await trusting([authority.certificatePem])).ok).toBe(true);
  const other = await createCertificateAuthority();
  expect(failureOf(await trusting([other.certificatePem]))).toMatchObject({
    reason: 'denied',
    message: expect.stringContaining('is not trusted') as string,
  });
});

describe('what an incident says', () => {
  async function incidents(...given: unknown[]): Promise<readonly unknown[]> {
    const asked = await ask(await serveBody({ status: [apps], incidents: given }));
    if (!asked.ok) throw new Error(asked.error.message);
    return asked.value.incidents;
  }

  test('is fit for a terminal and short', async () => {
    const [found] = await incidents({
      title: `\u001b[2J\u202eDown\n${'x'.repeat(5_000)}`,
      full_url: 'https://a.b/1',
    });
    expect(found).toMatchObject({
      url: 'https://a.b/1',
      title: expect.stringMatching(/^Down x+…$/) as string,
    });
    expect((found as { title: string }).title).toHaveLength(120);
  });

  test.each([
    'javascript:alert(1)',
    'http://status.heroku.com/1',
    'https://status.heroku.com@evil.example/1',
    `https://status.heroku.com/${'x'.repeat(200)}`,
    `https://status.heroku.com/${'\u00e4'.repeat(60)}`,
    7,
    undefined,
  ])('leaves out the address %j', async (address) => {
    expect(await incidents({ title: 'Down', full_url: address })).toEqual([{ title: 'Down', url: null }]);
  });

  test('counts without a title, and not once it is resolved', async () => {
    expect(
      await incidents({}, { title: 'Over', resolved: true }, { title: 'Over', state: 'resolved' }),
    ).toEqual([{ title: 'an incident without a title', url: null }]);
  });
});

describe('no good answer is made of', () => {
  test.each([
    ['something that is not JSON', '<html>green</html>'],
    ['nothing', ''],
    ['JSON of another kind', [1, 2]],
    ['null', 'null'],
    ['a status without systems', { status: [], incidents: [] }],
    ['a status that leaves out the apps', { status: [{ system: 'Tools', status: 'green' }], incidents: [] }],
    ['a system without a status', { status: [apps, { system: 'Data' }], incidents: [] }],
    ['no list of incidents', { status: [apps] }],
    ['endless lists', { status: [apps], incidents: Array.from({ length: 51 }, () => ({ title: 'x' })) }],
  ])('%s', async (_what, body) => {
    expect(failureOf(await ask(await serveBody(body)))).toMatchObject({
      reason: 'unknown',
      message: expect.stringContaining("something that is not Heroku's status") as string,
    });
  });

  test.each([204, 404, 500, 503])('a status of %i', async (status) => {
    const body = status === 204 ? '' : { status: [apps], incidents: [] };
    expect(failureOf(await ask(await serveBody(body, status)))).toMatchObject({
      reason: 'unavailable',
      message: expect.stringContaining(`answered ${status}, not 200`) as string,
    });
  });

  test('a redirect, which is not followed', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve(({ url: path }, response) => {
      asked.push(path);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(failureOf(await ask(url)).message).toContain('answered 302');
    expect(asked).toEqual(['/api/v4/current-status']);
  });

  test('a gigabyte, which is not read to its end', async () => {
    const chunk = Buffer.alloc(64 * 1024, ' ');
    const total = 1024 ** 3;
    let written = 0;
    const url = await serve((_request, response) => {
      const more = (): void => {
        while (written < total && !response.destroyed) {
          written += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    expect(failureOf(await ask(url))).toMatchObject({
      reason: 'unknown',
      message: expect.stringContaining('more than 262144 bytes') as string,
    });
    expect(written).toBeLessThan(total / 10);
  });

  test('silence, before the headers and after them', async () => {
    const silent = await serve(() => undefined);
    const halting = await serve((_request, response) => void response.write('{"status":'));
    for (const url of [silent, halting]) {
      expect(failureOf(await ask(url, { timeoutMs: 200 }))).toMatchObject({
        reason: 'timeout',
        message: expect.stringContaining('did not answer within 200ms') as string,
      });
    }
  });

  test('a server that hangs up, or is not there', async () => {
    const url = await serve(({ socket }) => void socket.destroy());
    expect(failureOf(await ask(url)).reason).toBe('unavailable');
    expect(failureOf(await ask('http://127.0.0.1:9')).reason).toBe('unavailable');
  });

  test('a question that its caller takes back', async () => {
    const url = await serve(() => undefined);
    expect(failureOf(await ask(url, { signal: AbortSignal.timeout(100) })).message).toContain(
      'was ended before',
    );
  });
});
