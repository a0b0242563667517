import { describe, expect, test } from 'vitest';
import { knownBuckets, type SourceHistory } from '../../src/core/forecast/source-history.js';
import { routerQueries } from '../../src/core/metric/presets/heroku-router.js';
import type { MetricSeries } from '../../src/core/metric/metric-series.js';
import type { MigrationPlan } from '../../src/core/plan.js';
import { ok } from '../../src/core/result.js';
import type { MetricSource } from '../../src/engine/ports.js';
import { sourceHistories } from '../../src/engine/source-history.js';
import { measured, MemoryMetrics } from './memory-metrics.js';
import { World } from './world.js';

const signal = new AbortController().signal;

async function historyOf(
  world: World,
  plan: MigrationPlan,
  source: () => Promise<MetricSource>,
): Promise<SourceHistory> {
  const reading = sourceHistories({ source, clock: world.engine.clock, timeoutMs: 1_000 }, plan, 30, signal);
  const [history] = await reading;
  return history!;
}

function failing(read: MetricSource['read']): () => Promise<MetricSource> {
  return () => Promise.resolve({ kind: 'cloudwatch', check: () => Promise.resolve(ok('fine')), read });
}

describe("the source's past", () => {
  test('is read bucket by bucket up to what has settled', async () => {
    const world = new World();
    const plan = measured(await world.plan());
    const metrics = new MemoryMetrics(world, (side) => (side === 'source' ? { n: 50, e: 1 } : null));
    const { buckets, because } = await historyOf(world, plan, () => Promise.resolve(metrics));
    expect(because).toBeNull();
    expect(buckets).toHaveLength(30);
    expect(new Set(buckets.map((counts) => counts?.e))).toEqual(new Set([1]));
    expect(metrics.calls).toBe(1);
  });

  test('a bucket without a value stays unknown', async () => {
    const world = new World();
    const plan = measured(await world.plan());
    const metrics = new MemoryMetrics(world, (_side, at) => ((at / 1000) % 2 === 0 ? { n: 50, e: 1 } : null));
    const history = await historyOf(world, plan, () => Promise.resolve(metrics));
    expect(history.buckets).toHaveLength(30);
    expect(knownBuckets(history)).toHaveLength(15);
  });

  test('a router log is not asked, because it has no past', async () => {
    const world = new World();
    const plan = measured(await world.plan());
    const { host } = plan.hosts[0]!;
    const queries = routerQueries(
      'my-app',
      { dnsName: 'x.herokudns.com', port: 443, path: '/' },
      { host, side: 'source' },
    );
    const never = (): Promise<MetricSource> => Promise.reject(new Error('was opened'));
    const heroku = measured(plan, { queries });
    expect(await historyOf(world, heroku, never)).toMatchObject({
      buckets: [],
      because: 'the router log of a Heroku app has no past',
    });
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('expired token')), 'expired token'],
    ['answers with nothing', () => Promise.resolve([]), 'no value'],
    [
      'was denied',
      (queries, { start }) =>
        Promise.resolve(
          queries.map(({ id }): MetricSeries => ({
            id,
            points: [],
            status: 'denied',
            settledTo: start,
            warnings: ['no!'],
          })),
        ),
      'no!',
    ],
  ] satisfies [string, MetricSource['read'], string][])(
    'a source that %s is a reason, never an error',
    async (_what, read, because) => {
      const world = new World();
      const plan = measured(await world.plan());
      const history = await historyOf(world, plan, failing(read));
      expect(history).toMatchObject({ buckets: [], because: expect.stringContaining(because) as unknown });
    },
  );

  test('a plan without metrics has no past', async () => {
    const world = new World();
    const history = await historyOf(
      world,
      await world.plan(),
      failing(() => Promise.resolve([])),
    );
    expect(history.because).toBe('nothing counts its requests');
  });
});
