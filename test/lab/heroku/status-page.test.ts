import { afterAll, beforeAll, expect, test } from 'vitest';
import { HerokuApps } from '../../../src/lab/heroku/apps.js';
import { startHerokuApi, type HerokuApi } from '../../../src/lab/heroku/platform-api.js';
import { privateAddress } from '../loopback.js';

const apps = new HerokuApps([]);
let api: HerokuApi;

beforeAll(async () => {
  api = await startHerokuApi({ apps, host: privateAddress(), port: 0, apiKey: 'lab' });
});

afterAll(() => api.close());

/** Asked as anybody may: without a key and without a version. */
async function current(): Promise<unknown> {
  const answer = await fetch(`${api.url}/api/v4/current-status`);
  expect(answer.status).toBe(200);
  return answer.json();
}

function colours(Apps: string, Data: string, Tools: string): object[] {
  return Object.entries({ Apps, Data, Tools }).map(([system, status]) => ({ system, status }));
}

test('the status page tells everybody that all is well', async () => {
  expect(await current()).toEqual({
    status: colours('green', 'green', 'green'),
    incidents: [],
    scheduled: [],
  });
});

test('an open incident colours its systems, the worse of two wins, and it ends', async () => {
  const openedAt = new Date('2026-03-01T10:00:00Z');
  apps.statusPage.open({ title: 'Routing errors', systems: { Apps: 'yellow', Tools: 'yellow' } }, openedAt);
  apps.statusPage.open({ title: 'Dynos do not start', systems: { Apps: 'red' } }, openedAt);
  expect(await current()).toMatchObject({
    status: colours('red', 'green', 'yellow'),
    incidents: [
      {
        id: 2501,
        title: 'Routing errors',
        created_at: '2026-03-01T10:00:00.000Z',
        full_url: 'https://status.heroku.com/incidents/2501',
        resolved: false,
      },
      { id: 2502, title: 'Dynos do not start' },
    ],
  });
  apps.statusPage.resolveAll();
  expect(await current()).toMatchObject({ status: colours('green', 'green', 'green'), incidents: [] });
});

test('asking it costs no request of the account', async () => {
  const left = async (): Promise<unknown> => {
    const answer = await fetch(`${api.url}/account/rate-limits`, {
      headers: { authorization: 'Bearer lab' },
    });
    return answer.json();
  };
  const before = await left();
  await current();
  expect(await left()).toEqual(before);
});
