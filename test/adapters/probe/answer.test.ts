import { expect, test } from 'vitest';
import { httpsSide, probe, rawAnswer, type Answer } from './side.js';

const herokuPage = (page: string): string =>
  `<!DOCTYPE html>\n<html><body>\n<iframe src="//www.herokucdn.com/error-pages/${page}.html"></iframe></body></html>`;

test('another status than expected is a failure', async () => {
  await using side = await httpsSide((_, response) => response.writeHead(503).end('down'));
  const outcome = await probe(side.port, { expect: { status: [200, 204] } });
  expect(outcome).toMatchObject({ result: 'failed', because: '503, expected 200 or 204', status: 503 });
  expect(outcome.latencyMs).toBeGreaterThan(0);
});

test.each(['http://www.example.com/health', 'https://my-alb-1.eu-west-1.elb.amazonaws.com/health'])(
  'fault 53: a redirect to %s is a failure that shows it, and is not followed',
  async (location) => {
    let requests = 0;
    await using side = await httpsSide((_, response) => {
      requests += 1;
      response.writeHead(301, { location }).end();
    });
    expect(await probe(side.port)).toMatchObject({
      result: 'failed',
      because: `301 redirects to ${location}, expected 200`,
    });
    expect(await probe(side.port, { expect: { status: [200, 301] } })).toMatchObject({ result: 'ok' });
    expect(requests).toBe(2);
  },
);

test('fault 51: headers that trickle in are cut off at the deadline', async () => {
  await using side = await httpsSide((request) => {
    request.socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => request.socket.write('x-slow: 1\r\n'), 20);
    request.socket.on('close', () => clearInterval(timer));
  });
  const start = Date.now();
  expect(await probe(side.port, { request: { timeoutMs: 200 } })).toMatchObject({
    result: 'failed',
    because: 'no answer within 200ms',
    latencyMs: null,
  });
  expect(Date.now() - start).toBeLessThan(700);
});

test('fault 51: a body that trickles in is cut off at the deadline', async () => {
  await using side = await httpsSide((_, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(timer));
  });
  const start = Date.now();
  const outcome = await probe(side.port, { request: { timeoutMs: 200 } });
  expect(outcome).toMatchObject({ result: 'failed', status: 200 });
  expect(outcome.because).toMatch(/^200, but only \d+ bytes of the body within 200ms$/);
  expect(Date.now() - start).toBeLessThan(700);
});

test('fault 51: of a body of a gigabyte only the beginning is read', async () => {
  let sentBytes = 0;
  const serve: Answer = (_, response) => {
    response.writeHead(200, { 'content-length': String(1024 ** 3) });
    response.write('ready ');
    const chunk = Buffer.alloc(256 * 1024, 'x');
    const more = (): void => {
      if (response.destroyed) return;
      sentBytes += chunk.length;
      if (response.write(chunk)) setImmediate(more);
      else response.once('drain', more);
    };
    more();
  };
  await using side = await httpsSide(serve);
  expect(await probe(side.port, { expect: { body: 'ready' } })).toMatchObject({ result: 'ok' });
  expect(await probe(side.port, { expect: { body: 'done' } })).toMatchObject({
    result: 'failed',
    because: '200, but the body does not contain "done" in its first 64 KiB',
  });
  expect(await probe(side.port, { expect: { json: { '/status': 'ok' } } })).toMatchObject({
    result: 'failed',
    because: '200, but the body is longer than 64 KiB, too long to be judged as JSON',
  });
  // What the sockets of both ends can hold beside what was read.
  expect(sentBytes).toBeLessThan(32 * 1024 ** 2);
});

test.each([64 * 1024, 64 * 1024 + 1])('a body of %d bytes is judged on its first 64 KiB', async (size) => {
  await using side = await httpsSide((_, response) => response.end('x'.repeat(size - 1) + 'y'));
  const whole = size === 64 * 1024;
  expect(await probe(side.port, { expect: { body: 'y' } })).toMatchObject({
    result: whole ? 'ok' : 'failed',
  });
});

test('fault 52: a page that does not say what it should is a failure although its status is 200', async () => {
  await using side = await httpsSide((_, response) => response.end('<h1>Something went wrong</h1>'));
  expect(await probe(side.port, { expect: { body: 'Welcome' } })).toMatchObject({
    result: 'failed',
    because: '200, but the body does not contain "Welcome"',
  });
  expect(await probe(side.port, { expect: { body: 'went wrong' } })).toMatchObject({ result: 'ok' });
});

test('fault 52: a JSON body must have the expected values', async () => {
  const body = { status: 'degraded', checks: [{ up: true, name: null, count: 2 }] };
  await using side = await httpsSide((_, response) => response.end(JSON.stringify(body)));
  const outcome = async (json: Record<string, string | number | boolean | null>): Promise<string> =>
    (await probe(side.port, { expect: { json } })).because;
  expect(await outcome({ '/checks/0/up': true, '/checks/0/name': null, '/checks/0/count': 2 })).toMatch(
    /^200 in/,
  );
  expect(await outcome({ '/status': 'ok' })).toBe('200, but /status is "degraded", expected "ok"');
  expect(await outcome({ '/checks/0/count': '2' })).toBe('200, but /checks/0/count is 2, expected "2"');
  expect(await outcome({ '/checks/1/up': true })).toBe('200, but /checks/1/up is missing, expected true');
});

test('a body that is not JSON does not have the expected values', async () => {
  await using side = await httpsSide((_, response) => response.end('<html>'));
  expect(await probe(side.port, { expect: { json: { '': 'ok' } } })).toMatchObject({
    result: 'failed',
    because: '200, but the body is not JSON',
  });
});

test.each([
  [404, 'no-such-app', 'Heroku\'s "No such app" page: no app there has the domain www.example.com'],
  [503, 'application-error', 'Heroku\'s "Application error" page: the app crashed or did not answer'],
  [503, 'maintenance-mode', "Heroku's maintenance page: the app is in maintenance mode"],
  [495, 'ssl-cert-error', 'Heroku\'s "SSL certificate error" page: no certificate there covers'],
  [500, 'constructor', 'Heroku\'s page "constructor"'],
])('%d with the page %s is a failure even where the status is accepted', async (status, page, expected) => {
  await using side = await httpsSide((_, response) => response.writeHead(status).end(herokuPage(page)));
  const outcome = await probe(side.port, { expect: { status: [status] } });
  expect(outcome.result).toBe('failed');
  expect(outcome.because).toContain(`${status} with ${expected}`);
});

test('a page that only mentions such a page is not one', async () => {
  const text = 'see https://www.herokucdn.com/error-pages/no-such-app.html';
  await using side = await httpsSide((_, response) => response.end(text));
  expect(await probe(side.port)).toMatchObject({ result: 'ok' });
});

test('nothing a side answers can reach the terminal as anything but text', async () => {
  await using redirecting = await rawAnswer(
    Buffer.from('HTTP/1.1 302 Found\r\nlocation: /\u009b2J\u0085next\r\ncontent-length: 0\r\n\r\n', 'latin1'),
  );
  expect(await probe(redirecting.port)).toMatchObject({ because: '302 redirects to / next, expected 200' });

  await using escaping = await rawAnswer(
    'HTTP/1.1 302 Found\r\nlocation: /\u001b[2J\r\ncontent-length: 0\r\n\r\n',
  );
  const escaped = await probe(escaping.port);
  expect(escaped.result).toBe('failed');
  expect(escaped.because).not.toContain('\u001b');

  const hostile = { status: '\u001b[31mok\u202e\u0000' };
  await using answering = await httpsSide((_, response) => response.end(JSON.stringify(hostile)));
  const { because } = await probe(answering.port, { expect: { json: { '/status': 'ok' } } });
  expect(because).toMatch(/^200, but \/status is ".*ok.*", expected "ok"$/);
  expect(because).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test('a long answer makes no long sentence', async () => {
  await using side = await httpsSide((_, response) => response.end(JSON.stringify('x'.repeat(60_000))));
  const { because } = await probe(side.port, { expect: { json: { '': 'ok' } } });
  expect(because.length).toBeLessThanOrEqual(240);
});
