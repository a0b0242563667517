import { describe, expect, test } from 'vitest';
import { forecastPlan, type Forecast } from '../../../src/core/forecast/forecast.js';
import type { MigrationPlan } from '../../../src/core/plan.js';
import { builtInPolicy, hostPlan, planOf } from '../../cli/render/journey.js';
import { measured } from '../../engine/memory-metrics.js';

const plan = measured(planOf([hostPlan('www.shop.test')], builtInPolicy('fast')));

function forecast(perMinute: number | null, of: MigrationPlan = plan): Forecast {
  const { host } = of.hosts[0]!;
  const buckets = perMinute === null ? [] : Array.from({ length: 180 }, () => ({ n: perMinute, e: 0 }));
  const because = perMinute === null ? 'the router log of a Heroku app has no past' : null;
  return forecastPlan(of, [{ host, buckets, because }], 26);
}

describe('what a plan forecasts', () => {
  test('measured traffic makes one forecast', () => {
    const [host] = forecast(600).hosts;
    expect(host).toMatchObject({ host: 'www.shop.test', buckets: 180, because: null });
    expect(host?.traffic).toHaveLength(1);
    expect(host?.traffic[0]).toMatchObject({ isAssumed: false, perMinute: 600, errorRate: 0 });
    expect(host?.advice).toEqual([]);
  });

  test('buckets without a value are not left out of the mean', () => {
    const buckets = Array.from({ length: 180 }, (_, b) => (b % 2 === 0 ? { n: 600, e: 3 } : null));
    const [host] = forecastPlan(plan, [{ host: plan.hosts[0]!.host, buckets, because: null }], 26).hosts;
    expect(host).toMatchObject({ buckets: 90, traffic: [{ perMinute: 300, errorRate: 0.005 }] });
  });

  test('what was before the first known bucket is left out: the source may be new', () => {
    const buckets = Array.from({ length: 180 }, (_, b) => (b < 90 ? null : { n: 600, e: 3 }));
    const [host] = forecastPlan(plan, [{ host: plan.hosts[0]!.host, buckets, because: null }], 26).hosts;
    expect(host).toMatchObject({ buckets: 90, traffic: [{ perMinute: 600 }] });
  });

  test('two percent first is recommended from sixty requests a minute there, and not to those who have it', () => {
    const topics = (made: Forecast): string[] =>
      made.hosts.flatMap(({ advice }) => advice.map(({ topic }) => topic));
    expect(topics(forecast(3000))).toEqual(['first-stage']);
    expect(topics(forecast(2990))).toEqual([]);
    const first = { share: 2, dwellMs: plan.policy.stages[0]!.dwellMs };
    const cautious = { ...plan, policy: { ...plan.policy, stages: [first, ...plan.policy.stages] } };
    expect(topics(forecast(3000, cautious))).toEqual([]);
  });

  test('a stage that would ask is named with its requests', () => {
    const { advice } = forecast(3).hosts[0]!;
    expect(advice[0]).toMatchObject({ topic: 'too-small', share: 10, requestsPerMinute: 0.3 });
  });

  test('without a past it says why and takes several kinds of traffic for possible', () => {
    const [host] = forecast(null).hosts;
    expect(host?.because).toContain('no past');
    expect(host?.traffic.map(({ isAssumed, perMinute }) => [isAssumed, perMinute])).toEqual([
      [true, 10],
      [true, 100],
      [true, 1000],
      [true, 10_000],
    ]);
  });

  test('a source whose every bucket is empty is unknown, not a site without users', () => {
    expect(forecast(0).hosts[0]).toMatchObject({
      because: 'the source had no request in the time that was read',
    });
  });

  test('gauges and other sites at the target do not hide what the requests allow', () => {
    const gauges = [{ name: 'connections', worse: 'high', limit: 80 } as const];
    const [host] = forecast(600, measured(plan, { gauges, sharedTarget: true })).hosts;
    expect(host?.traffic[0]?.stages.map(({ then }) => then)).toEqual(['promotes', 'promotes', 'promotes']);
    expect(host?.advice).toEqual([{ topic: 'shared-target' }]);
  });

  test('of a large group the hosts with the fewest requests are forecast', () => {
    const group = Array.from({ length: 12 }, (_, index) => hostPlan(`h${index}.shop.test`));
    const large = measured(planOf(group, plan.policy));
    const histories = large.hosts.map(({ host }, index) => ({
      host,
      buckets: Array.from({ length: 60 }, () => ({ n: 6000 - 100 * index, e: 0 })),
      because: null,
    }));
    const { hosts } = forecastPlan(large, histories, 26);
    expect(hosts.map(({ traffic }) => traffic.length)).toEqual([
      0,
      0,
      ...Array.from({ length: 10 }, () => 1),
    ]);
    expect(hosts[0]?.because).toContain('more traffic');
  });

  test('probes alone: nothing is forecast', () => {
    const [host] = forecast(600, planOf([hostPlan('www.shop.test')], plan.policy)).hosts;
    expect(host).toMatchObject({ traffic: [], because: expect.stringContaining('probes alone') as unknown });
  });
});

describe('what it costs', () => {
  test('each metric at each tick, and our own questions to each name server', () => {
    // Take-over 5 s and tail, three stages of 90 s settling and 50 m in all, and the last settling: 57 minutes.
    const { cost } = forecast(600);
    expect(cost.durationMs).toBe((5 + 30 + 4 * 90 + 50 * 60) * 1000);
    expect(cost.cloudWatch).toMatchObject({ metrics: 4, readings: 57 });
    expect(cost.cloudWatch.dollars).toBeCloseTo((4 * 57 * 0.01) / 1000, 10);
    expect(cost.route53.queries).toBe(57 * 4 * 26);
    expect(cost.route53.dollars).toBeCloseTo((57 * 4 * 26 * 0.4) / 1e6, 10);
    expect(cost.route53.dollarsPerThousandResolversDay).toBeCloseTo((1000 * 1440 * 0.4) / 1e6, 10);
  });

  test('the same metric for two purposes is paid once', () => {
    const [host] = plan.hosts;
    const queries = host!.metrics!.queries.flatMap((query) => [query, { ...query, id: `${query.id}-again` }]);
    const twice = { ...plan, hosts: [{ ...host!, metrics: { ...host!.metrics!, queries } }] };
    expect(forecast(600, twice).cost.cloudWatch.metrics).toBe(4);
  });

  test('a stage that waits for its evidence costs for as long', () => {
    expect(forecast(3).cost.durationMs).toBeGreaterThan(forecast(600).cost.durationMs + 60 * 60_000);
  });
});
