import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { findAll, missing } from './binaries/installed.js';
import { Prometheus } from './binaries/prometheus.js';

const absentAws = missing('aws');
const absentPrometheus = missing('prometheus');
for (const absent of [absentAws, absentPrometheus]) {
  if (absent !== undefined) console.warn(`a part of metrics-binaries.test.ts is skipped: ${absent}`);
}

/** What the lab's own counter says: all requests of the load balancer, and those that failed. */
interface Counted {
  readonly requests: number;
  readonly errors: number;
}

let lab: Lab;
let startedAtMs: number;
let counted: Counted;

beforeAll(async () => {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  startedAtMs = Date.now();
  // The load balancer is the source, so that all traffic is its.
  lab = await startLab({ direction: 'aws-to-heroku', clients: { resolvers: 20, requestsPerSecond: 2 } });
  await lab.source.origin.change({ errors: { status: 500, fraction: 0.3 } });
  counted = await traffic(lab);
}, 60_000);

afterAll(async () => {
  await lab.close();
});

/** Lets the clients send some hundred requests, then stops them and waits until CloudWatch has told of the last one. */
async function traffic({ source, clients }: Lab): Promise<Counted> {
  const count = (): Counted => {
    const sum = (of: keyof Counted): number =>
      source.origin.load().reduce((total, second) => total + second[of], 0);
    return { requests: sum('requests'), errors: sum('errors') };
  };
  while (count().requests < 100) await sleep(50);
  clients?.stop();
  let last: number;
  do {
    last = count().requests;
    await sleep(1_500);
  } while (count().requests !== last);
  return count();
}

function queries(): MetricDataQuery[] {
  const { loadBalancer, targetGroup } = lab.metrics.loadBalancer;
  const dimensions = [
    { Name: 'LoadBalancer', Value: loadBalancer },
    { Name: 'TargetGroup', Value: targetGroup },
  ];
  return (['RequestCount', 'HTTPCode_Target_5XX_Count', 'Misspelt_Count'] as const).map(
    (MetricName, index) => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions: dimensions },
        Period: 60,
        Stat: 'Sum',
      },
    }),
  );
}

function window(): { StartTime: Date; EndTime: Date } {
  return { StartTime: new Date(startedAtMs), EndTime: new Date(Date.now() + 1_000) };
}

interface Results {
  readonly MetricDataResults?: readonly { readonly Values?: readonly number[] | undefined }[] | undefined;
}

/** Sums of the results, in the order of the queries. */
function sums({ MetricDataResults = [] }: Results): number[] {
  return MetricDataResults.map(({ Values = [] }) => Values.reduce((total, value) => total + value, 0));
}

async function throughAws(binary: string): Promise<number[]> {
  const environment = lab.environment();
  const { StartTime, EndTime } = window();
  const args = [
    ...['--endpoint-url', environment['AWS_ENDPOINT_URL_CLOUDWATCH'] ?? '', '--output', 'json'],
    ...['cloudwatch', 'get-metric-data', '--metric-data-queries', JSON.stringify(queries())],
    ...['--start-time', StartTime.toISOString(), '--end-time', EndTime.toISOString()],
  ];
  const env = { ...environment, PATH: process.env['PATH'] ?? '' };
  const { stdout } = await promisify(execFile)(binary, args, { env, timeout: 60_000 });
  return sums(JSON.parse(stdout) as Results);
}

async function throughSdk(): Promise<number[]> {
  const environment = lab.environment();
  const client = new CloudWatchClient({
    endpoint: environment['AWS_ENDPOINT_URL_CLOUDWATCH'] ?? '',
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
  try {
    return sums(await client.send(new GetMetricDataCommand({ ...window(), MetricDataQueries: queries() })));
  } finally {
    client.destroy();
  }
}

describe('what the lab counts is what others read', { timeout: 120_000 }, () => {
  test('the SDK finds every request of the load balancer, and nothing under a wrong name', async () => {
    const { requests, errors } = counted;
    expect(errors).toBeGreaterThan(0);
    expect(await throughSdk()).toEqual([requests, errors, 0]);
  });

  // Debian's speaks the Query protocol, newer ones JSON; where both are there, both are tried.
  test.each(findAll('aws'))('so does %s', async (binary) => {
    const { requests, errors } = counted;
    expect(await throughAws(binary)).toEqual([requests, errors, 0]);
  });

  test.skipIf(absentPrometheus !== undefined)('prometheus finds them on its page', async () => {
    await using prometheus = await Prometheus.start(lab);
    const { requests, errors } = counted;
    expect(new Set(await prometheus.query('sum by (side, code) (http_requests_total)'))).toEqual(
      new Set([
        { metric: { side: 'source', code: '2xx' }, value: requests - errors },
        { metric: { side: 'source', code: '5xx' }, value: errors },
      ]),
    );
    const seconds = 'histogram_quantile(0.5, http_request_duration_seconds_bucket{side="source"})';
    expect((await prometheus.query(seconds))[0]?.value).toBeGreaterThan(0.01);
    expect(await prometheus.query('http_requests_total{side="target"}')).toEqual([]);
  });
});
