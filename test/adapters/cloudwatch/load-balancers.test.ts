import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCloudWatch, type CloudWatch } from '../../../src/adapters/cloudwatch/cloudwatch.js';
import type { ProviderFailure } from '../../../src/core/failure.js';
import type { Result } from '../../../src/core/result.js';
import { useCanaryCredentials } from '../route53/aws-environment.js';
import { CloudWatchServer } from './cloudwatch-server.js';
import { clock } from './samples.js';

const never = new AbortController().signal;
const dnsName = 'web-1234567890.eu-west-1.elb.amazonaws.com';
const balancer = 'app/Web/50dc6c495c0c9188';
const blue = 'targetgroup/blue/73e2d6bc24d8a067';
const green = 'targetgroup/green/0123456789abcdef';
let server: CloudWatchServer;
let source: CloudWatch;

beforeAll(async () => {
  server = await CloudWatchServer.start();
});
beforeEach(async () => {
  useCanaryCredentials();
  source = await createCloudWatch({ endpoint: server.endpoint, clock, timeoutMs: 5000 });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

type Dimensions = Readonly<Record<string, string>>;

function metric(dimensions: Dimensions): unknown {
  return {
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'x',
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
  };
}

/** The lists of the two metrics that are asked for. */
function listing(requestCount: readonly Dimensions[], healthyHostCount: readonly Dimensions[] = []): void {
  server.react(({ input }) => ({
    json: {
      Metrics: (input.MetricName === 'RequestCount' ? requestCount : healthyHostCount).map(metric),
    },
  }));
}

function failureOf(result: Result<unknown, ProviderFailure>): ProviderFailure {
  if (result.ok) throw new Error(`expected a failure, got: ${JSON.stringify(result.value)}`);
  return result.error;
}

const find = (name = dnsName, region: string | null = null): ReturnType<CloudWatch['discoverLoadBalancer']> =>
  source.discoverLoadBalancer(name, region, never);

describe('the load balancer behind a DNS name', () => {
  it('is found with its one target group, among others', async () => {
    listing(
      [
        { LoadBalancer: 'app/other/50dc6c495c0c9188' },
        { LoadBalancer: 'app/web-2/50dc6c495c0c9188', TargetGroup: green },
        { LoadBalancer: balancer, AvailabilityZone: 'eu-west-1a' },
        { LoadBalancer: balancer },
        { LoadBalancer: balancer, TargetGroup: blue },
      ],
      [{ LoadBalancer: balancer, TargetGroup: blue }],
    );
    expect(await find()).toEqual({
      ok: true,
      value: {
        region: 'eu-west-1',
        loadBalancer: balancer,
        targetGroup: blue,
        shared: false,
        fact: `load balancer ${balancer} in eu-west-1, target group ${blue}`,
      },
    });
    expect(
      server.seen.map(({ region, operation, input }) => [region, operation.split('.')[1], input]),
    ).toEqual(
      ['RequestCount', 'HealthyHostCount'].map((MetricName) => [
        'eu-west-1',
        'ListMetrics',
        { Namespace: 'AWS/ApplicationELB', MetricName, RecentlyActive: 'PT3H' },
      ]),
    );
  });

  it('is found before anybody has asked it for anything, by its health checks', async () => {
    listing([], [{ LoadBalancer: balancer, TargetGroup: blue }]);
    expect(await find()).toMatchObject({ ok: true, value: { loadBalancer: balancer, targetGroup: blue } });
  });

  it('is measured as a whole when it has several target groups, one of them idle', async () => {
    listing(
      [{ LoadBalancer: balancer }, { LoadBalancer: balancer, TargetGroup: blue }],
      [
        { LoadBalancer: balancer, TargetGroup: blue },
        { LoadBalancer: balancer, TargetGroup: green, AvailabilityZone: 'eu-west-1a' },
      ],
    );
    const found = await find();
    expect(found).toMatchObject({ ok: true, value: { targetGroup: null, shared: true } });
    expect(found).toMatchObject({ value: { fact: expect.stringContaining('2 target groups') as string } });
  });

  it('is found without a target group, which is told', async () => {
    listing([{ LoadBalancer: balancer }]);
    expect(await find()).toMatchObject({
      ok: true,
      value: { targetGroup: null, shared: false, fact: expect.stringContaining('no target group') as string },
    });
  });

  it('is looked for in another region when that is asked for', async () => {
    listing([{ LoadBalancer: balancer }]);
    expect(await find(dnsName, 'us-east-2')).toMatchObject({ ok: true, value: { region: 'us-east-2' } });
    expect(server.seen[0]?.region).toBe('us-east-2');
  });

  it('is not guessed among several: their ARNs can be told apart', async () => {
    listing([{ LoadBalancer: balancer }, { LoadBalancer: 'app/web/0123456789abcdef' }]);
    const { reason, message } = failureOf(await find());
    expect(reason).toBe('not-found');
    expect(message).toContain('2 load balancers web');
    expect(message).toContain('--load-balancer <arn>');
  });

  it('is not made up where there is none', async () => {
    listing([{ LoadBalancer: 'net/web/50dc6c495c0c9188' }, {}, { LoadBalancer: 'app/web' }]);
    const { reason, message } = failureOf(await find());
    expect(reason).toBe('not-found');
    expect(message).toContain('aws elbv2 describe-load-balancers --region eu-west-1');
  });

  it('is not looked for under a name of another kind', async () => {
    listing([]);
    for (const name of [
      'd111111abcdef8.cloudfront.net',
      'web-1.elb.eu-west-1.amazonaws.com',
      'www.example.com',
    ]) {
      expect(failureOf(await find(name)).message).toContain('--load-balancer <arn>');
    }
    expect(server.seen).toHaveLength(0);
  });
});

describe('a list of several pages', () => {
  it('is read to its end', async () => {
    server.react(({ input }) => {
      const isFirst = input.NextToken === undefined;
      return {
        json: {
          Metrics: isFirst ? [] : [metric({ LoadBalancer: balancer })],
          ...(isFirst ? { NextToken: 'two' } : {}),
        },
      };
    });
    expect(await find()).toMatchObject({ ok: true });
    expect(server.seen).toHaveLength(4);
  });

  it('is a failure when it goes in a circle or does not end', async () => {
    server.react({ json: { Metrics: [], NextToken: 'again' } });
    expect(failureOf(await find()).message).toContain('circle');
    expect(server.seen).toHaveLength(2);
    server.react((_, number) => ({ json: { Metrics: [], NextToken: String(number) } }));
    expect(failureOf(await find()).message).toContain('more than 20 pages');
    expect(server.seen).toHaveLength(20);
  });

  it.each([
    ['is denied', { error: 'AccessDenied', status: 403 }, 'denied', /cloudwatch:ListMetrics/],
    ['is no list', { json: { Metrics: 5 } }, 'unknown', /without a list of metrics/],
    ['is empty', { raw: '' }, 'unknown', /without a list of metrics/],
    ['is a web page', { raw: '<html>' }, 'unknown', /cannot read/],
  ] as const)('is a failure when it %s', async (_, reaction, reason, message) => {
    server.react(reaction);
    const failure = failureOf(await find());
    expect(failure).toMatchObject({ reason, provider: 'metrics', operation: 'ListMetrics' });
    expect(failure.message).toMatch(message);
  });

  it('is harmless with garbage among its dimensions', async () => {
    server.react({
      json: {
        Metrics: [
          null,
          5,
          { Dimensions: 'x' },
          { Dimensions: [null, { Name: 5 }] },
          metric({ LoadBalancer: balancer }),
        ],
      },
    });
    expect(await find()).toMatchObject({ ok: true });
  });
});
