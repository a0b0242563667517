import type { MetricQuery } from '../../core/metric/metric-query.js';
import type { MetricSeries, MetricWindow } from '../../core/metric/metric-series.js';
import { safeText } from '../../core/safe-text.js';
import { formatDuration, plus, type Instant } from '../../core/time.js';
import type { Clock, MetricSource } from '../../engine/ports.js';
import { checkQueries } from './check.js';
import type { Variable } from './credentials.js';
import { pointsOf } from './points.js';
import { askAll, questionKey, type QuestionSettings, type Reply } from './questions.js';
import { rangeOf, type Range } from './range.js';

/** The most points a server gives per series ("exceeded maximum resolution of 11,000 points per timeseries"). */
const maxPoints = 11_000;

const maxWarnings = 5;
const maxWarning = 300;

export interface PrometheusSettings {
  /** Reads an environment variable, at every call: secrets are named in the plan and live nowhere else. */
  readonly variable: Variable;
  /** PEM authorities trusted for every server beside those of Node.js, or null; read at every call. */
  readonly caFile: string | null;
  readonly clock: Clock;
  /** For one question, headers and body together; 10 s unless told otherwise. */
  readonly timeoutMs?: number;
  /** Of one answer; 4 MiB unless told otherwise. */
  readonly maxBytes?: number;
  /**
   * How long after its end a bucket may still change: a scrape takes up to its timeout (10 s by default) and gets the time of its
   * start, and a remote write comes some seconds later. 30 s unless told otherwise.
   */
  readonly settleMs?: number;
  /** What `$bucket` stands for in `check`, which knows no window; one minute unless told otherwise. */
  readonly checkBucketMs?: number;
}

/**
 * Reads Prometheus, or a store that speaks its HTTP API, with one range query per series: the query is evaluated at the end of every
 * bucket of the window and looks back over `$bucket`, so each value belongs to exactly one bucket.
 *
 * - A query gives one series. None is `empty`, more than one is an `error` that names them; nothing is picked or added up here.
 * - Count with a range as long as the bucket: `sum(increase(x[$bucket]))`, or the exact form of `core/metric/presets`. Read a gauge as
 *   `max(last_over_time(x[$bucket]))`: plain `x` keeps the last value of a series for 5 minutes after its last sample (documentation,
 *   "Querying basics", "Staleness") where the exporter sets timestamps of its own, and so makes old values look new.
 * - NaN is no point: nothing was observed. Any other value that cannot be (infinite, negative where nothing is, absurd) makes the
 *   series an `error`, quoted in a warning.
 * - `warnings` of the server make the series `partial`; `infos` are passed on alone.
 * - A quantile in the bucket up to +Inf comes back as the largest finite bound ("Query functions", "histogram_quantile"). A limit on the
 *   latency must lie below that bound; it cannot be seen here, because the answer does not tell the bounds.
 *
 * Redirects are not followed. Nothing is tried twice: the next reading is the next try. Buckets that are not over yet are not asked for.
 */
export function createPrometheus(settings: PrometheusSettings): MetricSource {
  const { settleMs = 30_000, checkBucketMs = 60_000 } = settings;
  const asking: QuestionSettings = {
    variable: settings.variable,
    caFile: settings.caFile,
    clock: settings.clock,
    timeoutMs: settings.timeoutMs ?? 10_000,
    maxBytes: settings.maxBytes ?? 4 * 1024 * 1024,
  };
  return {
    kind: 'prometheus',
    check: (queries, signal) => checkQueries(queries, checkBucketMs, asking, signal),
    async read(queries, window, signal) {
      const now = settings.clock.now();
      const settledTo = plus(now, -settleMs);
      try {
        return await readAll(queries, window, settleMs, asking, signal);
      } catch (error) {
        const kind = error instanceof Error ? error.name : 'unknown';
        const warning = `the reading of Prometheus itself broke (${kind})`;
        return queries.map(({ id }) => unread(id, 'error', settledTo, warning));
      }
    },
  };
}

async function readAll(
  queries: readonly MetricQuery[],
  window: MetricWindow,
  settleMs: number,
  asking: QuestionSettings,
  signal: AbortSignal,
): Promise<readonly MetricSeries[]> {
  const now = asking.clock.now();
  const settledTo = plus(now, -settleMs);
  const range = rangeOf(window, now);
  const wrong = wrongWindow(window, range);
  if (wrong !== null) return queries.map(({ id }) => unread(id, 'error', settledTo, wrong));
  if (range.count === 0) return queries.map(({ id }) => unread(id, 'empty', settledTo));
  const replies = await askAll(queries, range, asking, signal);
  return queries.map((query): MetricSeries => {
    const { id, spec } = query;
    if (spec.source !== 'prometheus')
      return unread(id, 'error', settledTo, 'this is no query for Prometheus');
    const reply = replies.get(questionKey(spec));
    if (reply === undefined) return unread(id, 'error', settledTo, 'the query was not asked');
    if (reply.ok) return seriesOf(query, reply.value, range, settleMs);
    const { reason, message } = reply.error;
    return unread(id, reason === 'denied' ? 'denied' : 'error', settledTo, message);
  });
}

function seriesOf(query: MetricQuery, reply: Reply, range: Range, settleMs: number): MetricSeries {
  const { id, unit } = query;
  const { series, warnings, infos, secrets, askedAt, evaluatedAt } = reply;
  const settledTo = plus(evaluatedAt, -settleMs);
  const points = pointsOf(series, range, unit, secrets);
  if (!points.ok) return unread(id, 'error', settledTo, `${id}: ${points.error}`);
  const foreign = [...warnings, ...infos].map((text) => secrets.hide(text));
  return {
    id,
    points: points.value,
    status: warnings.length > 0 ? 'partial' : series.length === 0 ? 'empty' : 'complete',
    settledTo,
    warnings: fit([...clockWarning(askedAt, evaluatedAt, settleMs), ...foreign]),
  };
}

/** A server whose clock is behind has not seen the newest buckets to their end. */
function clockWarning(askedAt: Instant, evaluatedAt: Instant, settleMs: number): readonly string[] {
  const behindMs = askedAt - evaluatedAt;
  if (behindMs <= settleMs) return [];
  return [
    `the clock of Prometheus is ${formatDuration(behindMs)} behind ours, so buckets count as settled later`,
  ];
}

function wrongWindow({ start, bucketMs }: MetricWindow, { count }: Range): string | null {
  if (!Number.isSafeInteger(bucketMs) || bucketMs <= 0 || start % bucketMs !== 0) {
    return `buckets of ${bucketMs} ms from ${start} cannot be asked for`;
  }
  return count > maxPoints ? `${count} buckets are more than Prometheus gives at once (${maxPoints})` : null;
}

function unread(
  id: string,
  status: MetricSeries['status'],
  settledTo: Instant,
  warning?: string,
): MetricSeries {
  return { id, points: [], status, settledTo, warnings: fit(warning === undefined ? [] : [warning]) };
}

function fit(warnings: readonly string[]): readonly string[] {
  return [...new Set(warnings.map((text) => safeText(text, maxWarning)))].slice(0, maxWarnings);
}
