import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.js';
import type { MetricQuery } from '../../../src/core/metric/metric-query.js';
import type { MetricSeries, MetricWindow } from '../../../src/core/metric/metric-series.js';
import {
  ingressNginxQueries,
  istioQueries,
  linkerdQueries,
  traefikQueries,
} from '../../../src/core/metric/presets/prometheus.js';
import { instant, millis } from '../../../src/core/time.js';
import { host, never, query, serverAt, source } from './prometheus-server.js';
import { startExporter, startPrometheus, whyNoPrometheus } from './real-prometheus.js';

const missing = whyNoPrometheus();
if (missing !== undefined) console.log(`skipped, because Prometheus does not run: ${missing}`);

const bucketMs = 3_000;
const scrapeMs = 1_000;

/** What the application counted in each bucket, in the middle of it: at its edges nothing changes, so it does not matter which scrape comes last. */
const amounts = [
  { ok: 40, failed: 0 },
  // The first failures ever: their counter begins at 3.
  { ok: 5, failed: 3 },
  { ok: 0, failed: 0 },
  // The application starts anew, and all its counters with it.
  { ok: 7, failed: 2, restarts: true },
  { ok: 11, failed: 1 },
  { ok: 2, failed: 8 },
] as const;

describe.skipIf(missing !== undefined)('the source and a real Prometheus', () => {
  /** The start of the first of the amounts; what is before it has zero failures and a long history of requests. */
  let firstStart = Infinity;
  let exporter: Awaited<ReturnType<typeof startExporter>>;
  let prometheus: Awaited<ReturnType<typeof startPrometheus>>;
  const clock = createSystemClock();
  const metrics = source({}, { clock, settleMs: scrapeMs, checkBucketMs: bucketMs });

  beforeAll(async () => {
    exporter = await startExporter((now) => exposition(countersAt(now)));
    prometheus = await startPrometheus(exporter.url, scrapeMs);
    // Once it is scraped at all, history is there for the buckets that count.
    while (exporter.scrapes.length < 2) await wait(100);
    firstStart = Math.ceil(Date.now() / bucketMs) * bucketMs;
    await wait(firstStart + amounts.length * bucketMs + scrapeMs - Date.now());
  }, 90_000);
  afterAll(async () => {
    await prometheus[Symbol.asyncDispose]();
    await exporter[Symbol.asyncDispose]();
  });

  function countersAt(now: number): { ok: number; failed: number } {
    let counters = { ok: 1_000_000, failed: 0 };
    amounts.forEach((amount, index) => {
      if (now < firstStart + (index + 0.3) * bucketMs) return;
      const before = 'restarts' in amount ? { ok: 0, failed: 0 } : counters;
      counters = { ok: before.ok + amount.ok, failed: before.failed + amount.failed };
    });
    return counters;
  }

  function side(): Parameters<typeof ingressNginxQueries>[0] {
    return { host, side: 'target', idPrefix: 'web', server: serverAt(prometheus.url) };
  }

  function nginx(): readonly MetricQuery[] {
    return ingressNginxQueries(side(), { namespace: 'shop', ingress: 'web', namespaceLabel: 'namespace' });
  }

  function window(): MetricWindow {
    const end = firstStart + amounts.length * bucketMs;
    return { start: instant(firstStart), end: instant(end), bucketMs: millis(bucketMs) };
  }

  async function read(...queries: readonly MetricQuery[]): Promise<readonly MetricSeries[]> {
    return await metrics.read(queries, window(), never);
  }

  test('agree to the unit on what was counted in every bucket', async () => {
    const [bad, total, latency] = await read(...nginx());
    expect(total).toMatchObject({ status: 'complete', warnings: [] });
    expect(total?.points).toEqual(
      amounts.map(({ ok, failed }, index) => [firstStart + index * bucketMs, ok + failed]),
    );
    // Before its first failure the counter of failures does not exist, which the gate reads as zero beside the requests.
    expect(bad).toMatchObject({ status: 'complete', warnings: [] });
    expect(bad?.points).toEqual(
      amounts
        .map(({ failed }, index) => [firstStart + index * bucketMs, failed])
        .filter((_, index) => index >= 1),
    );
    // Without a request there is no response time; the others all took between 50 and 100 ms.
    expect(latency?.points.map(([at]) => (at - firstStart) / bucketMs)).toEqual([0, 1, 3, 4, 5]);
    for (const [, seconds] of latency?.points ?? []) expect(seconds).toBeCloseTo(0.0975, 6);
  });

  test('a rate of its own stretches and misses: increase() is no count', async () => {
    const selector = 'nginx_ingress_controller_requests{status="503"}';
    const [increase] = await read(query(serverAt(prometheus.url), `sum(increase(${selector}[$bucket]))`));
    const first = increase?.points.find(([at]) => at === firstStart + bucketMs);
    expect(increase?.status).toBe('complete');
    expect(first?.[1]).not.toBe(3);
  });

  test('a bucket before anything was scraped has no value', async () => {
    const start = instant(firstStart - 100 * bucketMs);
    const early = { ...window(), start, end: instant(start + 10 * bucketMs) };
    const series = await metrics.read(nginx(), early, never);
    expect(series.map(({ status }) => status)).toEqual(['empty', 'empty', 'empty']);
  });

  test('a gauge is the last value in the bucket', async () => {
    const gauge = query(serverAt(prometheus.url), 'max(last_over_time(workers[$bucket]))', {
      unit: 'number',
    });
    const [series] = await read(gauge);
    expect(series?.points.map(([, value]) => value)).toEqual(amounts.map(() => -4));
  });

  test('several series, metric name and all, are refused by name', async () => {
    const [series] = await read(query(serverAt(prometheus.url), 'nginx_ingress_controller_requests'));
    expect(series?.status).toBe('error');
    expect(series?.warnings[0]).toContain(
      'more than one series: {__name__="nginx_ingress_controller_requests"',
    );
  });

  test('a query that does not parse says where', async () => {
    const [series] = await read(query(serverAt(prometheus.url), 'sum(increase(x[$bucket])'));
    expect(series?.status).toBe('error');
    expect(series?.warnings[0]).toMatch(/answered 400: bad_data, .*parse error/);
  });

  test('the queries of every preset are understood, whatever their labels', async () => {
    const nasty = 'a"b\\c\n$bucket{},é=~5..';
    const queries = [
      ...linkerdQueries(side(), { namespace: nasty, deployment: nasty }),
      ...istioQueries(side(), { namespace: nasty, workload: nasty }),
      ...ingressNginxQueries(side(), {
        namespace: nasty,
        ingress: nasty,
        namespaceLabel: 'exported_namespace',
      }),
      ...traefikQueries(side(), { service: nasty }),
    ];
    const series = await read(...queries);
    expect(series.flatMap(({ warnings }) => warnings)).toEqual([]);
    expect(series.map(({ status }) => status)).toEqual(queries.map(() => 'empty'));
  });

  test('the check finds the points of today, and misses what is not there', async () => {
    // The response time is left out: nobody has asked since the last of the amounts.
    expect(await metrics.check(nginx().slice(0, 2), never)).toMatchObject({ ok: true });
    const elsewhere = ingressNginxQueries(side(), {
      namespace: 'shop',
      ingress: 'another',
      namespaceLabel: 'namespace',
    });
    expect(await metrics.check(elsewhere, never)).toMatchObject({
      ok: false,
      error: { reason: 'not-found' },
    });
  });

  test('a user and a password are asked for, and taken', async () => {
    // bcrypt of "correct horse", made with cost 4 so that it is quick.
    const users = 'basic_auth_users: {shift: "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"}';
    await using guarded = await startPrometheus(exporter.url, scrapeMs, users);
    const auth = { kind: 'basic', user: 'shift', passwordVariable: 'PROM_PASSWORD' } as const;
    const asked = query(serverAt(guarded.url, { auth }), 'vector(1)');
    const statuses = await Promise.all(
      ['correct horse', 'wrong'].map(async (password) => {
        const guardedMetrics = source({ PROM_PASSWORD: password }, { clock });
        const [series] = await guardedMetrics.read([asked], window(), never);
        return series?.status;
      }),
    );
    expect(statuses).toEqual(['complete', 'denied']);
  });
});

function exposition({ ok, failed }: { ok: number; failed: number }): string {
  const labels = 'namespace="shop",ingress="web"';
  const times = 'nginx_ingress_controller_request_duration_seconds_bucket';
  const all = ok + failed;
  return [
    `nginx_ingress_controller_requests{${labels},status="200"} ${ok}`,
    ...(failed > 0 ? [`nginx_ingress_controller_requests{${labels},status="503"} ${failed}`] : []),
    ...['0.05', '0.1', '+Inf'].map((le) => `${times}{${labels},le="${le}"} ${le === '0.05' ? 0 : all}`),
    'workers -4',
    '',
  ].join('\n');
}
