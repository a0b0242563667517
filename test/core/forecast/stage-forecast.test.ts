import { describe, expect, test } from 'vitest';
import { forecastStages, type StageForecast } from '../../../src/core/forecast/stage-forecast.js';
import { gateParameters } from '../../../src/core/gate/gate-input.js';
import type { Policy } from '../../../src/core/policy/policy.js';
import { builtInPolicy } from '../../cli/render/journey.js';

const minute = 60_000;
const fast = builtInPolicy('fast');

/** A source that has been measured for three hours, one in a thousand of whose requests fails. */
function forecast(perMinute: number, policy: Policy = fast, past = true): readonly StageForecast[] {
  const parameters = gateParameters(policy, { queries: [], gauges: [], sharedTarget: false }, 1);
  const requests = Array.from({ length: past ? 180 : 0 }, (_, b) => ({
    n: perMinute,
    e: Math.floor(((b + 1) * perMinute) / 1000) - Math.floor((b * perMinute) / 1000),
  }));
  const history = { requests, slow: [], latency: [], gauges: {} };
  return forecastStages(policy, parameters, { perMinute, errorRate: 0.001, history });
}

describe('the forecast of a stage', () => {
  test('requests follow the share, and the stage is left when its dwell is over', () => {
    const [first, second] = forecast(1000);
    expect(first).toMatchObject({
      share: 10,
      requestsPerMinute: 100,
      requestsInDwell: 1000,
      dwellMs: 10 * minute,
    });
    expect(first).toMatchObject({ then: 'promotes', leavesAfterMs: 10 * minute, isCut: false });
    expect(second?.requestsPerMinute).toBe(500);
  });

  test('the evidence needs as many clean requests as the rule says, and the metrics come three minutes late', () => {
    // 3 (phi - 1) / (delta ln phi) for 1.3 and a margin of 4 percent is 86 requests; without history phi is 2, which makes 108.
    const policy = {
      ...fast,
      stages: [{ share: 25, dwellMs: fast.stages[0]!.dwellMs }, ...fast.stages.slice(1)],
    };
    const perMinute = 40;
    const requests = (stages: readonly StageForecast[]): number =>
      ((stages[0]!.evidenceMs! - 3 * minute) / minute) * stages[0]!.requestsPerMinute;
    const withoutPast = requests(forecast(perMinute, policy, false));
    // A whole bucket and the noise of rates, with which the gate also reckons, leave it near the closed form.
    expect(withoutPast).toBeGreaterThan(100);
    expect(withoutPast).toBeLessThan(140);
  });

  test('too little traffic asks, and says how long it would take', () => {
    const [first] = forecast(3);
    expect(first?.then).toBe('asks');
    expect(first?.leavesAfterMs).toBe(70 * minute);
    expect(first!.evidenceMs!).toBeGreaterThan(70 * minute);
  });

  test('more traffic finds a smaller rise in failures, and never one that is tolerated', () => {
    const found = [100, 1000, 10_000].map((perMinute) => forecast(perMinute)[0]!.detects!);
    expect(found).toEqual(found.toSorted((one, other) => other - one));
    expect(found[0]).toBeLessThan(0.05);
    expect(found[2]).toBeGreaterThan(0.00025);
  });

  test('no request finds nothing and never goes on', () => {
    const [first] = forecast(0);
    expect(first).toMatchObject({ evidenceMs: null, then: 'asks', detects: null, requestsInDwell: 0 });
  });

  test('days of dwell are computed for some hours and said to be', () => {
    const cautious = builtInPolicy('cautious');
    const [first] = forecast(50, { ...cautious, stages: cautious.stages.slice(-2) });
    expect(first).toMatchObject({ isCut: true, dwellMs: 1440 * minute, leavesAfterMs: 1440 * minute });
  });
});
