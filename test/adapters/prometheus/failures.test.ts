import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { MetricSeries } from '../../../src/core/metric/metric-series.js';
import {
  failure,
  json,
  never,
  now,
  PrometheusStandIn,
  query,
  serverAt,
  series,
  source,
  window,
  type Answer,
} from './prometheus-server.js';

async function read(answer: Answer, signal = never, timeoutMs = 5_000): Promise<MetricSeries> {
  await using server = await PrometheusStandIn.start(answer);
  const [only] = await source({}, { timeoutMs }).read([query(serverAt(server.url))], window, signal);
  return only!;
}

/** A server that answers a connection with bytes of its own. */
async function readRaw(behave: (socket: Socket) => void): Promise<MetricSeries> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const [only] = await source().read([query(serverAt(`http://127.0.0.1:${port}`))], window, never);
    return only!;
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

function page(status: number, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers });
    response.end('<!doctype html><title>Sign in</title>');
  };
}

const silent: Answer = () => undefined;
const cut: Answer = (response) => response.end('{"status":"succ');

describe('an answer that is none', () => {
  test.each([
    ['400', failure(400, 'bad_data', 'parse error'), 'error', 'answered 400: bad_data, parse error'],
    ['422', failure(422, 'execution', 'too many samples'), 'error', '422: execution, too many samples'],
    ['503', failure(503, 'timeout', 'query timed out'), 'error', 'answered 503: timeout, query timed out'],
    ['500 of a proxy', page(500), 'error', 'answered 500'],
    ['404', page(404), 'error', 'is its path right?'],
    ['405', page(405), 'error', 'allow POST?'],
    ['429', json({}, 429), 'error', 'answered 429'],
    ['204', json({}, 204), 'error', 'answered 204'],
    ['401', json({}, 401), 'denied', 'refused access (401); check the credentials'],
    ['403', failure(403, 'forbidden', 'no such tenant'), 'denied', '(403): forbidden, no such tenant'],
    ['200 with a page', page(200), 'error', 'not JSON (a web page, perhaps to log in): <!doctype html>'],
    ['JSON cut short', cut, 'error', 'not JSON (no content type)'],
  ] as const)('%s', async (_name, answer, status, message) => {
    const read_ = await read(answer);
    expect(read_).toMatchObject({ status, points: [], settledTo: now - 30_000 });
    expect(read_.warnings).toEqual([expect.stringContaining(message)]);
  });

  test('a redirect is not followed, and the place it names is told without what may be a ticket', async () => {
    await using elsewhere = await PrometheusStandIn.start(series(['1']));
    const location = `${elsewhere.url}/login?ticket=s3cret#top`;
    const { status, warnings } = await read(page(302, { location }));
    expect(status).toBe('error');
    expect(warnings[0]).toContain(`a redirect to ${elsewhere.url}/login;`);
    expect(warnings[0]).not.toContain('s3cret');
    expect(elsewhere.asked).toEqual([]);
  });

  test('a redirect to nowhere', async () => {
    expect((await read(page(308))).warnings[0]).toContain('answered 308, a redirect to nowhere');
  });

  test('escape sequences in a message do not come through', async () => {
    const { warnings } = await read(failure(400, 'bad\u001b[2J_data', 'no\u202e\u0007 way'));
    expect(warnings[0]).toContain(': bad_data, no way');
  });
});

describe('no answer', () => {
  test('a port where nobody listens', async () => {
    const server = await PrometheusStandIn.start(silent);
    await server[Symbol.asyncDispose]();
    const [only] = await source().read([query(serverAt(server.url))], window, never);
    expect(only).toMatchObject({ status: 'error', warnings: [`${server.url} refused the connection`] });
  });

  test('silence ends at the deadline', async () => {
    const { status, warnings } = await read(silent, never, 150);
    expect([status, warnings[0]]).toEqual(['error', expect.stringContaining('did not answer within 150ms')]);
  });

  test('a body that drips ends at the same deadline', async () => {
    const { warnings } = await read(
      (response) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
      never,
      150,
    );
    expect(warnings[0]).toContain('did not answer within 150ms');
  });

  test('the caller ends a reading under way', async () => {
    const controller = new AbortController();
    const { status, warnings } = await read(() => controller.abort(), controller.signal);
    expect([status, warnings[0]]).toEqual(['error', expect.stringContaining('was ended before')]);
  });

  test('a signal that has aborted before asks nothing', async () => {
    await using server = await PrometheusStandIn.start(series(['1']));
    const [only] = await source().read([query(serverAt(server.url))], window, AbortSignal.abort());
    expect(only?.status).toBe('error');
    expect(server.asked).toEqual([]);
  });

  test('a connection that ends in the middle of the body', async () => {
    const { status, warnings } = await read((response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{');
      setTimeout(() => response.destroy(), 20);
    });
    expect([status, warnings[0]]).toEqual(['error', expect.stringContaining('the connection to')]);
  });

  test('a connection that ends without an answer is not tried again', async () => {
    let connections = 0;
    const { status } = await readRaw((socket) => {
      connections += 1;
      socket.once('data', () => socket.destroy());
    });
    expect([status, connections]).toEqual(['error', 1]);
  });

  test('something that is not HTTP', async () => {
    const { warnings } = await readRaw((socket) => socket.end('220 mail.example.com ESMTP\r\n'));
    expect(warnings[0]).toContain('something that is not HTTP');
  });

  test('a name that does not exist', async () => {
    const [only] = await source().read([query(serverAt('https://nowhere.invalid'))], window, never);
    expect(only?.status).toBe('error');
    expect(only?.warnings[0]).toMatch(/nowhere\.invalid (could not be resolved|failed)/);
  });
});
