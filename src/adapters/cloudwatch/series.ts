import type { ProviderFailure } from '../../core/failure.js';
import type { CloudWatchSpec, MetricQuery } from '../../core/metric/metric-query.js';
import type { MetricSeries, MetricWindow } from '../../core/metric/metric-series.js';
import { err, ok, type Result } from '../../core/result.js';
import { instant, type Instant } from '../../core/time.js';
import { failure } from './classify.js';
import { foreignText, sampleOf } from './foreign-text.js';
import type { Gathered, RawPoint } from './gathering.js';
import { divisorOf } from './unit-scale.js';

/** A query that is known to be for CloudWatch. */
export type CloudWatchQuery = MetricQuery & { readonly spec: CloudWatchSpec };

/** A series, and for one that could not be had, what failed. */
export interface Reading {
  readonly series: MetricSeries;
  readonly failure: ProviderFailure | null;
}

type Points = MetricSeries['points'];

const operation = 'GetMetricData';
const maxWarnings = 5;
const maxWarningLength = 300;
/** CloudWatch rounds an old start down to the hour at most (Amazon CloudWatch API reference, GetMetricData: `StartTime`). */
export const roundedDownMs = 3_600_000;

/**
 * Turns what came into a series that keeps its promises, or says why there is none. Only `Complete` is believed, and only without
 * a message beside it: AWS sends one where an answer is less than what was asked for.
 */
export function readingOf(
  query: CloudWatchQuery,
  gathered: Gathered,
  window: MetricWindow,
  settledTo: Instant,
): Reading {
  const { brokenOff, statusCode, hadInternalError, isForbidden } = gathered;
  const notes = gathered.messages.map((message) => `CloudWatch says: ${message}`);
  const reading = (status: MetricSeries['status'], points: Points, warnings: readonly string[]): Reading => ({
    series: { id: query.id, points, status, settledTo, warnings: cleaned([...warnings, ...notes]) },
    failure: null,
  });
  const nothing = (why: ProviderFailure): Reading => ({
    ...reading(why.reason === 'denied' ? 'denied' : 'error', [], [why.message]),
    failure: why,
  });
  if (isForbidden) return nothing(forbidden);
  const checked = checkedPoints(query, gathered, window);
  if (!checked.ok)
    return nothing(failure('unknown', operation, `CloudWatch sent no usable series: ${checked.error}`));
  const points = checked.value;
  if (brokenOff !== null) {
    return points.length === 0 ? nothing(brokenOff) : reading('partial', points, [brokenOff.message]);
  }
  if (statusCode === null)
    return nothing(failure('unknown', operation, 'CloudWatch gave no result for this query'));
  if (hadInternalError) {
    return points.length === 0 ? nothing(internalError) : reading('partial', points, [internalError.message]);
  }
  if (statusCode === 'PartialData')
    return reading('partial', points, ['CloudWatch sent only part of the points']);
  if (statusCode !== 'Complete') {
    const sample = sampleOf(statusCode);
    return nothing(
      failure('unknown', operation, `CloudWatch gave a status that it does not document: ${sample}`),
    );
  }
  if (notes.length > 0) return reading('partial', points, []);
  return reading(points.length === 0 ? 'empty' : 'complete', points, []);
}

/** A series for a query that could not even be asked. */
export function unasked(query: MetricQuery, settledTo: Instant, why: ProviderFailure): Reading {
  const warnings = cleaned([why.message]);
  return { series: { id: query.id, points: [], status: 'error', settledTo, warnings }, failure: why };
}

const forbidden = failure(
  'denied',
  operation,
  'the AWS credentials may not read this metric (Forbidden); allow cloudwatch:GetMetricData in the IAM policy',
);
const internalError = failure('unavailable', operation, 'CloudWatch had an internal error at this metric');

/** All points or none: where one number is absurd, the others come from the same hand. */
function checkedPoints(
  query: CloudWatchQuery,
  { points, flaw }: Gathered,
  window: MetricWindow,
): Result<Points, string> {
  if (flaw !== null) return err(flaw);
  const divisor = divisorOf(query.spec, query.unit);
  const found = new Map<Instant, number>();
  for (const point of points) {
    const at = checkedTime(point, window);
    if (typeof at === 'string') return err(at);
    if (at === null) continue;
    const value = checkedValue(point, divisor, query.unit);
    if (typeof value === 'string') return err(value);
    if (found.has(at)) return err(`two points at ${sampleOf(point[0])}`);
    found.set(at, value);
  }
  return ok([...found].sort(([one], [other]) => one - other));
}

/** The bucket of a point, null for one before the window that only the rounding of the start brought in, or what is wrong with it. */
function checkedTime([at]: RawPoint, window: MetricWindow): Instant | null | string {
  const ms = at instanceof Date ? at.getTime() : Number.NaN;
  if (Number.isNaN(ms)) return `a point at no time: ${sampleOf(at)}`;
  if (ms % window.bucketMs !== 0) return `a point between two buckets: ${sampleOf(at)}`;
  const earliest = Math.floor(window.start / roundedDownMs) * roundedDownMs;
  if (ms < earliest || ms >= window.end) return `a point outside of what was asked for: ${sampleOf(at)}`;
  return ms < window.start ? null : instant(ms);
}

/** The value in the unit of the query, or what is wrong with it. */
function checkedValue([at, value]: RawPoint, divisor: number, unit: MetricQuery['unit']): number | string {
  const wrong = (why: string): string => `${why} at ${sampleOf(at)}: ${sampleOf(value)}`;
  if (typeof value !== 'number' || !Number.isFinite(value)) return wrong('no number');
  const scaled = value / divisor;
  const [least, most] = limits[unit];
  if (scaled < least) return wrong(least === 0 ? 'a negative number' : 'an absurd number');
  if (scaled > most) return wrong('an absurd number');
  return scaled === 0 ? 0 : scaled;
}

/** Far beyond anything real, far below where sums lose whole requests. */
const limits: Readonly<Record<MetricQuery['unit'], readonly [least: number, most: number]>> = {
  count: [0, 1e12],
  seconds: [0, 1e9],
  ratio: [0, 1],
  number: [-1e18, 1e18],
};

function cleaned(warnings: readonly string[]): readonly string[] {
  return [...new Set(warnings.map((warning) => foreignText(warning, maxWarningLength)))].slice(
    0,
    maxWarnings,
  );
}
