import type { Counts, Quantile } from '../gate/metrics/bucket.js';
import type { SideName } from '../probe.js';
import type { RecordName } from '../record-name.js';
import { unreachable } from '../result.js';
import { instant, plus, type Instant } from '../time.js';
import type { MetricQuery, MetricRole } from './metric-query.js';
import type { MeasuredBucket, MetricReport } from './metric-report.js';
import type { MetricSeries, MetricWindow } from './metric-series.js';

/** More is noise for whoever reads it. */
const maxWarnings = 5;

/** A query and what its source answered. */
interface Answer {
  readonly query: MetricQuery;
  readonly series: MetricSeries;
  readonly values: ReadonlyMap<Instant, number>;
}

/**
 * The buckets of one side from the series of its queries: errors over requests, a missing error count read as zero only where something
 * else proves that the side was measured. `settledTo` is the youngest end of a bucket that may be judged. Whatever cannot be known
 * is null; a bucket of which nothing is known is left out.
 */
export function interpret(
  side: { readonly host: RecordName; readonly side: SideName },
  answers: readonly { readonly query: MetricQuery; readonly series: MetricSeries }[],
  window: MetricWindow,
  settledTo: Instant,
): MetricReport {
  const known: Answer[] = answers.map(({ query, series }) => ({
    query,
    series,
    values: new Map(series.points),
  }));
  const ends = answers.flatMap(({ series }) => (isAnswered(series) ? series.settledTo : []));
  const readTo = instant(Math.min(settledTo, window.end, ...ends));
  const buckets: MeasuredBucket[] = [];
  for (let at = window.start; plus(at, window.bucketMs) <= readTo; at = plus(at, window.bucketMs)) {
    const bucket = measured(known, at);
    if (isKnown(bucket)) buckets.push(bucket);
  }
  const warnings = [...new Set(answers.flatMap(({ series }) => series.warnings))].slice(0, maxWarnings);
  const canRead = answers.some(({ series }) => isAnswered(series));
  return { ...side, status: worstStatus(answers), buckets, readTo: canRead ? readTo : null, warnings };
}

function measured(answers: readonly Answer[], at: Instant): MeasuredBucket {
  const requests = requestsOf(answers, at);
  const slow = answers.find(({ query }) => query.role === 'slow');
  const latency = answers.find(({ query }) => query.role === 'latency');
  const gauges: Record<string, number> = {};
  for (const { query, values } of withRole(answers, 'gauge')) {
    const value = values.get(at);
    if (value !== undefined) gauges[query.name] = value;
  }
  return {
    at,
    requests,
    slow: slow === undefined ? null : slowOf(slow, requests, at),
    latency: latency === undefined ? null : quantileOf(latency, requests, at),
    gauges,
  };
}

function isKnown({ requests, slow, latency, gauges }: MeasuredBucket): boolean {
  return requests !== null || slow !== null || latency !== null || Object.keys(gauges).length > 0;
}

/**
 * A balancer without a healthy target reports failures and no requests at all (User Guide for Application Load Balancers, "CloudWatch
 * metrics"), so failures count as requests where there are more of them.
 */
function requestsOf(answers: readonly Answer[], at: Instant): Counts | null {
  const total = totalOf(answers, at);
  let failed = 0;
  let isFailing = false;
  for (const answer of withRole(answers, 'bad')) {
    const value = answer.values.get(at);
    const count =
      value === undefined ? missingErrors(answer, answers, at, total) : scaled(answer.query, value, total);
    if (count === 'all') isFailing = true;
    else if (count === null) return null;
    else failed += count;
  }
  if (isFailing) return total === null || total === 0 ? null : { n: total, e: total };
  if (total === null) return failed > 0 ? { n: failed, e: failed } : null;
  return { n: Math.max(total, failed), e: failed };
}

function totalOf(answers: readonly Answer[], at: Instant): number | null {
  const totals = withRole(answers, 'total');
  let sum = 0;
  for (const answer of totals) {
    const value = answer.values.get(at);
    if (value !== undefined) sum += value;
    else if (answer.query.whenMissing !== 'zero-if-sentinel' || !isZero(answer, answers, at)) return null;
  }
  return totals.length === 0 ? null : sum;
}

/** Null is unknown; `all` takes every request for failed. */
function missingErrors(
  answer: Answer,
  answers: readonly Answer[],
  at: Instant,
  total: number | null,
): number | 'all' | null {
  switch (answer.query.whenMissing) {
    case 'unknown':
      return null;
    case 'fail':
      return 'all';
    case 'zero-if-sentinel': {
      const isProved = (total !== null && total > 0) || isZero(answer, answers, at);
      return isProved && isAnswered(answer.series) && answer.series.status !== 'partial' ? 0 : null;
    }
    default:
      return unreachable(answer.query.whenMissing);
  }
}

/** True when the source answered, has no point here, and a sentinel beside it proves that it was measuring. */
function isZero(answer: Answer, answers: readonly Answer[], at: Instant): boolean {
  if (!isAnswered(answer.series) || answer.series.status === 'partial') return false;
  return withRole(answers, 'sentinel').some(({ values }) => values.has(at));
}

function isAnswered({ status }: MetricSeries): boolean {
  return status === 'complete' || status === 'partial' || status === 'empty';
}

/** Some services publish the rate of errors and not their number. */
function scaled({ unit }: MetricQuery, value: number, total: number | null): number | null {
  if (unit !== 'ratio') return value;
  if (total === null) return null;
  return Math.min(1, value) * total;
}

function slowOf({ query, values }: Answer, requests: Counts | null, at: Instant): Counts | null {
  const value = values.get(at);
  if (requests === null || value === undefined) return null;
  const slow = scaled(query, value, requests.n) ?? 0;
  return { n: requests.n, e: Math.min(requests.n, slow) };
}

function quantileOf({ query, values }: Answer, requests: Counts | null, at: Instant): Quantile | null {
  const value = values.get(at);
  if (value === undefined || requests === null || requests.n === 0) return null;
  return { n: requests.n, valueMs: query.unit === 'seconds' ? value * 1000 : value };
}

function withRole(answers: readonly Answer[], role: MetricRole): readonly Answer[] {
  return answers.filter(({ query }) => query.role === role);
}

const fromBest: readonly MetricSeries['status'][] = ['complete', 'empty', 'partial', 'error', 'denied'];

/** A counter of errors that was never published is no trouble, so `empty` counts only where nothing else was answered. */
function worstStatus(answers: readonly { readonly series: MetricSeries }[]): MetricSeries['status'] {
  const statuses = answers.map(({ series }) => series.status);
  if (statuses.length === 0 || statuses.every((status) => status === 'empty')) return 'empty';
  const worst = Math.max(...statuses.map((status) => (status === 'empty' ? 0 : fromBest.indexOf(status))));
  return fromBest[worst] ?? 'error';
}
