import { describe, expect, test } from 'vitest';
import type { MetricSeries } from '../../../src/core/metric/metric-series.js';
import { instant, millis } from '../../../src/core/time.js';
import {
  bucketMs,
  json,
  matrix,
  never,
  now,
  PrometheusStandIn,
  query,
  serverAt,
  series,
  source,
  start,
  window,
  type Answer,
} from './prometheus-server.js';

/** One reading of one query against a server that answers like this. */
async function read(answer: Answer, unit: 'count' | 'number' = 'count'): Promise<MetricSeries> {
  await using server = await PrometheusStandIn.start(answer);
  const [only] = await source().read([query(serverAt(server.url), undefined, { unit })], window, never);
  return only!;
}

describe('a reading', () => {
  test('asks once for the end of every bucket, looking back over the bucket', async () => {
    await using server = await PrometheusStandIn.start(series(['1', '2', '3', '4', '5']));
    const [read] = await source().read([query(serverAt(`${server.url}/prom/`))], window, never);
    expect(server.asked).toHaveLength(1);
    const [asked] = server.asked;
    expect(asked).toMatchObject({ path: '/prom/api/v1/query_range', method: 'POST' });
    expect(Object.fromEntries(asked!.form)).toMatchObject({
      query: 'sum(increase(requests_total[60s]))',
      start: '1800000060.000',
      end: '1800000300.000',
      step: '60.000',
      timeout: '10s',
    });
    expect(read).toEqual({
      id: 'total',
      status: 'complete',
      points: [0, 1, 2, 3, 4].map((index) => [start + index * bucketMs, index + 1]),
      settledTo: now - 30_000,
      warnings: [],
    });
  });

  test('does not ask for a bucket that is not over', async () => {
    await using server = await PrometheusStandIn.start(series(['1']));
    const ahead = { ...window, end: instant(start + 20 * bucketMs) };
    await source().read([query(serverAt(server.url))], ahead, never);
    expect(server.asked[0]?.form.get('end')).toBe('1800000300.000');
  });

  test('of a window that lies ahead asks nothing', async () => {
    await using server = await PrometheusStandIn.start(series([]));
    const ahead = { start: instant(now + 30_000), end: instant(now + 90_000), bucketMs: millis(30_000) };
    const [read] = await source().read([query(serverAt(server.url))], ahead, never);
    expect(read).toMatchObject({ status: 'empty', points: [] });
    expect(server.asked).toEqual([]);
  });

  test('writes buckets below a second in milliseconds', async () => {
    await using server = await PrometheusStandIn.start(matrix([]));
    const short = { start, end: instant(start + 1_500), bucketMs: millis(500) };
    await source().read([query(serverAt(server.url))], short, never);
    expect(server.asked[0]?.form.get('query')).toBe('sum(increase(requests_total[500ms]))');
    expect(server.asked[0]?.form.get('step')).toBe('0.500');
  });

  test('refuses a window that no server would answer, without asking', async () => {
    await using server = await PrometheusStandIn.start(series([]));
    const long = { start, end: instant(start + 60_000), bucketMs: millis(1) };
    const prometheus = source();
    const crooked = { ...window, start: instant(start + 1) };
    const answers = await Promise.all(
      [long, crooked].map((one) => prometheus.read([query(serverAt(server.url))], one, never)),
    );
    expect(answers.flat().map(({ status }) => status)).toEqual(['error', 'error']);
    expect(answers[0]?.[0]?.warnings[0]).toContain('60000 buckets are more than');
    expect(server.asked).toEqual([]);
  });

  test('asks the same question once, though several queries ask it', async () => {
    await using server = await PrometheusStandIn.start(series(['1']));
    const at = serverAt(server.url);
    const queries = [query(at), query(at, undefined, { id: 'again' }), query(at, 'other', { id: 'other' })];
    const read = await source().read(queries, window, never);
    expect(server.asked).toHaveLength(2);
    expect(read.map(({ id }) => id)).toEqual(['total', 'again', 'other']);
    expect(read[1]?.points).toEqual(read[0]?.points);
  });

  test('has four questions under way at once and no more', async () => {
    await using server = await PrometheusStandIn.start((response, asked, request) => {
      setTimeout(() => series(['1'])(response, asked, request), 40);
    });
    const queries = Array.from({ length: 20 }, (_, index) =>
      query(serverAt(server.url), `q${index}[$bucket]`, { id: `q${index}` }),
    );
    const read = await source().read(queries, window, never);
    expect(read.map(({ status }) => status)).toEqual(queries.map(() => 'complete'));
    expect(server.asked).toHaveLength(20);
    expect(server.mostOpen).toBe(4);
  });

  test('of one broken query leaves the others whole', async () => {
    await using server = await PrometheusStandIn.start((response, asked, request) => {
      const isBroken = asked.form.get('query') === 'broken';
      (isBroken ? json({}, 500) : series(['7']))(response, asked, request);
    });
    const at = serverAt(server.url);
    const read = await source().read([query(at, 'broken'), query(at, 'whole')], window, never);
    expect(read.map(({ status }) => status)).toEqual(['error', 'complete']);
  });

  test('does not answer a query of another source', async () => {
    const spec = {
      source: 'heroku-router',
      app: 'shop',
      route: { dnsName: 'a.herokudns.com.', port: 443, path: '/' },
      measure: { kind: 'requests' },
    } as const;
    const [read] = await source().read([{ ...query(serverAt('http://127.0.0.1:1')), spec }], window, never);
    expect(read).toMatchObject({ status: 'error', warnings: ['this is no query for Prometheus'] });
  });
});

describe('what counts as an answer', () => {
  test('a bucket without a point is left out', async () => {
    const { points, status } = await read(series(['1', null, '3']));
    expect(status).toBe('complete');
    expect(points).toEqual([
      [start, 1],
      [start + 2 * bucketMs, 3],
    ]);
  });

  test('no series is empty, which is not zero', async () => {
    expect(await read(matrix([]))).toMatchObject({ status: 'empty', points: [], warnings: [] });
  });

  test('NaN is no point: zero was divided by zero', async () => {
    const { points, status } = await read(series(['NaN', '2']));
    expect([status, points]).toEqual(['complete', [[start + bucketMs, 2]]]);
  });

  test('a rounding error below zero is zero', async () => {
    expect((await read(series(['-1e-12']))).points).toEqual([[start, 0]]);
  });

  test('a plain number may be negative', async () => {
    expect((await read(series(['-3.5e2']), 'number')).points).toEqual([[start, -350]]);
  });

  test('warnings of the server make it partial, whether or not there is a series', async () => {
    const warnings = ['store 3 is \u001b[31mdown'];
    expect(await read(series(['1'], { warnings }))).toMatchObject({
      status: 'partial',
      points: [[start, 1]],
      warnings: ['store 3 is down'],
    });
    expect(await read(matrix([], { warnings }))).toMatchObject({ status: 'partial', points: [] });
  });

  test('infos are passed on and change nothing', async () => {
    const infos = ['metric might not be a counter'];
    expect(await read(series(['1'], { infos }))).toMatchObject({ status: 'complete', warnings: infos });
  });

  test('at most five warnings of at most 300 characters', async () => {
    const warnings = Array.from({ length: 50 }, (_, index) => `${index} ${'x'.repeat(1_000)}`);
    const read_ = await read(series(['1'], { warnings }));
    expect(read_.warnings).toHaveLength(5);
    expect(Math.max(...read_.warnings.map((text) => text.length))).toBe(300);
  });

  test('a server whose clock is behind settles later, and says so', async () => {
    const behind: Answer = (response, asked, request) => {
      response.setHeader('date', new Date(now - 90_000).toUTCString());
      series(['1'])(response, asked, request);
    };
    const { settledTo, warnings } = await read(behind);
    expect(settledTo).toBe(now - 120_000);
    expect(warnings).toEqual([expect.stringContaining('1m30s behind')]);
  });

  test('a server whose clock is ahead settles by ours', async () => {
    const ahead: Answer = (response, asked, request) => {
      response.setHeader('date', new Date(now + 90_000).toUTCString());
      series(['1'])(response, asked, request);
    };
    expect(await read(ahead)).toMatchObject({ settledTo: now - 30_000, warnings: [] });
  });
});
