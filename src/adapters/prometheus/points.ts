import type { MetricQuery } from '../../core/metric/metric-query.js';
import { err, ok, unreachable, type Result } from '../../core/result.js';
import { safeText } from '../../core/safe-text.js';
import { instant, type Instant } from '../../core/time.js';
import { isObject } from './envelope.js';
import { lastOf, type Range } from './range.js';
import type { Secrets } from './secrets.js';

/** Bucket start and value. */
export type Point = readonly [Instant, number];

type Unit = MetricQuery['unit'];

/** As Go writes a float: never hexadecimal, never empty, no blanks. */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/** Differences of sums of floats may miss zero by this much. */
const roundingError = 1e-6;

/** More would be nonsense: a trillion requests in a bucket, an answer that took a day. */
const largest: Readonly<Record<Unit, number>> = { count: 1e12, seconds: 86_400, ratio: 1e6, number: 1e18 };

/**
 * The points of the one series of a matrix; none for no series. The error quotes what is wrong, and then nothing of the series is used:
 * whoever sends one value that cannot be has not measured the others either.
 */
export function pointsOf(
  series: readonly unknown[],
  range: Range,
  unit: Unit,
  secrets: Secrets,
): Result<readonly Point[], string> {
  const quote = (sample: unknown): string => safeText(secrets.hide(JSON.stringify(sample)), 80);
  const [only, ...more] = series;
  if (only === undefined) return ok([]);
  if (!isObject(only) || !isObject(only['metric'])) return err('a series is not built as documented');
  if (more.length > 0) return err(tooMany(series, secrets));
  const histograms = only['histograms'];
  if (
    histograms !== undefined &&
    histograms !== null &&
    !(Array.isArray(histograms) && histograms.length === 0)
  ) {
    return err(
      'the query gives native histograms; put histogram_quantile(...) or histogram_count(...) around it',
    );
  }
  const { values } = only;
  if (!Array.isArray(values)) return err('a series has no list of values');
  if (values.length > range.count)
    return err(`${values.length} points came where ${range.count} were asked for`);
  const points: Point[] = [];
  let before = -Infinity;
  for (const sample of values as readonly unknown[]) {
    const read = readSample(sample, range, unit);
    if (!read.ok) return err(`${read.error}: ${quote(sample)}`);
    const { endMs, value } = read.value;
    if (endMs <= before) return err(`points are out of order or doubled: ${quote(sample)}`);
    before = endMs;
    if (value !== null) points.push([instant(endMs - range.bucketMs), value]);
  }
  return ok(points);
}

/** A value of null is NaN: nothing was observed, as when zero is divided by zero. */
function readSample(
  sample: unknown,
  range: Range,
  unit: Unit,
): Result<{ readonly endMs: number; readonly value: number | null }, string> {
  if (!Array.isArray(sample) || sample.length !== 2) return err('a point is no pair');
  const [time, text] = sample as readonly unknown[];
  if (typeof time !== 'number' || typeof text !== 'string') {
    return err('a point is not a time and a text');
  }
  const endMs = Math.round(time * 1_000);
  if (!isAsked(endMs, range)) return err('a point is at a time that was not asked for');
  if (text === 'NaN') return ok({ endMs, value: null });
  const value = decimal.test(text) ? Number(text) : Number.NaN;
  if (!isPossible(value, unit)) return err('a value cannot be');
  return ok({ endMs, value: isNeverNegative(unit) ? Math.max(0, value) : value });
}

function isAsked(endMs: number, range: Range): boolean {
  return endMs >= range.first && endMs <= lastOf(range) && (endMs - range.first) % range.stepMs === 0;
}

function isPossible(value: number, unit: Unit): boolean {
  if (!Number.isFinite(value) || Math.abs(value) > largest[unit]) return false;
  return !isNeverNegative(unit) || value >= -roundingError;
}

function isNeverNegative(unit: Unit): boolean {
  switch (unit) {
    case 'count':
    case 'seconds':
    case 'ratio':
      return true;
    case 'number':
      return false;
    default:
      return unreachable(unit);
  }
}

function tooMany(series: readonly unknown[], secrets: Secrets): string {
  const named = series.slice(0, 3).map((one) => (isObject(one) ? labelsOf(one['metric'], secrets) : '?'));
  const more = series.length > named.length ? ' and more' : '';
  return `the query gives more than one series: ${named.join(', ')}${more}; put sum(...) around it`;
}

function labelsOf(metric: unknown, secrets: Secrets): string {
  if (!isObject(metric)) return '?';
  const labels = Object.entries(metric).slice(0, 6);
  const text = labels.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',');
  return safeText(secrets.hide(`{${text}}`), 90);
}
