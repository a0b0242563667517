import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createHeroku } from '../../../src/adapters/heroku/heroku.js';
import type { HerokuApi } from '../../../src/engine/ports.js';
import { lookAtHeroku } from '../../../src/engine/preflight/heroku-checks.js';
import type { PreflightPorts } from '../../../src/engine/preflight/look.js';
import type { MigrationPlan } from '../../../src/core/plan.js';
import { createCertificateAuthority, type ServerCertificate } from '../../../src/lab/certificates.js';
import { HerokuApps, herokuApp, type HerokuApp } from '../../../src/lab/heroku/apps.js';
import { startHerokuApi, type HerokuApi as Platform } from '../../../src/lab/heroku/platform-api.js';
import { herokuTarget, www, World } from '../world.js';

let certificate: ServerCertificate;
let app: HerokuApp;
let apps: HerokuApps;
let platform: Platform;
let heroku: HerokuApi;
let plan: MigrationPlan;

beforeAll(async () => {
  certificate = await (await createCertificateAuthority()).issue(['www.example.com']);
  plan = await new World().plan();
});
beforeEach(async () => {
  app = herokuApp({
    name: 'my-app',
    createdAt: new Date('2026-01-01T00:00:00Z'),
    domains: [{ hostname: 'www.example.com', cname: herokuTarget.slice(0, -1), certificate }],
  });
  apps = new HerokuApps([app]);
  platform = await startHerokuApi({ apps, host: '127.0.0.1', port: 0, apiKey: 'lab' });
  heroku = await createHeroku({ host: platform.url, token: 'lab', deadlineMs: 5_000 });
  return () => platform.close();
});

/** `verdict: fact` of every check, and the first fix. */
async function checks(direction: 'from' | 'to' = 'from'): Promise<readonly string[]> {
  const [host] = plan.hosts;
  if (host === undefined) throw new Error('no host');
  const turned = { ...host, source: host.target, target: host.source };
  const asked = { ...plan, hosts: [direction === 'from' ? host : turned] };
  const ports = { heroku: () => Promise.resolve(heroku) } as unknown as PreflightPorts;
  const found = await lookAtHeroku(ports, asked, new AbortController().signal);
  return found.map(({ verdict, fact, fix }) => `${verdict}: ${fact}${fix === null ? '' : ` -> ${fix}`}`);
}

test('an app that is fit says what was seen of it in one line', async () => {
  const [only, ...others] = await checks();
  expect(others).toEqual([]);
  expect(only).toMatch(
    /^ok: source heroku:my-app: www\.example\.com has SNI endpoint \S+ with a certificate until \d{4}-\d\d-\d\d; 2 of 2 Standard-1X dynos up; not in maintenance$/,
  );
});

describe('a start is refused', () => {
  test('while the app is in maintenance mode', async () => {
    app.maintenance = true;
    expect(await checks()).toEqual([
      'refused: source heroku:my-app: the app is in maintenance mode, and its router answers 503 to everything -> heroku maintenance:off -a my-app',
    ]);
  });

  test('when the app has no domain for the host', async () => {
    app.domains = [];
    expect(await checks()).toEqual([
      'refused: source heroku:my-app: the app has no domain www.example.com -> heroku domains:add www.example.com -a my-app',
    ]);
  });

  test('when the domain has no SNI endpoint', async () => {
    app.domains = app.domains.map((domain) => ({ ...domain, sniEndpoint: undefined }));
    expect((await checks())[0]).toMatch(/^refused: .*www\.example\.com has no SNI endpoint/);
  });

  test('when it is scaled to nothing, or no web dyno is up', async () => {
    app.dynoState = 'crashed';
    expect((await checks())[0]).toMatch(/^refused: .*no web dyno is up \(web\.1 crashed, web\.2 crashed\)/);
    app.webDynos = 0;
    expect((await checks())[0]).toMatch(
      /^refused: .*scaled to 0 web dynos -> heroku ps:scale web=1 -a my-app/,
    );
  });

  test.each(['Eco', 'Basic'])('when everything is to go to a dyno of type %s', async (size) => {
    app.dynoSize = size;
    app.webDynos = 1;
    expect((await checks('to'))[0]).toMatch(
      /^refused: target heroku:my-app: its web dynos are \w+, which cannot bear a share of 100%/,
    );
    expect((await checks('from'))[0]).toMatch(/^ok: /);
  });

  test('when Heroku knows no such app', async () => {
    apps.destroy(app);
    expect((await checks())[0]).toMatch(/^refused: .*the app my-app does not exist/);
  });
});

describe('a start is warned of', () => {
  test.each(['failing', 'failed'])('certificate management that is %s', async (status) => {
    app.acm = { status, reason: 'Unable to resolve DNS for www.example.com' };
    expect((await checks())[0]).toMatch(
      new RegExp(`^warning: .*Management is ${status} for www\\.example\\.com \\(Unable to resolve DNS`),
    );
  });

  test('a DNS target that is not what the record points at', async () => {
    app.domains = app.domains.map((domain) => ({ ...domain, cname: 'other-1.herokudns.com' }));
    expect((await checks())[0]).toMatch(
      /^warning: .*DNS target for www\.example\.com is other-1\.herokudns\.com, not sleepy-otter/,
    );
  });

  test('a Heroku that cannot be asked, which is never taken for a good answer', async () => {
    await platform.close();
    expect((await checks())[0]).toMatch(/^warning: .*Heroku could not be asked: Heroku cannot be reached/);
  });
});

test('the facts carry what a renamed app is still known by', async () => {
  app.name = 'my-shop';
  const never = new AbortController().signal;
  expect(await heroku.facts('my-app', www, never)).toMatchObject({ error: { reason: 'not-found' } });
  expect(await heroku.facts(app.id, www, never)).toMatchObject({
    value: {
      id: app.id,
      name: 'my-shop',
      domain: { cname: herokuTarget.slice(0, -1) },
      web: { quantity: 2 },
    },
  });
});

test('hosts of one app that are asked about together cost five requests, not five each', async () => {
  const never = new AbortController().signal;
  const left = async (): Promise<number> => {
    const answer = await fetch(`${platform.url}/account/rate-limits`, {
      headers: { authorization: 'Bearer lab', accept: 'application/vnd.heroku+json; version=3' },
    });
    return ((await answer.json()) as { remaining: number }).remaining;
  };
  const before = await left();
  await Promise.all(Array.from({ length: 10 }, () => heroku.facts('my-app', www, never)));
  expect(before - (await left())).toBe(5);
});
