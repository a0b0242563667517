import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { ProviderFailure } from '../../core/failure.js';
import type { CloudWatchSpec } from '../../core/metric/metric-query.js';
import type { MetricWindow } from '../../core/metric/metric-series.js';
import { err, ok, type Result } from '../../core/result.js';
import { fieldsOf, readPage, type Page } from './answer.js';
import { failure } from './classify.js';
import type { Clients } from './clients.js';
import type { Deadline } from './deadline.js';
import { failedGathering, Gathering, type Gathered } from './gathering.js';
import { roundedDownMs } from './series.js';

const operation = 'GetMetricData';
/** Queries in one call, and points on one page (Amazon CloudWatch API reference, GetMetricData). */
export const maxQueries = 500;
const pointsPerPage = 100_800;
/** Pages may be less than full. */
const sparePages = 10;
/** Calls that may be spent on finding the query that spoils a call, for each call. */
const maxSearchCalls = 24;

/** Where one batch of metrics is asked for, and under which deadline. */
export interface Asking {
  readonly clients: Clients;
  readonly region: string;
  readonly window: MetricWindow;
  readonly deadline: Deadline;
}

/**
 * Reads up to 500 metrics, in their order, with as few calls as they take.
 *
 * One query with a misspelt statistic gets the whole call refused, and one unreadable time makes the SDK throw away the whole answer.
 * The call is then repeated in halves, so that what is wrong with one metric costs the others nothing.
 */
export async function readMetrics(
  asking: Asking,
  specs: readonly CloudWatchSpec[],
): Promise<readonly Gathered[]> {
  let searchCalls = maxSearchCalls;
  const readAll = async (part: readonly CloudWatchSpec[]): Promise<readonly Gathered[]> => {
    const read = await readPages(asking, part);
    if (read.ok) return read.value;
    if (!read.error.mayBeOneMetric || part.length === 1 || searchCalls < 2) {
      return part.map(() => failedGathering(read.error.failure));
    }
    searchCalls -= 2;
    const half = Math.ceil(part.length / 2);
    return [...(await readAll(part.slice(0, half))), ...(await readAll(part.slice(half)))];
  };
  return await readAll(specs);
}

interface CallFailure {
  readonly failure: ProviderFailure;
  /** True when a single query may have been the cause. */
  readonly mayBeOneMetric: boolean;
}

/** A failure when the first page failed; a later page that fails leaves what the earlier ones had. */
async function readPages(
  asking: Asking,
  specs: readonly CloudWatchSpec[],
): Promise<Result<readonly Gathered[], CallFailure>> {
  const { window } = asking;
  const buckets = (window.end - window.start) / window.bucketMs;
  const gatherings = new Map(
    specs.map((_, index) => [idOf(index), new Gathering(buckets + roundedDownMs / window.bucketMs)]),
  );
  const end = (why: ProviderFailure | null): Result<readonly Gathered[], CallFailure> =>
    ok([...gatherings.values()].map((gathering) => gathering.end(why)));
  const maxPages = Math.ceil((buckets * specs.length) / pointsPerPage) + sparePages;
  const seen = new Set<string>();
  let token: string | null = null;
  for (let number = 0; number < maxPages; number += 1) {
    const answer = await readOne(asking, specs, token);
    if (!answer.ok) return number === 0 ? err(answer.error) : end(answer.error.failure);
    const page = answer.value;
    for (const result of page.results) gatherings.get(result.id)?.add(result);
    for (const gathering of gatherings.values()) gathering.note(page.messages);
    if (page.nextToken === null) return end(null);
    token = page.nextToken;
    if (seen.has(token)) return end(failure('unknown', operation, 'the pages of the answer go in a circle'));
    seen.add(token);
  }
  return end(failure('unknown', operation, `the answer has more than ${maxPages} pages`));
}

async function readOne(
  { clients, region, window, deadline }: Asking,
  specs: readonly CloudWatchSpec[],
  token: string | null,
): Promise<Result<Page, CallFailure>> {
  const read = await deadline.call(operation, async (options) => {
    const command = new clients.sdk.GetMetricDataCommand({
      MetricDataQueries: specs.map((spec, index) => queryOf(spec, idOf(index), window)),
      StartTime: new Date(window.start),
      EndTime: new Date(window.end),
      ScanBy: 'TimestampAscending',
      ...(token === null ? {} : { NextToken: token }),
    });
    try {
      return readPage(await clients.in(region).send(command, options));
    } catch (error) {
      if (isUnreadable(error)) return 'unreadable';
      throw error;
    }
  });
  if (!read.ok) return err({ failure: read.error, mayBeOneMetric: read.error.reason === 'invalid' });
  if (read.value !== 'unreadable') return ok(read.value);
  const why = 'CloudWatch gave an answer with a time in it that cannot be read';
  return err({ failure: failure('unknown', operation, why), mayBeOneMetric: true });
}

/** What the SDK throws when JSON that it could parse has a time in it that is none. */
function isUnreadable(error: unknown): boolean {
  const { httpStatusCode } = fieldsOf(fieldsOf(error)['$metadata']) as { httpStatusCode?: unknown };
  return error instanceof TypeError && httpStatusCode === 200;
}

/** An id must begin with a lower-case letter and be unique in its call; a query's own id need not. */
function idOf(index: number): string {
  return `m${index}`;
}

/** Without a unit: CloudWatch answers a wrong one with silence. */
function queryOf(spec: CloudWatchSpec, id: string, { bucketMs }: MetricWindow): MetricDataQuery {
  return {
    Id: id,
    MetricStat: {
      Metric: {
        Namespace: spec.namespace,
        MetricName: spec.metricName,
        Dimensions: Object.entries(spec.dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: bucketMs / 1000,
      Stat: spec.statistic,
    },
    ReturnData: true,
  };
}
