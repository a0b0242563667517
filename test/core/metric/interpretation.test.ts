import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interpret } from '../../../src/core/metric/interpretation.js';
import type { MetricQuery, MetricRole, WhenMissing } from '../../../src/core/metric/metric-query.js';
import type { MetricReport } from '../../../src/core/metric/metric-report.js';
import type { MetricSeries } from '../../../src/core/metric/metric-series.js';
import { recordName } from '../../../src/core/record-name.js';
import { instant, millis, type Instant } from '../../../src/core/time.js';

const name = recordName('www.example.com.');
if (!name.ok) throw new Error(name.error);
const host = name.value;
const bucketMs = millis(60_000);
const start = instant(1_700_000_040_000);
const at = (bucket: number): Instant => instant(start + bucket * bucketMs);
const window = { start, end: at(5), bucketMs };

interface Given {
  readonly role: MetricRole;
  /** By bucket; null for no point. */
  readonly values: readonly (number | null)[];
  readonly status?: MetricSeries['status'];
  readonly whenMissing?: WhenMissing;
  readonly unit?: MetricQuery['unit'];
  readonly settledTo?: Instant;
}

const usual: Record<MetricRole, WhenMissing> = {
  bad: 'zero-if-sentinel',
  total: 'unknown',
  slow: 'unknown',
  latency: 'unknown',
  gauge: 'unknown',
  sentinel: 'unknown',
};

function report(given: readonly Given[], settledTo = window.end): MetricReport {
  const answers = given.map((series, index) => ({
    query: {
      id: `q${index}`,
      host,
      side: 'target' as const,
      role: series.role,
      unit: series.unit ?? 'count',
      whenMissing: series.whenMissing ?? usual[series.role],
      name: series.role,
      spec: {
        source: 'cloudwatch',
        region: 'eu-west-1',
        namespace: 'AWS/ApplicationELB',
        metricName: series.role,
        dimensions: {},
        statistic: 'Sum',
      } as const,
    },
    series: {
      id: `q${index}`,
      points: series.values.flatMap((value, bucket): [Instant, number][] =>
        value === null ? [] : [[at(bucket), value]],
      ),
      status: series.status ?? 'complete',
      settledTo: series.settledTo ?? window.end,
      warnings: [],
    },
  }));
  return interpret({ host, side: 'target' }, answers, window, settledTo);
}

/** `e/n` of each bucket of the window, `?` where the requests are unknown. */
function counts(given: readonly Given[], settledTo?: Instant): string {
  const { buckets } = report(given, settledTo);
  return Array.from({ length: 5 }, (_, bucket) => {
    const requests = buckets.find((one) => one.at === at(bucket))?.requests ?? null;
    return requests === null ? '?' : `${requests.e}/${requests.n}`;
  }).join(' ');
}

describe('errors over requests', () => {
  test('a missing error count is zero where requests were counted, and only there', () => {
    expect(
      counts([
        { role: 'bad', values: [2, null, null, 0, null] },
        { role: 'total', values: [100, 90, null, 80, 70] },
      ]),
    ).toBe('2/100 0/90 ? 0/80 0/70');
  });

  test('an error counter that was never published is zero where requests were counted', () => {
    expect(
      counts([
        { role: 'bad', values: [], status: 'empty' },
        { role: 'total', values: [7] },
      ]),
    ).toBe('0/7 ? ? ? ?');
  });

  test.each(['error', 'denied', 'partial'] as const)(
    'a missing count is no zero where the answer is %s',
    (status) => {
      expect(
        counts([
          { role: 'bad', values: [2, null], status },
          { role: 'total', values: [100, 90] },
        ]),
      ).toBe('2/100 ? ? ? ?');
    },
  );

  test('several counts of failures are added, and one that is unknown makes the bucket unknown', () => {
    expect(
      counts([
        { role: 'bad', values: [1, 2, 3] },
        { role: 'bad', values: [1, null, 4], whenMissing: 'unknown' },
        { role: 'total', values: [10, 10, 10] },
      ]),
    ).toBe('2/10 ? 7/10 ? ?');
  });

  test('a balancer without a healthy target: failures and no requests are failed requests', () => {
    expect(
      counts([
        { role: 'bad', values: [40] },
        { role: 'total', values: [null] },
      ]),
    ).toBe('40/40 ? ? ? ?');
    expect(
      counts([
        { role: 'bad', values: [40] },
        { role: 'total', values: [10] },
      ]),
    ).toBe('40/40 ? ? ? ?');
  });

  test('no request at all is known where a sentinel says that the side was measured', () => {
    const nothing: Given = { role: 'total', values: [], status: 'empty', whenMissing: 'zero-if-sentinel' };
    const bad: Given = { role: 'bad', values: [], status: 'empty' };
    expect(counts([bad, nothing, { role: 'sentinel', values: [2, null, 2] }])).toBe('0/0 ? 0/0 ? ?');
    expect(counts([bad, nothing])).toBe('? ? ? ? ?');
  });

  test('a missing count may be said to be a failure', () => {
    expect(
      counts([
        { role: 'bad', values: [null], whenMissing: 'fail' },
        { role: 'total', values: [9, null] },
      ]),
    ).toBe('9/9 ? ? ? ?');
  });

  test('a rate of failures is multiplied with the requests of its own bucket', () => {
    expect(
      counts([
        { role: 'bad', unit: 'ratio', values: [0.5, 0.1, 0.1], whenMissing: 'unknown' },
        { role: 'total', values: [10, 200, null] },
      ]),
    ).toBe('5/10 20/200 ? ? ?');
  });
});

describe('what is not settled yet', () => {
  test('a bucket that may still change is left out', () => {
    const series: Given[] = [
      { role: 'bad', values: [0, 0, 0, 0, 0] },
      { role: 'total', values: [1, 2, 3, 4, 5] },
    ];
    expect(counts(series, at(3))).toBe('0/1 0/2 0/3 ? ?');
    expect(counts(series.map((one) => ({ ...one, settledTo: at(2) })))).toBe('0/1 0/2 ? ? ?');
  });

  test('a series that could not be read does not hide the others', () => {
    const { buckets, readTo, status } = report([
      { role: 'bad', values: [0] },
      { role: 'total', values: [5] },
      { role: 'latency', values: [], status: 'error', settledTo: start },
    ]);
    expect(buckets[0]).toMatchObject({ requests: { n: 5, e: 0 }, latency: null });
    expect({ readTo, status }).toEqual({ readTo: window.end, status: 'error' });
  });

  test('nothing could be read: nothing is known, and it is known that it is not', () => {
    const all = (['bad', 'total'] as const).map((role): Given => ({ role, values: [], status: 'denied' }));
    expect(report(all)).toMatchObject({ buckets: [], readTo: null, status: 'denied' });
  });
});

test('latency in seconds becomes milliseconds beside the requests it was taken from; slow requests never exceed them', () => {
  const { buckets } = report([
    { role: 'bad', values: [0, 0] },
    { role: 'total', values: [50, null] },
    { role: 'latency', unit: 'seconds', values: [0.25, 0.3] },
    { role: 'slow', values: [60, 1] },
    { role: 'gauge', unit: 'number', values: [12, 13] },
  ]);
  expect(buckets[0]).toEqual({
    at: start,
    requests: { n: 50, e: 0 },
    slow: { n: 50, e: 50 },
    latency: { n: 50, valueMs: 250 },
    gauges: { gauge: 12 },
  });
  expect(buckets[1]).toMatchObject({ requests: null, slow: null, latency: null, gauges: { gauge: 13 } });
});

test('whatever is missing: failures never exceed requests, and no bucket without a count of requests or failures is known', () => {
  const values = fc.array(fc.option(fc.integer({ min: 0, max: 1000 })), { minLength: 5, maxLength: 5 });
  const status = fc.constantFrom('complete', 'partial', 'empty', 'denied', 'error');
  fc.assert(
    fc.property(values, values, status, status, (bad, total, badStatus, totalStatus) => {
      const { buckets } = report([
        { role: 'bad', values: bad, status: badStatus },
        { role: 'total', values: total, status: totalStatus },
      ]);
      for (const { at: time, requests } of buckets) {
        const bucket = (time - start) / bucketMs;
        expect(requests === null || (requests.e >= 0 && requests.e <= requests.n)).toBe(true);
        expect(bad[bucket] ?? total[bucket] ?? null).not.toBeNull();
      }
    }),
  );
});
