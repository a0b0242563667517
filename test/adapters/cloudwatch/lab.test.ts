import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCloudWatch, type CloudWatch } from '../../../src/adapters/cloudwatch/cloudwatch.js';
import { loadBalancerQueries } from '../../../src/core/metric/presets/cloudwatch-load-balancer.js';
import { instant, millis } from '../../../src/core/time.js';
import {
  loadBalancerMetrics,
  type BalancedRequest,
  type TargetHealth,
} from '../../../src/lab/cloudwatch/load-balancer-metrics.js';
import { startCloudWatch, type CloudWatchApi } from '../../../src/lab/cloudwatch/server.js';
import { ToldLog } from '../../../src/lab/cloudwatch/told-log.js';
import { MetricsSwitch } from '../../../src/lab/metrics-behaviour.js';
import { MetricsPage } from '../../../src/lab/metrics-page.js';
import { useCanaryCredentials } from '../route53/aws-environment.js';
import { clock, host, noonSeconds, query } from './samples.js';

const never = new AbortController().signal;
const zone = 'eu-west-1a';
const names = {
  loadBalancer: 'app/web/50dc6c495c0c9188',
  targetGroup: 'targetgroup/web/73e2d6bc24d8a067',
  zones: [zone],
};
const { loadBalancer, targetGroup } = names;
const place = { region: 'eu-west-1', loadBalancer, targetGroup, shared: false };
const window = {
  start: instant((noonSeconds - 5) * 1000),
  end: instant(noonSeconds * 1000),
  bucketMs: millis(1000),
};
let api: CloudWatchApi;
let source: CloudWatch;

beforeAll(async () => {
  const requests = new ToldLog<BalancedRequest>();
  const health = new ToldLog<TargetHealth>();
  for (let second = noonSeconds - 5; second < noonSeconds; second += 1) {
    const healthy = { healthy: 2, unhealthy: 0, healthyInZone: 2, unhealthyInZone: 0 };
    health.add({ zone, ...healthy }, second * 1000, 0);
    if (second === noonSeconds - 4) continue;
    const answer = { zone, by: 'target', status: 200, targetSeconds: 0.25 } as const;
    for (let count = 0; count < 9; count += 1) requests.add(answer, second * 1000 + count, 0);
    const isBad = second === noonSeconds - 1;
    requests.add({ ...answer, status: isBad ? 500 : 200 }, second * 1000 + 10, 0);
  }
  const quiet = new MetricsSwitch();
  api = await startCloudWatch({
    metrics: loadBalancerMetrics(names, { requests, health }),
    page: new MetricsPage({ source: quiet, target: quiet }),
    host: '127.0.0.1',
    port: 0,
    now: () => clock.now(),
  });
});
beforeEach(async () => {
  useCanaryCredentials();
  source = await createCloudWatch({ endpoint: api.url, clock });
});
afterAll(async () => {
  await api.close();
});

describe('against the CloudWatch of the lab', () => {
  it('a load balancer is found by its name and measured by the second', async () => {
    const found = await source.discoverLoadBalancer('web-1.eu-west-1.elb.amazonaws.com', null, never);
    if (!found.ok) throw new Error(found.error.message);
    expect(found.value).toMatchObject(place);
    const queries = loadBalancerQueries(found.value, { host, side: 'target' }, { slowerThanSeconds: 0.2 });
    const series = await source.read(queries, window, never);
    const values = Object.fromEntries(
      series.map(({ id, status, points }) => [
        id.replace('www.example.com.target.', ''),
        [status, ...points.map(([at, value]) => [at / 1000 - noonSeconds, value])],
      ]),
    );
    const seen = [-5, -3, -2, -1];
    expect(values).toEqual({
      'bad.target-5xx': ['complete', [-1, 1]],
      'bad.elb-5xx': ['empty'],
      total: ['complete', ...seen.map((second) => [second, 10])],
      'total.elb-503': ['empty'],
      'latency.p99': ['complete', ...seen.map((second) => [second, 0.25])],
      slow: ['complete', ...seen.map((second) => [second, 1])],
      'sentinel.RequestCount': ['complete', ...seen.map((second) => [second, 10])],
      'sentinel.elb-5xx': ['empty'],
      'sentinel.HealthyHostCount': ['complete', ...[-5, -4, -3, -2, -1].map((second) => [second, 2])],
    });
  });

  it('the check tells a healthy load balancer, which has no errors, from a misspelt one', async () => {
    const queries = loadBalancerQueries(place, { host, side: 'target' });
    expect(await source.check(queries, never)).toMatchObject({ ok: true });
    const misspelt = query({ spec: { dimensions: { LoadBalancer: 'app/wbe/50dc6c495c0c9188' } } });
    expect(await source.check([...queries, misspelt], never)).toMatchObject({
      error: { reason: 'not-found' },
    });
  });

  it('a statistic that does not exist costs only the query that wants it', async () => {
    const wrong = query({ id: 'wrong', spec: { statistic: 'p101' } });
    const series = await source.read([query(), wrong], window, never);
    expect(series.map(({ status }) => status)).toEqual(['complete', 'error']);
  });
});
