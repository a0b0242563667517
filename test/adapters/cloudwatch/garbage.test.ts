import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCloudWatch, type CloudWatch } from '../../../src/adapters/cloudwatch/cloudwatch.js';
import type { MetricQuery } from '../../../src/core/metric/metric-query.js';
import type { MetricSeries } from '../../../src/core/metric/metric-series.js';
import { useCanaryCredentials } from '../route53/aws-environment.js';
import { answering, CloudWatchServer, resultOf, type ResultParts } from './cloudwatch-server.js';
import { clock, manyQueries, noonSeconds, query, window } from './samples.js';

const never = new AbortController().signal;
const noon = noonSeconds;
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

/** A sound neighbour is always asked for too: it must stay sound. */
async function readBesideGood(
  parts: ResultParts | { readonly result: Readonly<Record<string, unknown>> },
  unit: MetricQuery['unit'] = 'count',
): Promise<MetricSeries> {
  server.react({
    json: {
      MetricDataResults: [
        'result' in parts ? { Id: 'm0', StatusCode: 'Complete', ...parts.result } : resultOf('m0', parts),
        resultOf('m1', { points: [[noon, 7]] }),
      ],
    },
  });
  const good = query({ id: 'good', spec: { metricName: 'Good' } });
  const [series, neighbour] = await source.read([query({ unit }), good], window, never);
  expect(neighbour).toMatchObject({ id: 'good', status: 'complete', points: [[noon * 1000, 7]] });
  if (series === undefined) throw new Error('no series at all');
  return series;
}

describe('fault 46: a series with garbage in it is an error that quotes it', () => {
  it.each<[string, readonly (readonly [unknown, unknown])[], string]>([
    ['a value that is no number', [[noon, 'NaN']], 'no number at 2026-11-20T12:00:00.000Z: NaN'],
    ['text', [[noon, 'many']], 'no number at 2026-11-20T12:00:00.000Z: "many"'],
    ['a number in text', [[noon, '12']], 'no number at 2026-11-20T12:00:00.000Z: "12"'],
    ['truth', [[noon, true]], 'no number at 2026-11-20T12:00:00.000Z: true'],
    ['nothing', [[noon, null]], 'no number at 2026-11-20T12:00:00.000Z: null'],
    ['infinity', [[noon, 'Infinity']], 'no number at 2026-11-20T12:00:00.000Z: Infinity'],
    ['a negative count', [[noon, -1]], 'a negative number at 2026-11-20T12:00:00.000Z: -1'],
    ['an absurd count', [[noon, 1e300]], 'an absurd number at 2026-11-20T12:00:00.000Z: 1e+300'],
    [
      'one absurd count among good ones',
      [
        [noon, 1],
        [noon + 60, 1e13],
      ],
      'an absurd number at 2026-11-20T12:01:00.000Z',
    ],
    ['no time', [[null, 1]], 'a point at no time: null'],
    ['a time beyond all calendars', [[1e300, 1]], 'a point at no time: no date'],
    ['a time between two buckets', [[noon + 30, 1]], 'between two buckets: 2026-11-20T12:00:30.000Z'],
    ['a fraction of a second', [[noon + 0.5, 1]], 'between two buckets: 2026-11-20T12:00:00.500Z'],
    ['a time after the window', [[noon + 180, 1]], 'outside of what was asked for'],
    ['a time long before the window', [[noon - 7200, 1]], 'outside of what was asked for'],
    [
      'a bucket twice',
      [
        [noon, 1],
        [noon, 1],
      ],
      'two points at 2026-11-20T12:00:00.000Z',
    ],
    [
      'more points than there are buckets',
      Array.from({ length: 100_000 }, () => [noon, 1] as const),
      '100000 points where at most',
    ],
  ])('%s', async (_, points, sample) => {
    const series = await readBesideGood({ points });
    expect(series).toMatchObject({ status: 'error', points: [] });
    expect(series.warnings[0]).toContain(`CloudWatch sent no usable series: `);
    expect(series.warnings[0]).toContain(sample);
  });

  it.each([
    ['more times than values', { Timestamps: [noon, noon + 60], Values: [1] }, '2 times and 1 values'],
    ['more values than times', { Timestamps: [noon], Values: [1, 2] }, '1 times and 2 values'],
    ['values without times', { Values: [1] }, '0 times and 1 values'],
    ['values that are no list', { Timestamps: [noon], Values: 5 }, 'points that are no list'],
    ['times that are no list', { Timestamps: 'now', Values: [1] }, 'points that are no list'],
  ])('%s', async (_, result, sample) => {
    const series = await readBesideGood({ result });
    expect(series).toMatchObject({ status: 'error', points: [] });
    expect(series.warnings[0]).toContain(sample);
  });

  it.each<[MetricQuery['unit'], number, MetricSeries['status']]>([
    ['number', -5, 'complete'],
    ['number', 1e300, 'error'],
    ['number', -1e300, 'error'],
    ['seconds', -0.1, 'error'],
    ['seconds', 12.5, 'complete'],
    ['ratio', 1, 'complete'],
    ['ratio', 1.01, 'error'],
    ['count', 0.5, 'complete'],
  ])('for the unit %s, %d is %s', async (unit, value, status) => {
    expect(await readBesideGood({ points: [[noon, value]] }, unit)).toMatchObject({ status });
  });
});

describe('what is harmless is put right', () => {
  it('points in the wrong order', async () => {
    const points = [
      [noon + 120, 3],
      [noon, 1],
      [noon + 60, 2],
    ] as const;
    const series = await readBesideGood({ points });
    expect(series.status).toBe('complete');
    expect(series.points.map(([, value]) => value)).toEqual([1, 2, 3]);
  });

  it('points that only the documented rounding of the start brought in', async () => {
    server.react(
      answering(() => ({
        points: [
          [noon + 60, 1],
          [noon + 120, 2],
        ],
      })),
    );
    const later = { ...window, start: window.end, end: (window.end + 60_000) as typeof window.end };
    const [series] = await source.read([query()], later, never);
    expect(series).toMatchObject({ status: 'empty', points: [], warnings: [] });
  });
});

describe('the status of a result', () => {
  const one = [[noon, 1]] as const;
  it.each<[string, ResultParts, MetricSeries['status'], number]>([
    ['Complete with a point', { points: one }, 'complete', 1],
    ['Complete without one', {}, 'empty', 0],
    ['PartialData with a point', { points: one, status: 'PartialData' }, 'partial', 1],
    ['PartialData without one', { status: 'PartialData' }, 'partial', 0],
    ['InternalError with a point', { points: one, status: 'InternalError' }, 'partial', 1],
    ['InternalError without one', { status: 'InternalError' }, 'error', 0],
    ['Forbidden', { points: one, status: 'Forbidden' }, 'denied', 0],
    ['a status from the future', { points: one, status: 'Splendid' }, 'error', 0],
    ['a status that is a number', { points: one, status: 7 }, 'error', 0],
    ['no status', { points: one, status: null }, 'error', 0],
    ['Complete with a message', { points: one, messages: [{ Code: 'TooMany', Value: 'x' }] }, 'partial', 1],
    ['Complete with a message but no point', { messages: [{ Code: 'TooMany' }] }, 'partial', 0],
    ['Complete with messages that cannot be read', { points: one, messages: 'no' }, 'partial', 1],
    ['Complete with no messages', { points: one, messages: [] }, 'complete', 1],
  ])('%s', async (_, parts, status, points) => {
    const series = await readBesideGood(parts);
    expect(series.status).toBe(status);
    expect(series.points).toHaveLength(points);
    expect(series.warnings.length > 0).toBe(status !== 'complete' && status !== 'empty');
  });

  it('is partial for every metric of a call that has a message about itself', async () => {
    server.react((call) => ({
      json: {
        MetricDataResults: (call.input.MetricDataQueries ?? []).map(({ Id }) =>
          resultOf(Id, { points: one }),
        ),
        Messages: [{ Code: 'MaxMetricsExceeded', Value: 'Maximum number of allowed metrics exceeded' }],
      },
    }));
    const series = await source.read(manyQueries(2), window, never);
    expect(series).toMatchObject([{ status: 'partial' }, { status: 'partial' }]);
    expect(series[0]?.warnings).toEqual([
      'CloudWatch says: MaxMetricsExceeded: Maximum number of allowed metrics exceeded',
    ]);
  });
});

describe('whatever comes', () => {
  const second = fc.oneof(
    fc.integer({ min: -2, max: 5 }).map((minute) => noon + minute * 60),
    fc.double(),
    fc.constantFrom<unknown>(null, 'x', {}, [], true, '1795176000', -1, 1e300),
  );
  const value = fc.oneof(
    fc.integer({ min: -5, max: 1000 }),
    fc.double(),
    fc.constantFrom<unknown>('NaN', 'Infinity', null, 'x', {}, [], true, 1e300, -1e300),
  );
  const list = (item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof(
      { weight: 8, arbitrary: fc.array(item, { maxLength: 6 }) },
      { weight: 1, arbitrary: fc.jsonValue() },
    );
  const result = fc.record(
    {
      Id: fc.oneof({ weight: 9, arbitrary: fc.constant('m0') }, { weight: 1, arbitrary: fc.jsonValue() }),
      Timestamps: list(second),
      Values: list(value),
      StatusCode: fc.oneof(
        fc.constantFrom('Complete', 'PartialData', 'InternalError', 'Forbidden'),
        fc.jsonValue(),
      ),
      Messages: fc.oneof(fc.constant([]), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );

  it('a series keeps its promises and its neighbour is untouched', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(result, { maxLength: 3 }), async (results) => {
        server.react((call) => ({
          // Each metric gets its own answer also when it is asked for alone.
          json: {
            MetricDataResults: (call.input.MetricDataQueries ?? []).flatMap(({ Id, MetricStat }) =>
              MetricStat.Metric.MetricName === 'Good'
                ? [resultOf(Id, { points: [[noon, 7]] })]
                : results.map((each) => (each.Id === 'm0' ? { ...each, Id } : each)),
            ),
          },
        }));
        const good = query({ id: 'good', spec: { metricName: 'Good' } });
        const [series, neighbour] = await source.read([query(), good], window, never);
        expect(neighbour).toMatchObject({ status: 'complete', points: [[noon * 1000, 7]] });
        keepsItsPromises(series);
      }),
      { numRuns: 300 },
    );
  });

  it('any JSON at all becomes a series, never a rejection', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (raw) => {
        server.react({ raw });
        const [series] = await source.read([query()], window, never);
        keepsItsPromises(series);
        expect(series?.points).toEqual([]);
        expect(series?.status).toBe('error');
      }),
      { numRuns: 100 },
    );
  });

  it('a sound series arrives as it was sent, in whatever pages', async () => {
    const sound = fc.uniqueArray(
      fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 1_000_000 })),
      { selector: ([minute]) => minute, maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(sound, async (minutes) => {
        const points = minutes.map(([minute, count]) => [noon + minute * 60, count] as const);
        server.react(({ input }) => {
          const page = Number(input.NextToken ?? 0);
          const isLast = page + 1 >= points.length;
          const part = resultOf('m0', {
            points: points.slice(page, page + 1),
            status: isLast ? 'Complete' : 'PartialData',
          });
          return {
            json: { MetricDataResults: [part], ...(isLast ? {} : { NextToken: String(page + 1) }) },
          };
        });
        const [series] = await source.read([query()], window, never);
        const sorted = [...points].sort(([one], [other]) => one - other);
        expect(series?.points).toEqual(sorted.map(([at, count]) => [at * 1000, count]));
        expect(series?.status).toBe(points.length === 0 ? 'empty' : 'complete');
      }),
      { numRuns: 100 },
    );
  });
});

function keepsItsPromises(series: MetricSeries | undefined): void {
  if (series === undefined) throw new Error('no series at all');
  const { points, status, warnings, settledTo } = series;
  let last = -Infinity;
  for (const [at, value] of points) {
    expect(at).toBeGreaterThan(last);
    expect(at % window.bucketMs).toBe(0);
    expect(at >= window.start && at < window.end).toBe(true);
    expect(Number.isFinite(value) && value >= 0).toBe(true);
    last = at;
  }
  if (status === 'complete') expect(points.length).toBeGreaterThan(0);
  if (status !== 'complete' && status !== 'partial') expect(points).toEqual([]);
  expect(settledTo).toBe((noon + 240) * 1000);
  expect(warnings.length).toBeLessThanOrEqual(5);
  for (const warning of warnings) {
    expect(warning.length).toBeLessThanOrEqual(300);
    expect(warning).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  }
}
