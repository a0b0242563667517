import { assert } from '../../result.js';
import { elapsed, plus, type Instant } from '../../time.js';
import { usableCounts, type BucketRecord, type Counts, type Sides } from './bucket.js';
import { startMass } from './start-mass.js';

/** The records in the order of time, without holes: index 0 is the first bucket after the first weight change. */
export interface Timeline {
  readonly since: Instant;
  readonly bucketMs: number;
  readonly length: number;
  /** Null where nothing was recorded, for instance while no controller ran. */
  readonly records: readonly (BucketRecord | null)[];
  /** The stage in force, known for buckets without a record too. */
  readonly stages: Int32Array;
  /** The prior mass of "it broke in this bucket" (`startMass`). */
  readonly mass: Float64Array;
}

/** Requests and failures of one side, by bucket. A bucket without a usable count has `n = 0`. */
export interface Column {
  readonly n: Float64Array;
  readonly e: Float64Array;
}

/** Over 90 days of minutes, or three days of seconds. */
const maxBuckets = 270_000;

/** Puts records in place whatever order they come in; of two for the same bucket the later in the list counts. Older ones than `since` are left out. */
export function arrange(
  records: readonly BucketRecord[],
  since: Instant,
  bucketMs: number,
  stageCount: number,
): Timeline {
  const index = (record: BucketRecord): number => Math.floor((record.at - since) / bucketMs);
  let length = 0;
  for (const record of records) length = Math.max(length, index(record) + 1);
  assert(length <= maxBuckets, `a migration has at most ${maxBuckets} buckets`);
  const places = new Array<BucketRecord | null>(length).fill(null);
  for (const record of records) if (record.at >= since) places[index(record)] = record;
  const stages = new Int32Array(length);
  const mass = new Float64Array(length);
  // The age counts buckets ever spent in a stage: coming back to one must not spend its mass twice.
  const ages = new Map<number, number>();
  let stage = 0;
  for (let b = 0; b < length; b += 1) {
    stage = places[b]?.stage ?? stage;
    const age = ages.get(stage) ?? 0;
    ages.set(stage, age + 1);
    stages[b] = stage;
    mass[b] = startMass(b, age, stageCount);
  }
  return { since, bucketMs, length, records: places, stages, mass };
}

/** Lays the counts that `pick` finds in a record out by bucket. */
export function column(
  timeline: Timeline,
  pick: (record: BucketRecord) => Counts | null | undefined,
): Column {
  const n = new Float64Array(timeline.length);
  const e = new Float64Array(timeline.length);
  for (let b = 0; b < timeline.length; b += 1) {
    const record = timeline.records[b];
    const counts = record === null || record === undefined ? null : usableCounts(pick(record));
    n[b] = counts?.n ?? 0;
    e[b] = counts?.e ?? 0;
  }
  return { n, e };
}

/** Both sides of one kind of counts. */
export function columns(
  timeline: Timeline,
  pick: (record: BucketRecord) => Sides<Counts> | null,
): { source: Column; target: Column } {
  return {
    source: column(timeline, (record) => pick(record)?.source),
    target: column(timeline, (record) => pick(record)?.target),
  };
}

/** Requests and failures of the buckets from `from` up to but without `to`. */
export function sumOf({ n, e }: Column, from: number, to: number): Counts {
  let requests = 0;
  let errors = 0;
  for (let b = Math.max(0, from); b < to; b += 1) {
    requests += n[b] ?? 0;
    errors += e[b] ?? 0;
  }
  return { n: requests, e: errors };
}

/** The newest bucket with a request, or -1. */
export function newest({ n }: Column): number {
  return n.findLastIndex((requests) => requests > 0);
}

export function startOf(timeline: Timeline, b: number): Instant {
  return plus(timeline.since, b * timeline.bucketMs);
}

/** How long ago bucket `b` ended; for -1, how long ago the first bucket began. */
export function ageMs(timeline: Timeline, b: number, now: Instant): number {
  return elapsed(startOf(timeline, b + 1), now);
}
