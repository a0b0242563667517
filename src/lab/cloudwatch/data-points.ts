import type { Metric, MetricWindow, SecondOfSamples } from './metric.js';
import type { Statistic } from './statistic.js';

export interface DataPoint {
  /** Start of the period, epoch seconds, a multiple of its length. */
  readonly second: number;
  readonly value: number;
}

/** The samples of a metric by the start of the period they belong to, oldest first; periods without a sample are left out. */
export function samplesByPeriod(
  metric: Metric,
  window: MetricWindow,
  periodSeconds: number,
): readonly SecondOfSamples[] {
  const periods = new Map<number, (readonly number[])[]>();
  for (const { second: at, samples } of metric.samples(window)) {
    const second = Math.floor(at / periodSeconds) * periodSeconds;
    const parts = periods.get(second);
    if (parts === undefined) periods.set(second, [samples]);
    else parts.push(samples);
  }
  return [...periods]
    .map(([second, parts]) => ({ second, samples: parts.flat() }))
    .toSorted((a, b) => a.second - b.second);
}

/** One statistic of a metric, period by period, oldest first. */
export function dataPoints(
  metric: Metric,
  window: MetricWindow,
  periodSeconds: number,
  statistic: Statistic,
): readonly DataPoint[] {
  return samplesByPeriod(metric, window, periodSeconds).map(({ second, samples }) => ({
    second,
    value: statistic(samples),
  }));
}

/** Lengths below a minute that metrics of high resolution can have; the lab's have it throughout. */
const shortPeriods: readonly number[] = [1, 5, 10, 20, 30];

export function isPeriod(seconds: number): boolean {
  return shortPeriods.includes(seconds) || (seconds > 0 && seconds % 60 === 0);
}

/**
 * The seconds that are asked for: the start is rounded down to the minute, or to the period where that is shorter; the end is cut to
 * the second and not included (Amazon CloudWatch API Reference, "GetMetricData").
 */
export function windowOf(
  times: { readonly startMs: number; readonly endMs: number; readonly nowMs: number },
  periodSeconds: number,
): MetricWindow {
  const grid = Math.min(periodSeconds, 60);
  return {
    fromSecond: Math.floor(times.startMs / 1_000 / grid) * grid,
    toSecond: Math.floor(times.endMs / 1_000),
    nowMs: times.nowMs,
  };
}
