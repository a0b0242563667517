import type { Counts } from '../gate/metrics/bucket.js';
import type { ProbeOutcome, ProbeReport, SideName } from '../probe.js';
import type { RecordName } from '../record-name.js';
import { instant, type Instant } from '../time.js';
import { entryAt, withEntries, type BucketLog } from './bucket-log.js';
import type { MeasuredBucket, MetricReport } from './metric-report.js';

/** What our probes of one side found in one bucket. */
export interface ProbedBucket {
  readonly at: Instant;
  /** Probes with a result, and those that failed. */
  readonly probes: Counts;
  /** Probes that got an answer and so stand in the balancer's own counts, and those that got a 5xx. */
  readonly answered: Counts;
}

/** Everything that was measured of one side of one host since the plan was made. */
export interface SideRecord {
  readonly host: RecordName;
  readonly side: SideName;
  readonly measured: BucketLog<MeasuredBucket>;
  readonly probed: BucketLog<ProbedBucket>;
  readonly readTo: Instant | null;
  readonly status: MetricReport['status'] | null;
  readonly warnings: readonly string[];
}

export type SideRecords = readonly SideRecord[];

export function sideRecord(records: SideRecords, host: RecordName, side: SideName): SideRecord {
  const found = records.find((record) => record.host === host && record.side === side);
  return found ?? { host, side, measured: [], probed: [], readTo: null, status: null, warnings: [] };
}

/** The records after one more reading of the metrics. */
export function recordMetrics(records: SideRecords, reports: readonly MetricReport[]): SideRecords {
  return reports.reduce((all, { host, side, buckets, readTo, status, warnings }) => {
    const before = sideRecord(all, host, side);
    const measured = withEntries(before.measured, buckets);
    return replaced(all, { ...before, measured, readTo: readTo ?? before.readTo, status, warnings });
  }, records);
}

/** The records after one more tick's probes. */
export function recordProbes(
  records: SideRecords,
  reports: readonly ProbeReport[],
  bucketMs: number,
): SideRecords {
  return reports.reduce((all, { host, side, outcomes }) => {
    const known = outcomes.filter(({ result, status }) => result !== 'unknown' || status !== null);
    if (known.length === 0) return all;
    const before = sideRecord(all, host, side);
    const buckets = new Map<Instant, ProbedBucket>();
    for (const outcome of known) {
      const at = bucketOf(outcome.at, bucketMs);
      const bucket = buckets.get(at) ?? entryAt(before.probed, at) ?? emptyBucket(at);
      buckets.set(at, withOutcome(bucket, outcome));
    }
    return replaced(all, { ...before, probed: withEntries(before.probed, [...buckets.values()]) });
  }, records);
}

/** The start of the bucket in which something happened. */
export function bucketOf(at: Instant, bucketMs: number): Instant {
  return instant(Math.floor(at / bucketMs) * bucketMs);
}

function emptyBucket(at: Instant): ProbedBucket {
  return { at, probes: { n: 0, e: 0 }, answered: { n: 0, e: 0 } };
}

function withOutcome({ at, probes, answered }: ProbedBucket, outcome: ProbeOutcome): ProbedBucket {
  const { result, status } = outcome;
  return {
    at,
    probes: result === 'unknown' ? probes : counted(probes, result === 'failed'),
    answered: status === null ? answered : counted(answered, status >= 500),
  };
}

function counted({ n, e }: Counts, isFailed: boolean): Counts {
  return { n: n + 1, e: e + (isFailed ? 1 : 0) };
}

function replaced(records: SideRecords, record: SideRecord): SideRecords {
  const others = records.filter(({ host, side }) => host !== record.host || side !== record.side);
  return [...others, record];
}

/** Of the buckets that were read, those that are new or say something else than before: what the journal needs. */
export function news(records: SideRecords, report: MetricReport): MetricReport {
  const { measured } = sideRecord(records, report.host, report.side);
  const buckets = report.buckets.filter((bucket) => !isSame(entryAt(measured, bucket.at), bucket));
  return { ...report, buckets };
}

function isSame(known: MeasuredBucket | null, read: MeasuredBucket): boolean {
  if (known === null) return false;
  const names = Object.keys(read.gauges);
  return (
    sameCounts(known.requests, read.requests) &&
    sameCounts(known.slow, read.slow) &&
    known.latency?.n === read.latency?.n &&
    known.latency?.valueMs === read.latency?.valueMs &&
    names.length === Object.keys(known.gauges).length &&
    names.every((name) => known.gauges[name] === read.gauges[name])
  );
}

function sameCounts(one: Counts | null, other: Counts | null): boolean {
  return one?.n === other?.n && one?.e === other?.e;
}
