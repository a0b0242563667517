import { expect, test } from 'vitest';
import { createHeroku } from '../../../src/adapters/heroku/heroku.js';
import { recordName, type RecordName } from '../../../src/core/record-name.js';
import { HerokuApps, herokuApp } from '../../../src/lab/heroku/apps.js';
import { startHerokuApi } from '../../../src/lab/heroku/platform-api.js';

const never = new AbortController().signal;
const app = herokuApp({
  name: 'my-app',
  createdAt: new Date('2026-01-01T00:00:00Z'),
  domains: [{ hostname: 'www.example.com', cname: 'calm-river.herokudns.com', certificate: undefined }],
});

test("the lab's Platform API gives the DNS target, and its refusals are told apart", async () => {
  const apps = new HerokuApps([app]);
  await using api = await startHerokuApi({ apps, host: '127.0.0.1', port: 0, apiKey: 'lab' });
  const heroku = await createHeroku({ host: api.url, token: 'lab', deadlineMs: 5000 });
  expect(await heroku.domain('my-app', name('www.example.com'), never)).toMatchObject({
    value: { hostname: 'www.example.com', cname: 'calm-river.herokudns.com' },
  });
  expect(await heroku.domain('my-app', name('other.example.com'), never)).toMatchObject({
    error: { reason: 'not-found', message: expect.stringContaining('has no domain') as string },
  });
  expect(await heroku.domain('no-app', name('www.example.com'), never)).toMatchObject({
    error: { reason: 'not-found', message: expect.stringContaining('the app no-app does not') as string },
  });
  const stranger = await createHeroku({ host: api.url, token: 'other', deadlineMs: 5000 });
  expect(await stranger.domain('my-app', name('www.example.com'), never)).toMatchObject({
    error: { reason: 'denied' },
  });
});

function name(text: string): RecordName {
  const parsed = recordName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
