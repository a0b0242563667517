import type { MetricSeries, MetricWindow } from '../core/metric/metric-series.js';
import { formatDuration, instant } from '../core/time.js';

/**
 * By how much a window has to be moved so that a service with another clock understands it: by whole buckets, so that each of its buckets is one of ours.
 * Everything else of a migration, when a stage began or a probe was sent, is told by this machine's clock.
 */
export function shiftOf(offsetMs: number, bucketMs: number): number {
  return Math.round(offsetMs / bucketMs) * bucketMs;
}

export function inServerTime({ start, end, bucketMs }: MetricWindow, shift: number): MetricWindow {
  return { start: instant(start + shift), end: instant(end + shift), bucketMs };
}

/** What was answered by the service's clock, told by ours; with a word about it, because somebody has to set a clock. */
export function inLocalTime(series: MetricSeries, shift: number): MetricSeries {
  if (shift === 0) return series;
  const away = `${formatDuration(Math.abs(shift))} ${shift > 0 ? 'behind' : 'ahead of'}`;
  const warning = `this machine's clock is about ${away} Amazon's; metrics are read by Amazon's: set the clock`;
  return {
    ...series,
    points: series.points.map(([at, value]) => [instant(at - shift), value] as const),
    settledTo: instant(series.settledTo - shift),
    warnings: [warning, ...series.warnings].slice(0, maxWarnings),
  };
}

/** As many as a series may have. */
const maxWarnings = 5;
