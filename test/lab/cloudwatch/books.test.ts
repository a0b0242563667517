import { beforeEach, describe, expect, test } from 'vitest';
import { Books } from '../../../src/lab/cloudwatch/books.js';
import { dataPoints } from '../../../src/lab/cloudwatch/data-points.js';
import { findMetric, type Dimension } from '../../../src/lab/cloudwatch/metric.js';
import { statisticOf } from '../../../src/lab/cloudwatch/statistic.js';
import { MetricsSwitch } from '../../../src/lab/metrics-behaviour.js';
import { healthyBehaviour, type OriginBehaviour } from '../../../src/lab/origins/behaviour.js';
import type { ServedOutcome } from '../../../src/lab/origins/served-request.js';
import { served } from './served.js';

const startSecond = 1_000_020;
const usualDelayMs = 800;

let nowMs: number;
let behaviour: OriginBehaviour;
let metrics: MetricsSwitch;
let books: Books;

beforeEach(() => {
  nowMs = startSecond * 1_000;
  behaviour = healthyBehaviour;
  metrics = new MetricsSwitch();
  const names = { loadBalancer: 'app/a/1', targetGroup: 'targetgroup/b/2', zones: ['za', 'zb'] };
  books = new Books({
    balancer: { names, addresses: ['127.53.1.31', '127.53.1.32'], behaviour: () => behaviour, metrics },
    database: 'db',
    usualDelayMs,
    now: () => nowMs,
  });
});

const balancer = { name: 'LoadBalancer', value: 'app/a/1' };
const group = { name: 'TargetGroup', value: 'targetgroup/b/2' };
const zoneB = { name: 'AvailabilityZone', value: 'zb' };
const loadBalancerNamespace = 'AWS/ApplicationELB';

/** Second after the start and value of every point that is told by now. */
function read(
  name: string,
  dimensions: readonly Dimension[] = [balancer, group],
  { stat = 'Sum', period = 1, namespace = loadBalancerNamespace } = {},
): [number, number][] {
  const metric = findMetric(books.metrics, { namespace, name, dimensions });
  const statistic = statisticOf(stat);
  if (metric === undefined || statistic === undefined) throw new Error(`no ${stat} of ${name}`);
  const window = { fromSecond: 0, toSecond: Infinity, nowMs };
  return dataPoints(metric, window, period, statistic).map(({ second, value }) => [
    second - startSecond,
    value,
  ]);
}

function balance(atMs: number, status = 200): void {
  nowMs = startSecond * 1_000 + atMs;
  books.balanced(served(nowMs, { kind: 'application', status }));
}

describe('time', () => {
  test('the newest bucket is there while it grows, with part of its final value', () => {
    for (const atMs of [0, 300, 600, 900]) balance(atMs);
    nowMs = startSecond * 1_000 + 799;
    expect(read('RequestCount')).toEqual([]);
    nowMs += 1;
    expect(read('RequestCount')).toEqual([[0, 1]]);
    nowMs += 600;
    expect(read('RequestCount')).toEqual([[0, 3]]);
    nowMs += 300;
    expect(read('RequestCount')).toEqual([[0, 4]]);
  });

  test('a bucket that was read while it had all that had happened grows when more happens', () => {
    balance(0);
    nowMs += usualDelayMs;
    expect(read('RequestCount')).toEqual([[0, 1]]);
    balance(900);
    nowMs += usualDelayMs;
    expect(read('RequestCount')).toEqual([[0, 2]]);
  });

  test('a bucket of a second is complete one second after its end', () => {
    for (const atMs of [1_000, 1_999]) balance(atMs);
    nowMs = (startSecond + 3) * 1_000;
    expect(read('RequestCount')).toEqual([[1, 2]]);
  });

  test('a delay holds back what happens from then on, loses nothing and takes nothing back', () => {
    balance(0);
    metrics.change({ delayMs: 5_000 });
    balance(1_000);
    nowMs = startSecond * 1_000 + 6_799;
    expect(read('RequestCount')).toEqual([[0, 1]]);
    nowMs += 1;
    expect(read('RequestCount')).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  test('what happens in silence is never told; what was before stays, and afterwards it goes on', () => {
    balance(0);
    metrics.change({ silenced: true });
    balance(1_000);
    books.gauge();
    metrics.change({ silenced: false });
    balance(2_000);
    books.gauge();
    nowMs += 60_000;
    expect(read('RequestCount')).toEqual([
      [0, 1],
      [2, 1],
    ]);
    expect(read('HealthyHostCount', [balancer, group], { stat: 'Minimum' })).toEqual([[2, 2]]);
    expect(read('DatabaseConnections', databaseDimensions, databaseGauge).map(([at]) => at)).toEqual([2]);
  });

  test('buckets are summed up to longer periods, which begin at multiples of their length', () => {
    for (const atMs of [0, 1_000, 5_000, 40_000]) balance(atMs);
    nowMs += 60_000;
    expect(read('RequestCount', [balancer], { period: 5 })).toEqual([
      [0, 2],
      [5, 1],
      [40, 1],
    ]);
    // The lab's first second is a full minute, and second 20 of a period of 50.
    expect(read('RequestCount', [balancer], { period: 60 })).toEqual([[0, 4]]);
    expect(read('RequestCount', [balancer], { period: 50 })).toEqual([
      [-20, 3],
      [30, 1],
    ]);
  });

  test('a quarter of an hour is remembered, and not for ever', () => {
    balance(0);
    balance(900_000);
    nowMs += 1_000;
    expect(read('RequestCount')).toHaveLength(2);
    balance(2_000_000);
    nowMs += 1_000;
    expect(read('RequestCount').map(([at]) => at)).toEqual([900, 2_000]);
  });
});

describe('what is counted', () => {
  test('counters of failures are there only when they are not zero', () => {
    balance(0, 200);
    balance(1_000, 500);
    nowMs += 1_000;
    expect(read('HTTPCode_Target_5XX_Count')).toEqual([[1, 1]]);
    expect(read('HTTPCode_Target_2XX_Count')).toEqual([[0, 1]]);
    expect(read('HTTPCode_Target_4XX_Count')).toEqual([]);
    expect(read('HTTPCode_ELB_5XX_Count', [balancer])).toEqual([]);
  });

  test.each<[ServedOutcome, Record<string, number>]>([
    // No target could be chosen.
    [
      { kind: 'platform', status: 503 },
      { RequestCount: 0, TargetConnectionErrorCount: 0, ELB_503: 1 },
    ],
    [
      { kind: 'platform', status: 502 },
      { RequestCount: 1, TargetConnectionErrorCount: 1, ELB_502: 1 },
    ],
    [
      { kind: 'platform', status: 504 },
      { RequestCount: 1, TargetConnectionErrorCount: 0, ELB_504: 1 },
    ],
  ])('%j is a failure of the balancer, and no answer of a target', (outcome, expected) => {
    books.balanced(served(nowMs, outcome));
    nowMs += 1_000;
    const count = (name: string, dimensions?: Dimension[]): number => read(name, dimensions)[0]?.[1] ?? 0;
    const seen: Record<string, number> = {
      RequestCount: count('RequestCount'),
      TargetConnectionErrorCount: count('TargetConnectionErrorCount'),
    };
    for (const status of [502, 503, 504]) {
      const times = count(`HTTPCode_ELB_${status}_Count`, [balancer]);
      if (times > 0) seen[`ELB_${status}`] = times;
    }
    expect(seen).toEqual(expected);
    expect(count('HTTPCode_ELB_5XX_Count', [balancer])).toBe(1);
    expect(count('HTTPCode_Target_5XX_Count')).toBe(0);
    expect(read('TargetResponseTime')).toEqual([]);
  });

  test('failures of the balancer have no target group, so a shared balancer cannot tell whose they were', () => {
    const wanted = {
      namespace: loadBalancerNamespace,
      name: 'HTTPCode_ELB_5XX_Count',
      dimensions: [balancer, group],
    };
    expect(findMetric(books.metrics, wanted)).toBeUndefined();
  });

  test('a client that has gone counts as a request and as a 4XX of the balancer', () => {
    books.balanced(served(nowMs, { kind: 'abandoned' }));
    nowMs += 1_000;
    expect(read('RequestCount')).toEqual([[0, 1]]);
    expect(read('HTTPCode_ELB_4XX_Count', [balancer])).toEqual([[0, 1]]);
    expect(read('TargetResponseTime')).toEqual([]);
  });

  test('its own health checks are not counted, probes are', () => {
    books.balanced(served(nowMs, undefined, { headers: { 'user-agent': 'ELB-HealthChecker/2.0' } }));
    books.balanced(served(nowMs, undefined, { headers: { 'user-agent': 'shift-probe' }, path: '/healthz' }));
    nowMs += 1_000;
    expect(read('RequestCount')).toEqual([[0, 1]]);
  });

  test('response times are in seconds', () => {
    books.balanced(served(nowMs, undefined, { startedAtMs: nowMs - 250 }));
    nowMs += 1_000;
    expect(read('TargetResponseTime', [balancer, group], { stat: 'p99' })).toEqual([[0, 0.25]]);
  });

  test('each zone has what came to its address', () => {
    books.balanced(served(nowMs));
    books.balanced(served(nowMs, undefined, { originAddress: '127.53.1.32' }));
    books.balanced(served(nowMs, undefined, { originAddress: '127.53.1.32' }));
    nowMs += 1_000;
    expect(read('RequestCount', [zoneB, balancer])).toEqual([[0, 2]]);
    expect(read('RequestCount', [balancer])).toEqual([[0, 3]]);
  });
});

const databaseDimensions = [{ name: 'DBInstanceIdentifier', value: 'db' }];
const databaseGauge = { stat: 'Maximum', namespace: 'AWS/RDS' };

describe('gauges', () => {
  function hosts(): { healthy: [number, number][]; unhealthy: [number, number][] } {
    const minimum = { stat: 'Minimum' };
    return {
      healthy: read('HealthyHostCount', [balancer, group], minimum),
      unhealthy: read('UnHealthyHostCount', [balancer, group], minimum),
    };
  }

  test('hosts are told of every second, without any request and also when the clock of the machine stalled', () => {
    nowMs += 1_000;
    books.gauge();
    books.gauge();
    nowMs += 3_000;
    books.gauge();
    nowMs += 1_000;
    const two = [1, 2, 3, 4].map((at) => [at, 2]);
    expect(hosts()).toEqual({ healthy: two, unhealthy: two.map(([at]) => [at, 0]) });
    expect(read('HealthyHostCount', [balancer, group, zoneB], { stat: 'Maximum' })[0]).toEqual([1, 1]);
  });

  test.each<Partial<OriginBehaviour>>([{ dead: true }, { errors: { status: 503, fraction: 0.9 } }])(
    'with %j no host is healthy',
    (part) => {
      behaviour = { ...healthyBehaviour, ...part };
      nowMs += 1_000;
      books.gauge();
      nowMs += 1_000;
      expect(hosts()).toEqual({ healthy: [[1, 0]], unhealthy: [[1, 2]] });
    },
  );

  test('connections of the database rise with the requests of both sides', () => {
    for (let request = 0; request < 50; request += 1) {
      books.balanced(served(nowMs));
      books.used();
    }
    nowMs += 1_000;
    books.gauge();
    nowMs += 1_000;
    books.gauge();
    nowMs += 1_000;
    expect(read('DatabaseConnections', databaseDimensions, databaseGauge)).toEqual([
      [1, 40],
      [2, 20],
    ]);
  });
});
