import { describe, expect, test } from 'vitest';
import { forecastLines } from '../../../src/cli/render/forecast-view.js';
import { forecastPlan } from '../../../src/core/forecast/forecast.js';
import { measured } from '../../engine/memory-metrics.js';
import { builtInPolicy, hostPlan, planOf } from './journey.js';
import { displayWidth } from '../../../src/cli/render/width.js';

function shown(perMinute: number | null, policy = 'fast'): string[] {
  const plan = measured(planOf([hostPlan('www.shop.test')], builtInPolicy(policy)));
  const buckets =
    perMinute === null ? [] : Array.from({ length: 180 }, (_, b) => ({ n: perMinute, e: b % 2 }));
  const because = perMinute === null ? 'the router log of a Heroku app has no past' : null;
  return forecastLines(forecastPlan(plan, [{ host: plan.hosts[0]!.host, buckets, because }], 26));
}

describe('the forecast', () => {
  test('of a site with much traffic', () => {
    expect(`\n${shown(6000).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      forecast   www.shop.test: 6,000 requests a minute, 0.0083 % of which fail
                 (source, 180 buckets)
                 STAGE  A MINUTE  IN DWELL  EVIDENCE  THEN            FINDS
                 10%    600       6,000     4m        goes on at 10m  +0.12 %
                 50%    3,000     30,000    4m        goes on at 10m  +0.052 %
                 100%   6,000     180,000   4m        goes on at 30m  +0.025 %
                 Requests at the target; times from settling, if it is as good as now.
                 FINDS: the smallest rise in failures that is rolled back by then.
                 ⚠ a first stage of 2% would still get 120 requests a minute, and a
                 broken target would meet 5 times fewer users: add 2 to stages

      cost       under $0.01 CloudWatch: 4 metrics, 57 times ($0.01 per 1,000)
                 under $0.01 Route 53: our 5,928 DNS queries ($0.40 per million)
                 $0.58 a day more for each 1,000 resolvers that ask whenever the TTL
                 allows
                 For 56m35s, at list prices of 2026-09. Not counted: the hosted zone
                 itself, whose price covers 2 more records, and discounts. Changes are
                 free.
      "
    `);
  });

  test('of a site with little traffic', () => {
    expect(`\n${shown(8).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      forecast   www.shop.test: 8 requests a minute, 6.3 % of which fail (source, 180
                 buckets)
                 STAGE  A MINUTE  IN DWELL  EVIDENCE  THEN           FINDS
                 10%    0.8       8         2h12m     asks at 1h10m  +17 %
                 50%    4         40        1h49m     asks at 1h10m  +5.6 %
                 100%   8         240       2h2m      asks at 1h30m  +1.1 %
                 Requests at the target; times from settling, if it is as good as now.
                 FINDS: the smallest rise in failures that is rolled back by then.
                 ⚠ at 10% the target gets 0.8 requests a minute: the evidence takes
                 2h12m, so a person is asked
                 ⚠ at 50% the target gets 4 requests a minute: the evidence takes
                 1h49m, so a person is asked
                 ⚠ at 100% the target gets 8 requests a minute: the evidence takes
                 2h2m, so a person is asked
                 Choices: a larger share, a longer dwell or gate.maxHold, a larger
                 gate.budget, gate: {evidence: probes}, busier hours, or a person who
                 approves.

      cost       under $0.01 CloudWatch: 4 metrics, 237 times ($0.01 per 1,000)
                 under $0.01 Route 53: our 24,648 DNS queries ($0.40 per million)
                 $0.58 a day more for each 1,000 resolvers that ask whenever the TTL
                 allows
                 For 3h56m, at list prices of 2026-09. Not counted: the hosted zone
                 itself, whose price covers 2 more records, and discounts. Changes are
                 free.
      "
    `);
  });

  test('of a site that nobody has measured', () => {
    expect(`\n${shown(null).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      forecast   www.shop.test: unknown, because the router log of a Heroku app has no
                 past.
                 So nobody knows how many requests there are. If there are so many:
                 A MINUTE  10%      50%      100%     FINDS
                 10        1h52m *  33m      14m      +3.9 %
                 100       14m      12m      5m       +0.93 %
                 1,000     5m       4m       5m       +0.29 %
                 10,000    5m       6m       9m       +0.14 %
                 How long the evidence takes at each share; * then a person is asked.
                 FINDS: the smallest rise in failures that the first stage rolls back.

      cost       under $0.01 CloudWatch: 4 metrics, 57 times ($0.01 per 1,000)
                 under $0.01 Route 53: our 5,928 DNS queries ($0.40 per million)
                 $0.58 a day more for each 1,000 resolvers that ask whenever the TTL
                 allows
                 For 56m35s, at list prices of 2026-09. Not counted: the hosted zone
                 itself, whose price covers 2 more records, and discounts. Changes are
                 free.
      "
    `);
  });

  test.each([null, 0, 3, 20_000_000])('no line is wider than a terminal at %s requests', (perMinute) => {
    const lines = shown(perMinute, 'standard');
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80);
  });
});
