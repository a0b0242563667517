import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCloudWatch, type CloudWatch } from '../../../src/adapters/cloudwatch/cloudwatch.js';
import type { ProviderFailure } from '../../../src/core/failure.js';
import { loadBalancerQueries } from '../../../src/core/metric/presets/cloudwatch-load-balancer.js';
import type { MetricQuery } from '../../../src/core/metric/metric-query.js';
import type { Result } from '../../../src/core/result.js';
import { useCanaryCredentials } from '../route53/aws-environment.js';
import { answering, CloudWatchServer, type ResultParts } from './cloudwatch-server.js';
import { clock, host, loadBalancer, manyQueries, noonSeconds, query } from './samples.js';

const never = new AbortController().signal;
const targetGroup = 'targetgroup/web/73e2d6bc24d8a067';
const place = { region: 'eu-west-1', loadBalancer, targetGroup, shared: false };
const queries = loadBalancerQueries(place, { host, side: 'target' });
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

/** Every metric named gets a point two hours ago, the others none. */
function having(...metricNames: readonly string[]): void {
  server.react(
    answering(({ MetricStat }) => ({
      points: metricNames.includes(MetricStat.Metric.MetricName) ? [[noonSeconds - 7200, 3]] : [],
    })),
  );
}

function failureOf(result: Result<string, ProviderFailure>): ProviderFailure {
  if (result.ok) throw new Error(`expected a failure, got: ${result.value}`);
  return result.error;
}

describe('a check', () => {
  it('asks for the last 24 hours and the present one by the hour, in one call', async () => {
    having('RequestCount');
    await source.check(queries, never);
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]?.input).toMatchObject({
      StartTime: noonSeconds - 24 * 3600,
      EndTime: noonSeconds + 3600,
    });
    const periods = server.seen[0]?.input.MetricDataQueries?.map(({ MetricStat }) => MetricStat.Period);
    expect(new Set(periods)).toEqual(new Set([3600]));
  });

  it('is content when everything has had a point', async () => {
    server.react(answering(() => ({ points: [[noonSeconds, 3]] })));
    expect(await source.check(queries, never)).toEqual({
      ok: true,
      value: 'CloudWatch can be read in eu-west-1: 8 of 8 queries had a point in the last 24 hours',
    });
  });

  it('is content without failures where requests of the same side were counted', async () => {
    having('RequestCount', 'TargetResponseTime', 'HealthyHostCount');
    expect(await source.check(queries, never)).toEqual({
      ok: true,
      value:
        'CloudWatch can be read in eu-west-1: 4 of 8 queries had a point in the last 24 hours; ' +
        'the other 4 count failures, of which there were none',
    });
  });

  it('fault 47: a query without a point in 24 hours is a plan error that names it, its dimensions and what to type', async () => {
    having();
    const only = queries.filter(({ role }) => role === 'total' || role === 'bad');
    const failure = failureOf(await source.check(only, never));
    expect(failure).toMatchObject({ reason: 'not-found', provider: 'metrics', operation: 'GetMetricData' });
    expect(failure.message).toContain(
      'www.example.com target bad: AWS/ApplicationELB HTTPCode_Target_5XX_Count',
    );
    expect(failure.message).toContain(`(LoadBalancer=${loadBalancer}) in eu-west-1`);
    expect(failure.message).toContain('and 1 more');
    expect(failure.message).toContain(
      'aws cloudwatch list-metrics --region eu-west-1 --namespace AWS/ApplicationELB --metric-name HTTPCode_Target_5XX_Count',
    );
  });

  it('does not take requests of the other side, or of another host, for a proof', async () => {
    const bad = query({ role: 'bad', whenMissing: 'zero-if-sentinel', spec: { metricName: 'Bad' } });
    having('RequestCount');
    for (const other of [
      query({ id: 'x', side: 'source' }),
      query({ id: 'x', host: 'other.example.com.' as typeof host }),
    ]) {
      expect(failureOf(await source.check([bad, other], never)).reason).toBe('not-found');
    }
    expect((await source.check([bad, query({ id: 'x' })], never)).ok).toBe(true);
  });

  it('wants a point of everything else, whatever else there is', async () => {
    having('RequestCount', 'HealthyHostCount');
    const failure = failureOf(await source.check(queries, never));
    expect(failure.message).toContain('TargetResponseTime');
    expect(failure.message).not.toContain('HTTPCode_Target_5XX_Count');
  });

  it('accepts a target that has healthy hosts and was never asked for anything, and no such source', async () => {
    having('HealthyHostCount');
    const idle = (side: 'source' | 'target'): readonly MetricQuery[] =>
      queries.map((one) => ({ ...one, side }));
    expect(await source.check(idle('target'), never)).toMatchObject({
      ok: true,
      value: expect.stringContaining('there was no request in the last 24 hours') as unknown,
    });
    expect(failureOf(await source.check(idle('source'), never)).message).toContain('RequestCount');
  });

  it('says that it may not read, which metrics are meant, and nothing of the others', async () => {
    server.react(
      answering(({ MetricStat }): ResultParts => {
        const isSecret = MetricStat.Metric.MetricName === 'M1';
        return isSecret ? { status: 'Forbidden' } : { points: [[noonSeconds, 1]] };
      }),
    );
    const failure = failureOf(await source.check(manyQueries(3), never));
    expect(failure.reason).toBe('denied');
    expect(failure.message).toContain('AWS/ApplicationELB M1 (');
    expect(failure.message).not.toContain('M2');
  });

  it.each([
    ['denied', { error: 'AccessDenied', status: 403 }],
    ['throttled', { error: 'Throttling' }],
    ['unavailable', 'reset'],
    ['invalid', { error: 'InvalidParameterValue', message: 'bad' }],
  ] as const)('fails as the call does: %s', async (reason, reaction) => {
    server.react(reaction);
    expect(failureOf(await source.check([query()], never)).reason).toBe(reason);
  });

  it('does not conclude from part of an answer that a metric does not exist', async () => {
    server.react(answering(() => ({ status: 'PartialData' })));
    expect(failureOf(await source.check([query()], never)).reason).toBe('unknown');
  });

  it('quotes names for the shell and shows no control characters', async () => {
    having();
    const odd = query({ spec: { namespace: "It's $(mine)\u001b[31m", dimensions: {} } });
    const { message } = failureOf(await source.check([odd], never));
    expect(message).toContain(`--namespace 'It'\\''s $(mine)'`);
    expect(message).toContain('without dimensions');
    expect(message).not.toMatch(/\p{Cc}/u);
  });

  it('is given up with the signal', async () => {
    server.react('silence');
    expect(failureOf(await source.check([query()], AbortSignal.timeout(30))).reason).toBe('timeout');
  });
});
