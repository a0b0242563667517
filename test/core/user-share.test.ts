import { describe, expect, test } from 'vitest';
import type { Counts } from '../../src/core/gate/metrics/bucket.js';
import type { MetricReport } from '../../src/core/metric/metric-report.js';
import type { SideName } from '../../src/core/probe.js';
import { statusOf } from '../../src/core/status.js';
import { instant } from '../../src/core/time.js';
import { expectedShare, userShare, type UserShare } from '../../src/core/user-share.js';
import { measured } from '../engine/memory-metrics.js';
import { planOf, start, Story, www } from './story.js';

describe('the share of the requests to expect', () => {
  // Simulated for resolvers whose sizes fall like 1/rank, 3,000 windows each.
  test.each([
    [10, 4, 26],
    [25, 13, 43],
    [50, 33, 67],
  ])('at %i percent is what five hundred unequal resolvers give', (share, low, high) => {
    const expected = expectedShare(share, 1e9);
    expect(Math.abs(expected.low - low)).toBeLessThan(1);
    expect(Math.abs(expected.high - high)).toBeLessThan(1);
  });

  test('is wider with few requests and never outside of 0 to 100', () => {
    const width = (requests: number): number => {
      const { low, high } = expectedShare(25, requests);
      return high - low;
    };
    expect(width(10)).toBeGreaterThan(width(100));
    expect(width(100)).toBeGreaterThan(width(10_000));
    for (const share of [0, 1, 50, 99, 100])
      for (const requests of [0, 1, 1e12]) {
        const { low, high } = expectedShare(share, requests);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(100);
        expect(low).toBeLessThanOrEqual(share + 1e-9);
        expect(high).toBeGreaterThanOrEqual(share - 1e-9);
      }
  });
});

/** Observing a stage for some seconds, in each of which the sides counted this. */
function seen(
  stage: number,
  source: (Counts | null)[],
  target: (Counts | null)[],
  from: number = start + 1000,
): Story {
  const story = Story.observing(stage, measured(planOf()));
  const report = (side: SideName, counts: readonly (Counts | null)[]): MetricReport => ({
    host: www,
    side,
    status: 'complete',
    buckets: counts.map((requests, second) => ({
      at: instant(from + 1000 * second),
      requests,
      slow: null,
      latency: null,
      gauges: {},
    })),
    readTo: null,
    warnings: [],
  });
  story.pass(20_000);
  return story.observe({ metrics: [report('source', source), report('target', target)] });
}

function shareOf(story: Story): UserShare | null {
  return userShare(story.state, www);
}

function times(count: number, n: number): Counts[] {
  return Array.from({ length: count }, () => ({ n, e: 0 }));
}

describe('the share of the users', () => {
  test('is that of the newest settled buckets, beside what is expected', () => {
    const story = seen(1, times(12, 78), times(12, 22));
    expect(shareOf(story)).toMatchObject({ share: 22, requests: 1000, forMs: 10_000, isExpected: true });
    expect(statusOf(story.state, story.now).hosts[0]?.userShare).toEqual(shareOf(story));
  });

  test.each([
    [60, 40, true],
    [50, 50, false],
    [95, 5, false],
  ])('%i to the source and %i to the target at a quarter: expected is %s', (source, target, isExpected) => {
    expect(shareOf(seen(1, times(10, source), times(10, target)))?.isExpected).toBe(isExpected);
  });

  test('a bucket that one side does not know is left out', () => {
    const source = [...times(4, 75), null, ...times(5, 75)];
    expect(shareOf(seen(1, source, times(10, 25)))).toMatchObject({ share: 25, forMs: 9_000 });
  });

  test('what came before the stage settled is left out', () => {
    const [source, target] = [
      [...times(5, 100), ...times(5, 75)],
      [...times(5, 1), ...times(5, 25)],
    ];
    const story = seen(1, source, target, start - 5000);
    expect(shareOf(story)).toMatchObject({ share: 25, forMs: 5_000 });
  });

  test('at 100 percent a silent source gets nothing', () => {
    expect(shareOf(seen(3, [], times(10, 25)))).toMatchObject({ share: 100, isExpected: true });
  });

  test('is unknown without requests, without metrics, and before the stage has settled', () => {
    expect(shareOf(seen(1, [], times(10, 25)))).toBeNull();
    expect(shareOf(seen(1, times(10, 0), times(10, 0)))).toBeNull();
    const story = new Story(measured(planOf()));
    expect(shareOf(story)).toBeNull();
    expect(statusOf(new Story().state, start).hosts[0]?.userShare).toBeNull();
  });

  test('is not held against the share that a rollback has set', () => {
    const story = seen(1, times(10, 75), times(10, 25)).requestRollback();
    expect(shareOf(story)).toMatchObject({ share: 25, isExpected: true });
    story.accept(story.open('rollback'));
    expect(story.state.share).toBe(0);
    expect(shareOf(story)).toBeNull();
  });

  test('our own probes are not users', () => {
    const story = seen(1, times(10, 75), times(10, 25));
    const before = shareOf(story)!;
    const outcomes = story.probes('target', 'o'.repeat(20)).map((report) => ({
      ...report,
      outcomes: report.outcomes.map((one, index) => ({
        ...one,
        status: 200,
        at: instant(start + 1000 + index * 500),
      })),
    }));
    story.observe({ probes: outcomes });
    expect(shareOf(story)!.share).toBeLessThan(before.share);
  });
});
