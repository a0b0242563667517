import { describe, expect, test } from 'vitest';
import { clockSkew } from '../../src/adapters/aws/clock-skew.js';
import { correctedClock, HeardTime } from '../../src/adapters/clock/server-time.js';
import { createCloudWatch } from '../../src/adapters/cloudwatch/cloudwatch.js';
import { classify as classifyCloudWatch } from '../../src/adapters/cloudwatch/classify.js';
import { classify as classifyRoute53 } from '../../src/adapters/route53/classify.js';
import { createRoute53 } from '../../src/adapters/route53/route53.js';
import type { MetricQuery } from '../../src/core/metric/metric-query.js';
import type { MetricSeries, MetricWindow } from '../../src/core/metric/metric-series.js';
import { sideRecord } from '../../src/core/metric/side-record.js';
import { statusOf } from '../../src/core/status.js';
import { instant, millis } from '../../src/core/time.js';
import { SourceFeed } from '../../src/engine/metric-feed.js';
import type { Clock, MetricSource } from '../../src/engine/ports.js';
import { answering, CloudWatchServer } from '../adapters/cloudwatch/cloudwatch-server.js';
import { useCanaryCredentials } from '../adapters/route53/aws-environment.js';
import { CannedServer, errorAnswer } from '../adapters/route53/canned-server.js';
import { MemoryMetrics, measured, query } from './memory-metrics.js';
import { policyOf, policyText, value, World, www } from './world.js';

const policy = policyOf(
  policyText.replace('evidence: probes, maxHold: 30s', 'maxHold: 30s, blindAfter: 15s'),
);
const signal = new AbortController().signal;

/** A provider whose clock is right, as seen from a world whose clock is not. */
class AmazonsTime implements MetricSource {
  readonly kind = 'cloudwatch';
  readonly windows: MetricWindow[] = [];
  readonly #inner: MetricSource;
  readonly #offsetMs: number;

  constructor(inner: MetricSource, offsetMs: number) {
    this.#inner = inner;
    this.#offsetMs = offsetMs;
  }

  check(): ReturnType<MetricSource['check']> {
    return this.#inner.check([], signal);
  }

  async read(queries: readonly MetricQuery[], window: MetricWindow): Promise<readonly MetricSeries[]> {
    this.windows.push(window);
    const moved = (by: number): MetricWindow => ({
      ...window,
      start: instant(window.start + by),
      end: instant(window.end + by),
    });
    const series = await this.#inner.read(queries, moved(-this.#offsetMs), signal);
    return series.map((one) => ({
      ...one,
      points: one.points.map(([at, count]) => [instant(at + this.#offsetMs), count] as const),
      settledTo: instant(one.settledTo + this.#offsetMs),
    }));
  }
}

describe("fault 25: a clock that is too far from Amazon's", () => {
  test.each([
    ['behind', 612_345, 'about 10m12s behind'],
    ['ahead', -612_345, 'about 10m12s ahead of'],
  ])(
    'fault 25: metrics of a machine that is ten minutes %s are asked for by the server Date and judged in the right stage',
    async (_name, offsetMs, told) => {
      const world = new World();
      const users = new MemoryMetrics(world, (side, _at, share) => ({
        n: side === 'target' ? 2 * share : 2 * (100 - share),
        e: 0,
      }));
      const amazon = new AmazonsTime(users, Math.round(offsetMs / 1_000) * 1_000);
      world.metrics = new SourceFeed({
        source: () => Promise.resolve(amazon),
        clock: world.engine.clock,
        timeoutMs: 1_000,
        close: () => Promise.resolve(),
        serverTime: { offsetMs: () => offsetMs },
      });
      const plan = measured({ ...(await world.plan()), policy });
      const { id } = value(await world.migrations.begin(plan)).plan;
      const reached = await world.runUntil(id, (state) => {
        users.follow(state.share);
        return state.phase.phase === 'observing' && state.share === 50;
      });
      expect(reached.phase).toMatchObject({ phase: 'observing' });
      const newest = amazon.windows.at(-1)!.end;
      expect(Math.abs(newest - (world.now + offsetMs))).toBeLessThan(5_000);
      const { readTo } = sideRecord(reached.records, www, 'target');
      expect(readTo! <= world.now && readTo! > world.now - 10_000, 'kept by our own clock').toBe(true);
      const { metrics } = statusOf(reached, instant(world.now));
      expect(metrics[0]?.warnings.join()).toContain(`this machine's clock is ${told} Amazon's`);
    },
  );

  test('fault 25: what the answers of CloudWatch and of Route 53 say of the time is heard', async () => {
    useCanaryCredentials();
    await using server = await CloudWatchServer.start();
    server.react(answering(() => ({ points: [] })));
    const dates: unknown[] = [];
    const heardDate = (date: unknown): unknown => dates.push(date);
    const { endpoint } = server;
    const clock = { now: () => instant(Date.now()) };
    const cloudWatch = await createCloudWatch({ clock, endpoint, heardDate });
    const start = instant(Math.floor(Date.now() / 60_000) * 60_000 - 600_000);
    const window = { start, end: instant(start + 300_000), bucketMs: millis(60_000) };
    await cloudWatch.read([query(www, 'source', 'total')], window, signal);
    const heard = dates.length;
    expect(heard).toBeGreaterThan(0);
    await using route53 = await CannedServer.start();
    route53.react(errorAnswer(400, 'NoSuchChange', 'no'));
    const zones = await createRoute53({ endpoint: route53.endpoint, heardDate });
    await zones.changeStatus('C1', signal);
    expect(dates.length).toBeGreaterThan(heard);
    for (const date of dates) expect(Math.abs(Date.parse(String(date)) - Date.now())).toBeLessThan(600_000);
  });

  test.each([
    [
      'InvalidSignatureException',
      'expired',
      'is now earlier than',
      '20231114T222320Z (20231114T222820Z - 5 min.)',
    ],
    [
      'SignatureDoesNotMatch',
      'expired',
      'is now earlier than',
      '20231114T222320Z (20231114T222820Z - 5 min.)',
    ],
  ])(
    'fault 25: %s for the time of the request is told as a clock that is wrong, and by how much',
    (name, kind, is, rest) => {
      const error = Object.assign(new Error(`Signature ${kind}: 20231114T221320Z ${is} ${rest}`), {
        name,
        $metadata: { httpStatusCode: 403 },
      });
      for (const { reason, message } of [classifyRoute53(error, 'X'), classifyCloudWatch(error, 'X')]) {
        expect(reason).toBe('denied');
        expect(message).toContain("this machine's clock is 15m behind Amazon's");
        expect(message).toContain('no key is wrong');
      }
    },
  );

  test('fault 25: a clock that is ahead, and a refusal without times', () => {
    const ahead =
      'Signature not yet current: 20231114T223820Z is still later than 20231114T222820Z (20231114T222320Z + 5 min.)';
    expect(clockSkew('InvalidSignatureException', ahead)).toContain('15m ahead of');
    expect(clockSkew('RequestTimeTooSkewed', 'The difference is too large.')).toContain(
      'more than 5m away from',
    );
    expect(
      clockSkew('SignatureDoesNotMatch', 'The request signature we calculated does not match'),
    ).toBeNull();
  });
});

describe('the time that answers tell', () => {
  let now = 1_700_000_000_000;
  let monotonic = 0;
  const clock: Clock = {
    now: () => instant(now),
    monotonicMs: () => monotonic,
    bootId: 'b',
    sleep: () => Promise.resolve(),
  };
  const pass = (ms: number): void => {
    now += ms;
    monotonic += ms;
  };
  const dateAt = (offsetMs: number): string => new Date(now + offsetMs).toUTCString();

  function heard(...offsets: readonly number[]): HeardTime {
    const time = new HeardTime(clock);
    for (const offset of offsets) {
      time.hear(dateAt(offset));
      pass(1_000);
    }
    return time;
  }

  test('is the middle of the latest answers, so that one of a cache counts nothing', () => {
    expect(heard(600_000, 600_000, -9_000_000, 600_000).offsetMs()).toBeCloseTo(600_000, -4);
    const time = heard(600_000);
    const corrected = correctedClock(clock, { offsetMs: () => time.offsetMs() });
    expect(corrected.now() - now).toBe(time.offsetMs());
  });

  test('is ours while the clocks agree to half a minute, and while nobody said anything that can be read', () => {
    expect(heard(29_000).offsetMs()).toBe(0);
    const time = new HeardTime(clock);
    for (const date of [undefined, '', 'yesterday', 42]) time.hear(date);
    expect(time.offsetMs()).toBe(0);
  });

  test('is forgotten when it is old, when the clock is set, and when the machine slept', () => {
    const old = heard(600_000);
    pass(601_000);
    expect(old.offsetMs()).toBe(0);
    const set = heard(600_000);
    now += 600_000;
    expect(set.offsetMs()).toBe(0);
    set.hear(dateAt(0));
    expect(set.offsetMs()).toBe(0);
  });
});
