import { describe, expect, test } from 'vitest';
import { herokuApp, type RouterGeneration } from '../../../src/lab/heroku/apps.js';
import { routerLine } from '../../../src/lab/heroku/router-line.js';
import type { ServedOutcome, ServedRequest } from '../../../src/lab/origins/served-request.js';

const startedAtMs = Date.parse('2026-11-05T12:34:56.100Z');
const requestId = 'shift-0123456789abcdef01234567';

function appWith(router: RouterGeneration = 'router-2.0') {
  return herokuApp({ name: 'my-app', createdAt: new Date(0), domains: [], router });
}

function served(change: Partial<ServedRequest> = {}): ServedRequest {
  return {
    startedAtMs,
    finishedAtMs: startedAtMs + 12.4,
    method: 'GET',
    path: '/',
    host: 'shop.example.com',
    headers: { 'x-request-id': requestId },
    clientAddress: '203.0.113.7',
    originAddress: '127.0.0.1',
    outcome: { kind: 'application', status: 200 },
    bodyBytes: 512,
    ...change,
  };
}

describe('a line of the router', () => {
  test('of Router 2.0', () => {
    expect(routerLine(served(), appWith(), 'web.1')).toBe(
      `2026-11-05T12:34:56.112000+00:00 heroku[router]: at=info method=GET path="/" host=shop.example.com request_id=${requestId} fwd="203.0.113.7" dyno=web.1 connect=0ms service=12ms status=200 bytes=512 protocol=http1.1 tls=true tls_version=tls1.3`,
    );
  });

  test('of the legacy router, which leaves the path as it was sent', () => {
    const request = served({ path: '/two%20words?a=b%22' });
    expect(routerLine(request, appWith('legacy'), 'web.2')).toMatch(
      / path="\/two%20words\?a=b%22" .* dyno=web.2 .* bytes=512 protocol=https$/,
    );
    expect(routerLine(request, appWith(), 'web.2')).toContain(' path="/two words?a=b"" ');
  });

  test('stays one line whatever the path is', () => {
    for (const path of ['/a%0Ab', '/a%0D%0a', '/%', '/%ff']) {
      expect(routerLine(served({ path }), appWith(), 'web.1')).not.toMatch(/[\r\n]/);
    }
  });

  test.each<[string, ServedOutcome, RegExp]>([
    [
      'the app crashed',
      { kind: 'platform', status: 503 },
      /: at=error code=H10 .* dyno= connect= service= status=503 bytes= /,
    ],
    [
      'no usable answer',
      { kind: 'platform', status: 502 },
      /: at=error code=H25 .* dyno=web.1 .* status=502 /,
    ],
    [
      'no answer in time',
      { kind: 'platform', status: 504 },
      /: at=error code=H12 .* service=12ms status=504 /,
    ],
    ['another certificate', { kind: 'platform', status: 495 }, /: at=error code=H32 .* dyno= .* status=495 /],
    ['the client went away', { kind: 'abandoned' }, /: sock=client at=warning code=H27 .* status=499 /],
    ['the application failed', { kind: 'application', status: 500 }, /: at=info method=.* status=500 /],
  ])('%s', (_name, outcome, expected) => {
    expect(routerLine(served({ outcome }), appWith(), 'web.1')).toMatch(expected);
  });

  test('a slow failure is a timeout and one of an app in maintenance is not the app', () => {
    const outcome = { kind: 'platform', status: 503 } as const;
    const slow = served({ outcome, finishedAtMs: startedAtMs + 30_001 });
    expect(routerLine(slow, appWith(), 'web.1')).toContain(' code=H12 ');
    const app = appWith();
    app.maintenance = true;
    expect(routerLine(served({ outcome }), app, 'web.1')).toMatch(/: at=info code=H80 /);
  });

  test.each(['short', 'x'.repeat(201), 'with blank in the middle', 'quote"0123456789012345'])(
    'an id such as %j is replaced',
    (id) => {
      expect(routerLine(served({ headers: { 'x-request-id': id } }), appWith(), 'web.1')).toMatch(
        / request_id=[0-9a-f-]{36} fwd=/,
      );
    },
  );

  test('forwarded addresses cannot close their quotes', () => {
    const headers = { 'x-forwarded-for': '198.51.100.9", status=200 "' };
    expect(routerLine(served({ headers }), appWith(), 'web.1')).toContain(
      ' fwd="198.51.100.9, status=200 , 203.0.113.7" dyno',
    );
  });
});
