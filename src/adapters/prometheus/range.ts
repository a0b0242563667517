import type { MetricWindow } from '../../core/metric/metric-series.js';
import { instant, plus, type Instant } from '../../core/time.js';

/** The instants at which a query is evaluated: each looks back over the bucket that ends there. */
export interface Range {
  readonly first: Instant;
  readonly stepMs: number;
  readonly count: number;
  /** What `$bucket` stands for. */
  readonly bucketMs: number;
}

/** One end after the other for every bucket of the window that is over; a bucket still running would be half full. */
export function rangeOf({ start, end, bucketMs }: MetricWindow, now: Instant): Range {
  const last = Math.min(end, now);
  const count = Math.max(0, Math.floor((last - start) / bucketMs));
  return { first: plus(start, bucketMs), stepMs: bucketMs, count, bucketMs };
}

/** Every step of a span that ends with the newest bucket that is over. */
export function rangeBefore(now: Instant, spanMs: number, stepMs: number, bucketMs: number): Range {
  const last = Math.floor(now / bucketMs) * bucketMs;
  const count = Math.floor(spanMs / stepMs);
  return { first: instant(last - (count - 1) * stepMs), stepMs, count, bucketMs };
}

export function lastOf({ first, stepMs, count }: Range): Instant {
  return plus(first, (count - 1) * stepMs);
}

/** What `POST /api/v1/query_range` takes. Ends and steps are whole milliseconds, and the API reads seconds with a fraction. */
export function formOf(query: string, range: Range, timeoutMs: number): Record<string, string> {
  return {
    query: query.replaceAll('$bucket', durationOf(range.bucketMs)),
    start: seconds(range.first),
    end: seconds(lastOf(range)),
    step: seconds(range.stepMs),
    // The server stops working when nobody waits any more.
    timeout: durationOf(timeoutMs),
    // One series is right; of more, a few are enough to say so. Older servers ignore it.
    limit: '5',
  };
}

/** PromQL knows no fractions in a duration. */
function durationOf(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
