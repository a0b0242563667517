import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCloudWatch, type CloudWatch } from '../../../src/adapters/cloudwatch/cloudwatch.js';
import { instant, millis } from '../../../src/core/time.js';
import { useCanaryCredentials } from '../route53/aws-environment.js';
import { answering, CloudWatchServer, resultOf } from './cloudwatch-server.js';
import { clock, loadBalancer, manyQueries, noonSeconds, query, window } from './samples.js';

const never = new AbortController().signal;
let server: CloudWatchServer;
let source: CloudWatch;

beforeAll(async () => {
  server = await CloudWatchServer.start();
});
beforeEach(async () => {
  useCanaryCredentials();
  source = await createCloudWatch({ endpoint: server.endpoint, clock });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const threePoints = [
  [noonSeconds, 10],
  [noonSeconds + 60, 20],
  [noonSeconds + 120, 30],
] as const;

describe('a call', () => {
  it('is GetMetricData in AWS JSON 1.0, for the raw metric, without unit or expression, oldest point first', async () => {
    server.react(answering(() => ({ points: threePoints })));
    await source.read([query()], window, never);
    const [call] = server.seen;
    expect(call?.operation).toBe('GraniteServiceVersion20100801.GetMetricData');
    expect(call?.headers['content-type']).toBe('application/x-amz-json-1.0');
    expect(call?.region).toBe('eu-west-1');
    expect(call?.input).toEqual({
      MetricDataQueries: [
        {
          Id: 'm0',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/ApplicationELB',
              MetricName: 'RequestCount',
              Dimensions: [{ Name: 'LoadBalancer', Value: loadBalancer }],
            },
            Period: 60,
            Stat: 'Sum',
          },
          ReturnData: true,
        },
      ],
      StartTime: noonSeconds,
      EndTime: noonSeconds + 180,
      ScanBy: 'TimestampAscending',
    });
  });

  it('gives a series of bucket starts and values', async () => {
    server.react(answering(() => ({ points: threePoints })));
    expect(await source.read([query()], window, never)).toEqual([
      {
        id: 'www.example.com.target.total',
        points: threePoints.map(([at, value]) => [at * 1000, value]),
        status: 'complete',
        settledTo: (noonSeconds + 240) * 1000,
        warnings: [],
      },
    ]);
  });

  it('asks for buckets of a second as it is told to', async () => {
    const second = { ...window, bucketMs: millis(1000) };
    server.react(answering(() => ({ points: [[noonSeconds + 7, 1]] })));
    const [series] = await source.read([query()], second, never);
    expect(server.seen[0]?.input.MetricDataQueries?.[0]?.MetricStat.Period).toBe(1);
    expect(series).toMatchObject({ status: 'complete', settledTo: (noonSeconds + 277) * 1000 });
  });

  it('holds 500 metrics, so that 4,000 queries are 8 calls', async () => {
    const queries = manyQueries(4000);
    server.react(
      answering(({ MetricStat }) => ({
        points: [[noonSeconds, Number(MetricStat.Metric.MetricName.slice(1))]],
      })),
    );
    const series = await source.read(queries, window, never);
    // A connection that a busy machine lets go is opened again, with the same question.
    const asked = new Set(server.seen.map(({ input }) => JSON.stringify(input)));
    expect(asked.size).toBe(8);
    for (const { input } of server.seen) {
      const ids = (input.MetricDataQueries ?? []).map(({ Id }) => Id);
      expect(new Set(ids).size).toBe(500);
      expect(ids.every((id) => /^[a-z][a-zA-Z0-9_]*$/.test(id))).toBe(true);
    }
    expect(series.map(({ id }) => id)).toEqual(queries.map(({ id }) => id));
    expect(series.map(({ points }) => points[0]?.[1])).toEqual(queries.map((_, index) => index));
  });

  it('is made once for each region, to that region', async () => {
    server.react(answering(() => ({ points: threePoints })));
    const queries = [...manyQueries(3, 'us-east-1'), ...manyQueries(3), ...manyQueries(2, 'us-east-1')];
    await source.read(queries, window, never);
    expect(server.seen.map(({ region }) => region).sort()).toEqual(['eu-west-1', 'us-east-1']);
  });

  it('asks once for a metric that several queries want, whatever the order of its dimensions', async () => {
    const one = query({ id: 'one', spec: { dimensions: { LoadBalancer: 'a', TargetGroup: 'b' } } });
    const other = query({
      id: 'other',
      role: 'sentinel',
      unit: 'number',
      spec: { dimensions: { TargetGroup: 'b', LoadBalancer: 'a' } },
    });
    server.react(answering(() => ({ points: threePoints })));
    const series = await source.read([one, other, query()], window, never);
    expect(server.seen[0]?.input.MetricDataQueries).toHaveLength(2);
    expect(series.map(({ id, points }) => [id, points.length])).toEqual([
      ['one', 3],
      ['other', 3],
      [query().id, 3],
    ]);
  });

  it('is not made when there is nothing to ask, or nothing that can be asked', async () => {
    server.react(answering(() => ({})));
    expect(await source.read([], window, never)).toEqual([]);
    const wrong = [
      { ...window, end: window.start },
      { ...window, start: instant(window.start + 1) },
      { ...window, bucketMs: millis(1500) },
      { ...window, bucketMs: millis(0) },
      { ...window, start: instant(Number.NaN) },
      { ...window, start: instant(0) },
    ];
    for (const each of wrong) {
      expect(await source.read([query()], each, never)).toMatchObject([{ status: 'error', points: [] }]);
    }
    expect(server.seen).toHaveLength(0);
  });

  it('leaves queries for other sources alone, and their places too', async () => {
    const spec = {
      source: 'heroku-router',
      app: 'a',
      route: { dnsName: 'a.herokudns.com.', port: 443, path: '/' },
      measure: { kind: 'requests' },
    } as const;
    server.react(answering(() => ({ points: threePoints })));
    const series = await source.read([{ ...query(), id: 'heroku', spec }, query()], window, never);
    expect(series).toMatchObject([
      { id: 'heroku', status: 'error' },
      { id: query().id, status: 'complete' },
    ]);
  });
});

describe('the unit of a query', () => {
  it.each([
    [
      'a time that API Gateway publishes in milliseconds',
      'seconds',
      'AWS/ApiGateway',
      'Latency',
      'p99',
      250,
      0.25,
    ],
    [
      'a time that a balancer publishes in seconds',
      'seconds',
      'AWS/ApplicationELB',
      'TargetResponseTime',
      'p99',
      0.25,
      0.25,
    ],
    [
      'a rate that CloudFront publishes in percent',
      'ratio',
      'AWS/CloudFront',
      '5xxErrorRate',
      'Average',
      12.5,
      0.125,
    ],
    ['a percentile rank', 'ratio', 'AWS/ApplicationELB', 'TargetResponseTime', 'PR(0.5:)', 30, 0.3],
    [
      'a rate that API Gateway publishes as a share',
      'ratio',
      'AWS/ApiGateway',
      '5XXError',
      'Average',
      0.5,
      0.5,
    ],
    ['a gauge', 'number', 'AWS/ApiGateway', 'Latency', 'p99', 250, 250],
  ] as const)('is kept: %s', async (_, unit, namespace, metricName, statistic, sent, expected) => {
    server.react(answering(() => ({ points: [[noonSeconds, sent]] })));
    const asked = query({ unit, spec: { namespace, metricName, statistic } });
    const [series] = await source.read([asked], window, never);
    expect(series?.points).toEqual([[noonSeconds * 1000, expected]]);
  });

  it("is each query's own, where two ask for the same metric in different units", async () => {
    const spec = { namespace: 'AWS/ApiGateway', metricName: 'Latency', statistic: 'p99' };
    server.react(answering(() => ({ points: [[noonSeconds, 250]] })));
    const series = await source.read(
      [query({ id: 'a', unit: 'seconds', spec }), query({ id: 'b', unit: 'number', spec })],
      window,
      never,
    );
    expect(series.map(({ points }) => points[0]?.[1])).toEqual([0.25, 250]);
    expect(server.seen[0]?.input.MetricDataQueries).toHaveLength(1);
  });
});

describe('an answer of several pages', () => {
  it('is put together', async () => {
    server.react(({ input }) => {
      const page = input.NextToken === undefined ? 0 : Number(input.NextToken);
      const [at, value] = threePoints[page] ?? [0, 0];
      const status = page < 2 ? 'PartialData' : 'Complete';
      return {
        json: {
          MetricDataResults: [resultOf('m0', { points: [[at, value]], status })],
          ...(page < 2 ? { NextToken: String(page + 1) } : {}),
        },
      };
    });
    const [series] = await source.read([query()], window, never);
    expect(series).toMatchObject({ status: 'complete', warnings: [] });
    expect(series?.points.map(([, value]) => value)).toEqual([10, 20, 30]);
    expect(server.seen).toHaveLength(3);
  });

  it('keeps the points of pages before one that failed, as part of the truth', async () => {
    server.react(({ input }) =>
      input.NextToken === undefined
        ? {
            json: {
              MetricDataResults: [resultOf('m0', { points: [[noonSeconds, 10]] }), resultOf('m1', {})],
              NextToken: 'two',
            },
          }
        : { error: 'AccessDenied', status: 403 },
    );
    const series = await source.read(manyQueries(2), window, never);
    expect(series).toMatchObject([{ status: 'partial' }, { status: 'denied', points: [] }]);
    expect(series[0]?.points).toHaveLength(1);
  });

  it('is not believed to be whole when it goes in a circle or never ends', async () => {
    const page = (token: string): unknown => ({
      MetricDataResults: [resultOf('m0', { points: [] }), resultOf('m1', {})],
      NextToken: token,
    });
    server.react({ json: page('again') });
    expect(await source.read([query()], window, never)).toMatchObject([
      { status: 'error', warnings: ['the pages of the answer go in a circle'] },
    ]);
    expect(server.seen).toHaveLength(2);
    server.react((_, number) => ({ json: page(`page ${number}`) }));
    expect(await source.read([query()], window, never)).toMatchObject([
      { status: 'error', warnings: ['the answer has more than 11 pages'] },
    ]);
    expect(server.seen).toHaveLength(11);
  });

  it('is an error when the next page is named by something that is not text', async () => {
    server.react({ json: { MetricDataResults: [resultOf('m0', {})], NextToken: 5 } });
    expect(await source.read([query()], window, never)).toMatchObject([{ status: 'error' }]);
  });
});
