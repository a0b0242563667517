import type { MetricQuery, RouterSpec } from '../metric/metric-query.js';
import type { MetricSeries, MetricWindow } from '../metric/metric-series.js';
import { unreachable } from '../result.js';
import { safeText } from '../safe-text.js';
import { instant, type Instant } from '../time.js';
import { latencyQuantileMs } from './latency-histogram.js';
import type { RouterBucket } from './router-log.js';

/** What is known of one host in the log of its app. */
export interface HeardLog {
  /** Every bucket of the window that is still kept, oldest first. */
  readonly buckets: readonly RouterBucket[];
  /** The limits that `RouterBucket.slower` counts by, in their order. */
  readonly limitsMs: readonly number[];
  /** When this program began to read the log. */
  readonly startedAt: Instant;
  /** Every line up to here has come or is known to be lost; null when nothing proves it yet. */
  readonly heardTo: Instant | null;
  /** What is wrong with the reading of the log, as a sentence; null for nothing. */
  readonly trouble: string | null;
  /** The token is not allowed to read the log. */
  readonly denied: boolean;
}

const maxWarnings = 5;
const maxWarningLength = 300;

/** A bucket with a larger part of lines that cannot be read is not known: they may be anyone's and have ended anyhow. */
const maxUnreadable = 0.01;

type Gap = 'before' | 'lost' | 'unreadable' | 'unheard';

/**
 * One number of the router's log as a series. A bucket that was heard completely has a point, 0 among them, because this program
 * counted itself; any other has none, and the series is `partial`. The points of a partial series are exact.
 *
 * `requests` counts what the app answered or should have answered, and what the router answered instead of it; `errors` counts the
 * failures among them, as `MetricRole` defines them. Requests that ended by the client's own doing, misdirected ones and those nobody can
 * tell the fault of are in neither. A quantile has points only where a request was timed.
 */
export function routerSeries(
  query: MetricQuery,
  spec: RouterSpec,
  window: MetricWindow,
  heard: HeardLog,
): MetricSeries {
  const points: (readonly [Instant, number])[] = [];
  const gaps: Record<Gap, number> = { before: 0, lost: 0, unreadable: 0, unheard: 0 };
  const known: RouterBucket[] = [];
  const kept = new Map(heard.buckets.map((bucket) => [bucket.startMs, bucket]));
  for (let at: number = window.start; at < window.end; at += window.bucketMs) {
    const bucket = kept.get(at);
    const gap = gapAt(at, bucket, window, heard);
    if (bucket === undefined || gap !== null) {
      gaps[gap ?? 'before'] += 1;
      continue;
    }
    known.push(bucket);
    const value = valueOf(query, spec, bucket, heard.limitsMs);
    if (value !== null) points.push([instant(at), value]);
  }
  return {
    id: query.id,
    points,
    status: statusOf(gaps, known.length, heard),
    settledTo: heard.heardTo ?? heard.startedAt,
    warnings: [...gapWarnings(gaps, heard), ...requestWarnings(known)]
      .slice(0, maxWarnings)
      .map((warning) => safeText(warning, maxWarningLength)),
  };
}

function gapAt(
  at: number,
  bucket: RouterBucket | undefined,
  { bucketMs }: MetricWindow,
  { startedAt, heardTo }: HeardLog,
): Gap | null {
  if (at < startedAt) return 'before';
  if (heardTo === null || at + bucketMs > heardTo) return 'unheard';
  if (bucket === undefined) return 'before';
  if (bucket.lost) return 'lost';
  const { total, platform, unparsed } = bucket;
  return unparsed > maxUnreadable * (total + platform + unparsed) ? 'unreadable' : null;
}

function statusOf(gaps: Record<Gap, number>, known: number, heard: HeardLog): MetricSeries['status'] {
  if (gaps.before + gaps.lost + gaps.unreadable + gaps.unheard === 0) return 'complete';
  if (known > 0 || heard.trouble === null) return 'partial';
  if (heard.denied) return 'denied';
  return heard.heardTo === null ? 'error' : 'partial';
}

function valueOf(
  { unit }: MetricQuery,
  { measure }: RouterSpec,
  bucket: RouterBucket,
  limitsMs: readonly number[],
): number | null {
  switch (measure.kind) {
    case 'requests':
      return bucket.total + bucket.platform;
    case 'errors':
      return bucket.bad + bucket.platform;
    case 'slower':
      return bucket.slower[limitsMs.indexOf(measure.limitMs)] ?? null;
    case 'quantile': {
      const ms = latencyQuantileMs(bucket.latency, measure.quantile);
      return ms === null || unit !== 'seconds' ? ms : ms / 1000;
    }
    default:
      return unreachable(measure);
  }
}

function gapWarnings(
  gaps: Record<Gap, number>,
  { startedAt, heardTo, trouble }: HeardLog,
): readonly string[] {
  const because = trouble === null ? '' : `: ${trouble}`;
  const warnings: string[] = [];
  if (gaps.unheard > 0) {
    const reach = heardTo === null ? 'has not been heard yet' : `is heard up to ${clockTime(heardTo)}`;
    warnings.push(`the router log ${reach}, what is later is unknown${because}`);
  } else if (trouble !== null) {
    warnings.push(`the router log cannot be read: ${trouble}`);
  }
  if (gaps.lost > 0) warnings.push(`${buckets(gaps.lost)} unknown because lines of the router log were lost`);
  if (gaps.unreadable > 0) {
    warnings.push(`${buckets(gaps.unreadable)} unknown because router lines in them could not be read`);
  }
  if (gaps.before > 0) {
    warnings.push(
      `${buckets(gaps.before)} unknown: the router log has been read since ${clockTime(startedAt)}`,
    );
  }
  return warnings;
}

function requestWarnings(known: readonly RouterBucket[]): readonly string[] {
  const sum = (of: (bucket: RouterBucket) => number): number =>
    known.reduce((total, bucket) => total + of(bucket), 0);
  const codes = (...wanted: readonly string[]): string => {
    const seen = wanted.filter((code) => known.some((bucket) => bucket.codes.has(code)));
    return seen.length === 0 ? '' : ` (${seen.join(', ')})`;
  };
  const [platform, misrouted, ambiguous] = [
    sum((bucket) => bucket.platform),
    sum((bucket) => bucket.misrouted),
    sum((bucket) => bucket.ambiguous),
  ];
  const warnings: string[] = [];
  if (platform > 0) {
    const which = codes('H80', 'H81', 'H82', 'H83', 'H99');
    warnings.push(
      `${platform} of the errors are Heroku's answers for an app that is switched off or cut off${which}`,
    );
  }
  if (misrouted > 0) {
    warnings.push(
      `${misrouted} requests came with a name this app does not serve${codes('H31', 'H32')}, not counted`,
    );
  }
  if (ambiguous > 0) {
    warnings.push(
      `${ambiguous} requests were broken off by nobody knows whom${codes('H24', 'H33')}, not counted`,
    );
  }
  return warnings;
}

function buckets(count: number): string {
  return count === 1 ? '1 bucket is' : `${count} buckets are`;
}

/** For instance `12:34:56 UTC`. */
function clockTime(at: Instant): string {
  const days = Math.floor(at / 86_400_000);
  const seconds = Math.floor((at - days * 86_400_000) / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)} UTC`;
}
