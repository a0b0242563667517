import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateAuthority, type ServerCertificate } from '../../../src/lab/certificates.js';
import { herokuApp, HerokuApps, herokuDnsTarget } from '../../../src/lab/heroku/apps.js';
import { startHerokuApi, type HerokuApi } from '../../../src/lab/heroku/platform-api.js';
import { seededRandom } from '../../../src/lab/random.js';
import { privateAddress } from '../loopback.js';

interface Client {
  get(path: string, options?: object): Promise<unknown>;
  patch(path: string, options?: object): Promise<unknown>;
}
const Heroku = createRequire(import.meta.url)('heroku-client') as new (options: object) => Client;

const host = 'www.example.com';
const cname = 'sleepy-otter-0a1b2c3d4e.herokudns.com';
const accept = 'application/vnd.heroku+json; version=3';

let certificate: ServerCertificate;
let apps: HerokuApps;
let api: HerokuApi;
let client: Client;

beforeAll(async () => {
  certificate = await (await createCertificateAuthority()).issue([host]);
  const domains = [
    { hostname: host, cname, certificate },
    { hostname: 'bare.example.com', cname: 'quiet-newt-1.herokudns.com', certificate: undefined },
  ];
  apps = new HerokuApps([
    herokuApp({ name: 'my-app', createdAt: new Date('2026-01-05T08:00:00.500Z'), domains }),
  ]);
  api = await startHerokuApi({ apps, host: privateAddress(), port: 0, apiKey: 'lab' });
  client = new Heroku({ host: api.url, token: 'lab' });
});

afterAll(async () => {
  await api.close();
});

function fetchApi(path: string, options: { method?: string; headers?: object; body?: string } = {}) {
  return fetch(`${api.url}${path}`, {
    ...options,
    headers: { accept, authorization: 'Bearer lab', ...options.headers },
  });
}

describe('with heroku-client', () => {
  test('reads an app by name and by id', async () => {
    const app = (await client.get('/apps/my-app')) as { id: string };
    expect(app).toMatchObject({
      name: 'my-app',
      maintenance: false,
      acm: false,
      created_at: '2026-01-05T08:00:00Z',
      generation: { name: 'cedar' },
      archived_at: null,
    });
    expect(await client.get(`/apps/${app.id}`)).toEqual(app);
  });

  test('reads the domains, one of them by its name, with the DNS target', async () => {
    const domains = (await client.get('/apps/my-app/domains')) as {
      hostname: string;
      id: string;
      kind: string;
    }[];
    expect(domains.map((domain) => domain.kind).sort()).toEqual(['custom', 'custom', 'heroku']);
    const domain = (await client.get(`/apps/my-app/domains/${host}`)) as {
      id: string;
      sni_endpoint: { id: string };
    };
    expect(domain).toMatchObject({ hostname: host, cname, status: 'succeeded', kind: 'custom' });
    expect(domains).toContainEqual(domain);
    const endpoints = (await client.get('/apps/my-app/sni-endpoints')) as { id: string }[];
    expect(endpoints).toEqual([
      expect.objectContaining({ id: domain.sni_endpoint.id, domains: [domain.id] }) as unknown,
    ]);
    expect(endpoints[0]).toMatchObject({
      ssl_cert: {
        cert_domains: [host],
        expires_at: certificate.notAfter.toISOString().replace(/\.\d+Z/, 'Z'),
      },
    });
  });

  test('reads formation, dynos and account', async () => {
    expect(await client.get('/apps/my-app/formation')).toMatchObject([{ type: 'web', quantity: 2 }]);
    expect(await client.get('/apps/my-app/dynos')).toMatchObject([
      { state: 'up', release: { version: 12 } },
      { state: 'up', release: { version: 12 } },
    ]);
    expect(await client.get('/account')).toMatchObject({ email: 'lab@example.com' });
  });

  test('walks the pages of the releases, and stops after one when asked to', async () => {
    const headers = { Range: 'version ..; order=desc,max=5' };
    const all = (await client.get('/apps/my-app/releases', { headers })) as { version: number }[];
    expect(all.map((release) => release.version)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    const first = (await client.get('/apps/my-app/releases', { headers, partial: true })) as object[];
    expect(first).toHaveLength(5);
    expect(first[0]).toMatchObject({ version: 12, current: true, status: 'succeeded' });
    expect(first[1]).toMatchObject({ version: 11, current: false });
  });

  test('switches maintenance on, which the router sees, and off', async () => {
    expect(await client.patch('/apps/my-app', { body: { maintenance: true } })).toMatchObject({
      maintenance: true,
    });
    expect(apps.route(host)?.maintenance).toBe(true);
    await client.patch('/apps/my-app', { body: { maintenance: false } });
    expect(apps.route(host)?.maintenance).toBe(false);
  });

  test('errors carry status and body, headers are there for the middleware', async () => {
    let seen: IncomingMessage | undefined;
    const watching = new Heroku({
      host: api.url,
      token: 'lab',
      middleware: (response: IncomingMessage, next: () => void) => {
        seen = response;
        next();
      },
    });
    await expect(watching.get('/apps/nothing')).rejects.toMatchObject({
      statusCode: 404,
      body: { resource: 'app', id: 'not_found', message: "Couldn't find that app." },
    });
    expect(Number(seen?.headers['ratelimit-remaining'])).toBeGreaterThan(4_000);
    expect(seen?.headers['request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a wrong key, and no key at all, are unauthorized', async () => {
    for (const options of [{ token: 'wrong' }, {}]) {
      await expect(new Heroku({ host: api.url, ...options }).get('/apps/my-app')).rejects.toMatchObject({
        statusCode: 401,
        body: { id: 'unauthorized', message: 'Invalid credentials provided.' },
      });
    }
  });
});

describe('with plain requests', () => {
  test.each([
    ['Bearer', 'Bearer lab', 200],
    ['Basic with an empty user', `Basic ${btoa(':lab')}`, 200],
    ['Basic with a user', `Basic ${btoa('me@example.com:lab')}`, 200],
    ['Basic with the key as user', `Basic ${btoa('lab:')}`, 401],
    ['another scheme', 'Digest lab', 401],
  ])('%s', async (_, authorization, status) => {
    expect((await fetchApi('/account', { headers: { authorization } })).status).toBe(status);
  });

  test('the version must be asked for; the one of the official CLI will do', async () => {
    const missing = await fetchApi('/account', { headers: { accept: '*/*' } });
    expect([missing.status, await missing.json()]).toEqual([
      400,
      expect.objectContaining({ id: 'missing_version' }),
    ]);
    expect((await fetchApi('/account', { headers: { accept: `${accept}.sdk` } })).status).toBe(200);
  });

  test('a page that is not the last is a 206 with Next-Range', async () => {
    const answer = await fetchApi('/apps/my-app/releases', { headers: { range: 'version ..; max=10' } });
    expect(answer.status).toBe(206);
    expect(answer.headers.get('next-range')).toBe('version ]10..; max=10');
    const rest = await fetchApi('/apps/my-app/releases', { headers: { range: 'version ]10..; max=10' } });
    expect([rest.status, ((await rest.json()) as unknown[]).length]).toEqual([200, 2]);
  });

  test('asking for the rate limit is free, everything else is not', async () => {
    const remaining = async (): Promise<number> =>
      ((await (await fetchApi('/account/rate-limits')).json()) as { remaining: number }).remaining;
    const before = await remaining();
    expect(await remaining()).toBe(before);
    await fetchApi('/account');
    await fetchApi('/account');
    expect(await remaining()).toBe(before - 2);
  });

  test.each([
    ['GET', '/apps/my-app/domains/other.example.com', undefined, 404, 'not_found'],
    ['GET', '/apps/my-app/nothing', undefined, 404, 'not_found'],
    ['DELETE', '/apps/my-app', undefined, 404, 'not_found'],
    ['PATCH', '/apps/my-app', '{"maintenance":"yes"}', 422, 'invalid_params'],
    ['PATCH', '/apps/my-app', '{"name":"other"}', 422, 'invalid_params'],
    ['PATCH', '/apps/my-app', '{"maintenance":', 400, 'bad_request'],
    ['PATCH', '/apps/my-app', `{"maintenance":"${'x'.repeat(70_000)}"}`, 413, 'bad_request'],
  ])('%s %s %s is refused', async (method, path, body, status, id) => {
    const answer = await fetchApi(path, { method, ...(body === undefined ? {} : { body }) });
    expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ id })]);
  });
});

test('the router knows only domains with an SNI endpoint', () => {
  expect(apps.route(host)).toMatchObject({ deployment: 'my-app', maintenance: false, certificate });
  expect(apps.route('bare.example.com')).toBeUndefined();
  expect(apps.route('other.example.com')).toBeUndefined();
});

test('DNS targets look like those of Heroku and depend on the seed alone', () => {
  expect(herokuDnsTarget(seededRandom('1'))).toMatch(/^[a-z]+-[a-z]+-[0-9a-f]{10}\.herokudns\.com$/);
  expect(herokuDnsTarget(seededRandom('1'))).toBe(herokuDnsTarget(seededRandom('1')));
  expect(herokuDnsTarget(seededRandom('1'))).not.toBe(herokuDnsTarget(seededRandom('2')));
});
