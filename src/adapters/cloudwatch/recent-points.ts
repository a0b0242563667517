import type { ProviderFailure } from '../../core/failure.js';
import type { MetricWindow } from '../../core/metric/metric-series.js';
import { displayName } from '../../core/record-name.js';
import { err, ok, type Result } from '../../core/result.js';
import { instant, millis, type Instant } from '../../core/time.js';
import { failure } from './classify.js';
import { foreignText } from './foreign-text.js';
import type { CloudWatchQuery, Reading } from './series.js';

const hourMs = 3_600_000;
const maxNamed = 3;
const operation = 'GetMetricData';

/** A query and what came of it. */
export interface Answered {
  readonly query: CloudWatchQuery;
  readonly reading: Reading;
}

/** The last 24 hours and the one that has begun, by the hour: enough to see whether a metric exists, in few points. */
export function lastDay(now: Instant): MetricWindow {
  const end = (Math.floor(now / hourMs) + 1) * hourMs;
  return { start: instant(end - 25 * hourMs), end: instant(end), bucketMs: millis(hourMs) };
}

/**
 * Whether every query has a metric behind it. CloudWatch answers a misspelt dimension with silence, which looks exactly like "no
 * failures", so silence is accepted only of a counter of failures, and only where something else of its side was measured; and of a target that has
 * healthy hosts and no requests yet.
 */
export function judgeRecent(answers: readonly Answered[]): Result<string, ProviderFailure> {
  const failed = answers.filter(({ reading }) => reading.failure !== null);
  const worst = failed.find(({ reading }) => reading.failure?.reason === 'denied') ?? failed[0];
  if (worst?.reading.failure != null) {
    const { reason, message } = worst.reading.failure;
    return err(failure(reason, operation, `${message} (${listed(failed.map(({ query }) => query))})`));
  }
  const silent = answers.filter((answer) => !hasPoint(answer));
  const unsure = silent.filter(({ reading }) => reading.series.status === 'partial');
  if (unsure.length > 0) {
    const why =
      'CloudWatch sent only part of what was asked for, so nobody knows whether these metrics exist';
    return err(failure('unknown', operation, `${why}: ${listed(unsure.map(({ query }) => query))}`));
  }
  const missing = silent.filter((answer) => !isProved(answer, answers)).map(({ query }) => query);
  const [first] = missing;
  if (first !== undefined) return err(failure('not-found', operation, missingMessage(first, missing)));
  return ok(sentence(answers, silent.length));
}

function hasPoint({ reading }: Answered): boolean {
  return reading.series.points.length > 0;
}

/** A target that nobody has asked for anything yet has no requests to show, but its health checks have been counted. */
function isProved({ query }: Answered, answers: readonly Answered[]): boolean {
  const beside = answers.filter(
    (other) => other.query.host === query.host && other.query.side === query.side && hasPoint(other),
  );
  if (query.whenMissing === 'zero-if-sentinel')
    return beside.some((other) => other.query.role === 'total' || other.query.role === 'sentinel');
  const isIdle = !beside.some((other) => other.query.role === 'total');
  if (query.side !== 'target' || query.role === 'gauge' || !isIdle) return false;
  return beside.some(({ query: { spec } }) => {
    const own = Object.entries(query.spec.dimensions);
    return (
      spec.metricName === 'HealthyHostCount' && own.every(([key, value]) => spec.dimensions[key] === value)
    );
  });
}

function sentence(answers: readonly Answered[], silentCount: number): string {
  const regions = [...new Set(answers.map(({ query }) => query.spec.region))].join(', ');
  const seen = answers.length - silentCount;
  if (answers.length === 0) return 'CloudWatch is asked for nothing';
  const isIdle = !answers.some((answer) => answer.query.role === 'total' && hasPoint(answer));
  if (isIdle && silentCount > 0)
    return `CloudWatch can be read in ${regions}: hosts are healthy, and there was no request in the last 24 hours`;
  const others =
    silentCount === 0
      ? ''
      : `; ${silentCount === 1 ? 'the other counts failures' : `the other ${silentCount} count failures`}, of which there were none`;
  return `CloudWatch can be read in ${regions}: ${seen} of ${answers.length} queries had a point in the last 24 hours${others}`;
}

function missingMessage(first: CloudWatchQuery, missing: readonly CloudWatchQuery[]): string {
  const { region, namespace, metricName } = first.spec;
  const command = ['aws', 'cloudwatch', 'list-metrics', '--region', region, '--namespace', namespace];
  return (
    `no point in the last 24 hours: ${listed(missing)}. To see what CloudWatch has, type: ` +
    `${[...command, '--metric-name', metricName].map(shellWord).join(' ')} - and if nobody has asked this side for ` +
    'anything yet, send it a request and check again in five minutes'
  );
}

function listed(queries: readonly CloudWatchQuery[]): string {
  const rest = queries.length - maxNamed;
  return queries.slice(0, maxNamed).map(described).join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}

/** `www.example.com target total: AWS/ApplicationELB RequestCount (LoadBalancer=app/x/1) in eu-west-1`. */
function described({ host, side, name, spec }: CloudWatchQuery): string {
  const dimensions = Object.entries(spec.dimensions).map(([key, value]) => `${key}=${value}`);
  const where = dimensions.length === 0 ? 'without dimensions' : `(${dimensions.join(', ')})`;
  const text = `${displayName(host)} ${side} ${name}: ${spec.namespace} ${spec.metricName} ${where} in ${spec.region}`;
  return foreignText(text, 400);
}

function shellWord(word: string): string {
  const clean = foreignText(word, 255);
  return /^[\w./:-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", `'\\''`)}'`;
}
