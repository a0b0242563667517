import { dataPoints, isPeriod, windowOf, type DataPoint } from './data-points.js';
import type { Input } from './input.js';
import { findMetric, type Metric } from './metric.js';
import type { Output, OutputMembers } from './output.js';
import { timestamp } from './output.js';
import { readToken, writeToken } from './page-token.js';
import { missingParameter, validationError } from './refusal.js';
import { statisticOf, type Statistic } from './statistic.js';
import { readMetric, type WantedMetric } from './wanted-metric.js';

/** Limits of one call (Amazon CloudWatch API Reference, "GetMetricData"). */
const maxQueries = 500;
const maxDataPoints = 100_800;

interface Query {
  readonly id: string;
  readonly metric: WantedMetric;
  readonly periodSeconds: number;
  readonly stat: string;
  readonly statistic: Statistic;
  readonly unit: string | undefined;
  readonly label: string;
  readonly returned: boolean;
}

interface Request {
  readonly queries: readonly Query[];
  readonly startMs: number;
  readonly endMs: number;
  readonly newestFirst: boolean;
}

/** GetMetricData, without metric math. */
export function getMetricData(metrics: readonly Metric[], input: Input, nowMs: number): OutputMembers {
  const request = readRequest(input);
  const most = input.integer('MaxDatapoints') ?? maxDataPoints;
  if (most < 1 || most > maxDataPoints) {
    throw validationError([
      `The value ${most} for parameter MaxDatapoints must be from 1 to ${maxDataPoints}.`,
    ]);
  }
  const token = input.text('NextToken');
  const { offset, nowMs: asOfMs } = token === undefined ? { offset: 0, nowMs } : readToken(token, request);
  const results: Output[] = [];
  let before = 0;
  for (const query of request.queries) {
    if (!query.returned) continue;
    const points = pointsOf(metrics, request, query, asOfMs);
    const shown = points.slice(Math.max(0, offset - before), Math.max(0, offset + most - before));
    // What an earlier page has shown to the end is not named again; what this page does not reach yet is not named before.
    const isFirstPage = offset === 0;
    if (shown.length > 0 || (isFirstPage && points.length === 0)) {
      const isWhole = points.length === 0 || before + points.length <= offset + most;
      results.push(resultOf(query, shown, isWhole));
    }
    before += points.length;
  }
  const isLast = before <= offset + most;
  const next = isLast ? undefined : writeToken({ offset: offset + most, nowMs: asOfMs }, request);
  return { MetricDataResults: results, NextToken: next, Messages: [] };
}

function pointsOf(
  metrics: readonly Metric[],
  { startMs, endMs, newestFirst }: Request,
  query: Query,
  nowMs: number,
): readonly DataPoint[] {
  const metric = findMetric(metrics, query.metric);
  // A unit that the metric does not have finds nothing, and says nothing.
  if (metric === undefined || (query.unit !== undefined && query.unit !== metric.unit)) return [];
  const window = windowOf({ startMs, endMs, nowMs }, query.periodSeconds);
  const points = dataPoints(metric, window, query.periodSeconds, query.statistic);
  return newestFirst ? points.toReversed() : points;
}

function resultOf(query: Query, points: readonly DataPoint[], isWhole: boolean): Output {
  return {
    Id: query.id,
    Label: query.label,
    Timestamps: points.map(({ second }) => timestamp(second)),
    Values: points.map(({ value }) => value),
    StatusCode: isWhole ? 'Complete' : 'PartialData',
    Messages: [],
  };
}

function readRequest(input: Input): Request {
  const [startMs, endMs] = [input.requiredInstantMs('StartTime'), input.requiredInstantMs('EndTime')];
  const newestFirst =
    input.choice('ScanBy', ['TimestampDescending', 'TimestampAscending']) !== 'TimestampAscending';
  const listed = input.list('MetricDataQueries');
  const problems = [...timeProblems(startMs, endMs), ...listProblems(listed)];
  if (problems.length > 0) throw validationError(problems);
  return { queries: listed.map(readQuery), startMs, endMs, newestFirst };
}

function timeProblems(startMs: number, endMs: number): string[] {
  // Fractions of a second play no part.
  const [start, end] = [Math.floor(startMs / 1_000), Math.floor(endMs / 1_000)];
  if (start === end) return ['The parameter StartTime must not equal parameter EndTime.'];
  return start > end ? ['The parameter StartTime must be less than the parameter EndTime.'] : [];
}

function listProblems(queries: readonly Input[]): string[] {
  if (queries.length === 0) throw missingParameter('MetricDataQueries');
  if (queries.length > maxQueries) {
    return [`The collection MetricDataQueries must not have a size greater than ${maxQueries}.`];
  }
  const ids = queries.map((query) => query.requiredText('Id'));
  const problems = queries.flatMap((query, index) => {
    const id = ids[index] ?? '';
    if (/^[a-z][a-zA-Z0-9_]{0,254}$/.test(id)) return [];
    return [
      `The value ${id} for parameter ${query.pathOf('Id')} is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    ];
  });
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined)
    problems.push(`The values for parameter id in MetricDataQueries are not unique: ${twice}.`);
  return problems;
}

function readQuery(input: Input): Query {
  const stat = input.child('MetricStat');
  const expression = input.text('Expression');
  if (stat !== undefined && expression !== undefined) {
    throw validationError([`Only one of MetricStat and Expression may be given in ${input.pathOf('')}`]);
  }
  if (expression !== undefined)
    throw validationError(['The lab does not calculate: ask for metrics and do it yourself.']);
  if (stat === undefined) throw missingParameter(input.pathOf('MetricStat'));
  const metric = readMetric(stat.requiredChild('Metric'));
  const name = stat.requiredText('Stat');
  const statistic = statisticOf(name);
  if (statistic === undefined) {
    throw validationError([`The value ${name} for parameter ${stat.pathOf('Stat')} is not supported.`]);
  }
  const periodSeconds = stat.requiredInteger('Period');
  if (!isPeriod(periodSeconds)) {
    throw validationError([
      `Period must be 1, 5, 10, 20, 30, or a multiple of 60: ${stat.pathOf('Period')}.`,
    ]);
  }
  return {
    id: input.requiredText('Id'),
    metric,
    periodSeconds,
    stat: name,
    statistic,
    unit: stat.text('Unit'),
    label: input.text('Label') ?? metric.name,
    returned: input.flag('ReturnData') ?? true,
  };
}
