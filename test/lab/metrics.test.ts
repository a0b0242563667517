import {
  CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
  type Dimension,
} from '@aws-sdk/client-cloudwatch';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { planOf } from '../../src/lab/lab-options.js';
import type { Side } from '../../src/lab/side.js';
import { ask } from './origins/request.js';

/** Longer than CloudWatch takes to tell of something. */
const toldMs = 1_000;

let lab: Lab;
let client: CloudWatchClient;

beforeAll(async () => {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  lab = await startLab({ clients: 'off' });
  const environment = lab.environment();
  client = new CloudWatchClient({
    endpoint: environment['AWS_ENDPOINT_URL_CLOUDWATCH'] ?? '',
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
    maxAttempts: 1,
  });
  await Promise.all([lab.source, lab.target].map(({ origin }) => origin.change({ baseErrorFraction: 0 })));
});

afterAll(async () => {
  client.destroy();
  await lab.close();
});

/** Sums over the last ten minutes, by the name of the metric. */
async function sums(names: readonly string[], dimensions: Dimension[]): Promise<Record<string, number>> {
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(Date.now() - 600_000),
      EndTime: new Date(Date.now() + 1_000),
      MetricDataQueries: names.map((MetricName, index) => ({
        Id: `m${index}`,
        Label: MetricName,
        MetricStat: {
          Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions: dimensions },
          Period: 1,
          Stat: 'Sum',
        },
      })),
    }),
  );
  return Object.fromEntries(
    MetricDataResults.map(({ Label = '', Values = [] }) => [
      Label,
      Values.reduce((sum, value) => sum + value, 0),
    ]),
  );
}

function askSide({ origin }: Side, addressIndex: number): Promise<unknown> {
  const address = origin.addresses[addressIndex] ?? '';
  return ask({ address, port: lab.settings.httpsPort, ca: lab.caPem, host: lab.host });
}

function balancer(): Dimension {
  return { Name: 'LoadBalancer', Value: lab.metrics.loadBalancer.loadBalancer };
}

test('what the load balancer serves is told in CloudWatch, what the Heroku router serves is not', async () => {
  const { zones, targetGroup } = lab.metrics.loadBalancer;
  await Promise.all([
    askSide(lab.target, 0),
    askSide(lab.target, 1),
    askSide(lab.target, 1),
    askSide(lab.source, 0),
  ]);
  await lab.target.origin.change({ errors: { status: 503, fraction: 1 } });
  await askSide(lab.target, 0);
  await lab.target.origin.change({ errors: { status: 500, fraction: 1 } });
  await askSide(lab.target, 0);
  await lab.target.origin.change({ errors: undefined });
  await sleep(toldMs);
  const names = [
    'RequestCount',
    'HTTPCode_Target_2XX_Count',
    'HTTPCode_Target_5XX_Count',
    'HTTPCode_ELB_503_Count',
  ];
  expect(await sums(names, [balancer()])).toEqual({
    RequestCount: 4,
    HTTPCode_Target_2XX_Count: 3,
    HTTPCode_Target_5XX_Count: 1,
    HTTPCode_ELB_503_Count: 1,
  });
  const zone = { Name: 'AvailabilityZone', Value: zones[1] ?? '' };
  const group = { Name: 'TargetGroup', Value: targetGroup };
  expect(await sums(['RequestCount'], [balancer(), group, zone])).toEqual({ RequestCount: 2 });
  const page = await (await fetch(lab.metrics.pageUrl)).text();
  expect(page).toContain('http_requests_total{side="source",code="2xx"} 1\n');
  expect(page).toContain('http_requests_total{side="target",code="2xx"} 3\n');
  expect(page).toContain('http_requests_total{side="target",code="5xx"} 2\n');
});

test('hosts and connections of the database are told of without any request', async () => {
  await sleep(2 * toldMs);
  const { Metrics = [] } = await client.send(new ListMetricsCommand({}));
  const names = Metrics.map(({ Namespace, MetricName }) => `${Namespace ?? ''} ${MetricName ?? ''}`);
  expect(names).toEqual(
    expect.arrayContaining(['AWS/ApplicationELB HealthyHostCount', 'AWS/RDS DatabaseConnections']),
  );
});

test('a side that is silenced tells nothing more, and takes nothing back', async () => {
  const before = await sums(['RequestCount'], [balancer()]);
  lab.target.metrics.change({ silenced: true });
  await askSide(lab.target, 0);
  await sleep(toldMs);
  expect(await sums(['RequestCount'], [balancer()])).toEqual(before);
  lab.target.metrics.change({ silenced: false });
  await askSide(lab.target, 0);
  await sleep(toldMs);
  expect(await sums(['RequestCount'], [balancer()])).toEqual({
    RequestCount: (before['RequestCount'] ?? 0) + 1,
  });
});

test('the page is there for anyone, the API only for who signs', async () => {
  expect((await fetch(lab.metrics.cloudWatchUrl, { method: 'POST' })).status).toBe(403);
  const page = await fetch(lab.metrics.pageUrl);
  expect(page.headers.get('content-type')).toContain('version=0.0.4');
});

test('a scenario may bring its own users, unless others are asked for', () => {
  expect(planOf({ scenario: 'low-traffic' }).clients).toEqual({ resolvers: 4, requestsPerSecond: 0.5 });
  expect(planOf({ scenario: 'low-traffic', clients: 'off' }).clients).toBe('off');
  expect(planOf({ scenario: 'night' }).clients).toEqual(planOf({}).clients);
});
