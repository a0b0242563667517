import type { ProviderFailure } from '../../core/failure.js';
import type { MetricQuery } from '../../core/metric/metric-query.js';
import { displayName } from '../../core/record-name.js';
import { err, ok, type Result } from '../../core/result.js';
import { queryFailure } from './failure.js';
import { pointsOf } from './points.js';
import { askAll, questionKey, type QuestionSettings, type Replies } from './questions.js';
import { rangeBefore, type Range } from './range.js';

const dayMs = 24 * 3_600_000;

/** Every bucket of a day is looked at, unless it is shorter than this. */
const shortestStepMs = 60_000;

/** A day is more work than the few minutes of a reading. */
const leastTimeoutMs = 30_000;

/** More would hide the first. */
const maxProblems = 3;

interface Finding {
  readonly query: MetricQuery;
  readonly result: Result<{ readonly hasPoint: boolean }, ProviderFailure>;
}

/**
 * Evaluates every query over the last 24 hours just as a reading does, so that whatever a reading would refuse is found before anything
 * moves. A query whose missing points mean zero may have none, where the requests or the sentinel of the same side have some.
 *
 * @param bucketMs what `$bucket` stands for
 */
export async function checkQueries(
  queries: readonly MetricQuery[],
  bucketMs: number,
  settings: QuestionSettings,
  signal: AbortSignal,
): Promise<Result<string, ProviderFailure>> {
  const stepMs = Math.max(bucketMs, shortestStepMs);
  const range = rangeBefore(settings.clock.now(), dayMs, stepMs, bucketMs);
  const timeoutMs = Math.max(settings.timeoutMs, leastTimeoutMs);
  let replies: Replies;
  try {
    replies = await askAll(queries, range, { ...settings, timeoutMs }, signal);
  } catch (error) {
    const kind = error instanceof Error ? error.name : 'unknown';
    return err(queryFailure('unknown', `the check of Prometheus itself broke (${kind})`));
  }
  const findings = queries.map((query) => ({ query, result: lookAt(query, replies, range) }));
  const problems = findings.flatMap((finding) => problemOf(finding, findings));
  const [first] = problems;
  if (first !== undefined) return err(joined(first, problems));
  return ok(summary(findings));
}

function lookAt(query: MetricQuery, replies: Replies, range: Range): Finding['result'] {
  const { spec, unit, id } = query;
  if (spec.source !== 'prometheus') return err(queryFailure('invalid', `${id} is no query for Prometheus`));
  if (unit === 'count' && !spec.query.includes('$bucket')) {
    const message = `the query of ${id} counts over a time of its own; write [$bucket] where it has a range`;
    return err(queryFailure('invalid', message));
  }
  const reply = replies.get(questionKey(spec));
  if (reply === undefined) return err(queryFailure('unknown', `${id} was not asked`));
  if (!reply.ok) return reply;
  const points = pointsOf(reply.value.series, range, unit, reply.value.secrets);
  if (!points.ok) return err(queryFailure('invalid', `${id}: ${points.error}`));
  return ok({ hasPoint: points.value.length > 0 });
}

function problemOf({ query, result }: Finding, all: readonly Finding[]): readonly ProviderFailure[] {
  if (!result.ok) return [result.error];
  if (result.value.hasPoint || (query.whenMissing === 'zero-if-sentinel' && isProved(query, all))) return [];
  const advice =
    query.whenMissing === 'zero-if-sentinel'
      ? 'nor have the requests or a sentinel of this side, so nobody knows whether that is zero; compare its labels with what Prometheus has'
      : 'compare its labels with what Prometheus has';
  return [queryFailure('not-found', `${named(query)} had no point in the last 24 hours: ${advice}`)];
}

/** Whether something else shows that this side is measured at all. */
function isProved({ host, side }: MetricQuery, all: readonly Finding[]): boolean {
  return all.some(({ query, result }) => {
    const shows = query.role === 'total' || query.role === 'sentinel';
    return shows && query.host === host && query.side === side && result.ok && result.value.hasPoint;
  });
}

function joined(first: ProviderFailure, problems: readonly ProviderFailure[]): ProviderFailure {
  const messages = [...new Set(problems.map(({ message }) => message))];
  const more = messages.length - maxProblems;
  const shown = messages.slice(0, maxProblems).join('; ');
  return queryFailure(first.reason, more > 0 ? `${shown}; and ${more} more` : shown);
}

function summary(findings: readonly Finding[]): string {
  const none = findings.filter(({ result }) => result.ok && !result.value.hasPoint);
  const all = `Prometheus answers; ${findings.length - none.length} of ${findings.length} queries had points in the last 24 hours`;
  if (none.length === 0) return all;
  return `${all}; none yet, which counts as zero: ${none.map(({ query }) => named(query)).join(', ')}`;
}

function named({ id, host, side }: MetricQuery): string {
  return `${id} (${side} of ${displayName(host)})`;
}
