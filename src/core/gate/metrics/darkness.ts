import { elapsed, type Instant } from '../../time.js';
import { usableCounts, type Counts } from './bucket.js';
import { startOf, sumOf, newest, type Column, type Timeline } from './timeline.js';

/** How long the target's metrics have shown no request, and whether that means anything. */
export interface Darkness {
  readonly forMs: number;
  /** Buckets in that time, and in how many of them the source reported. */
  readonly buckets: number;
  readonly sourceReported: number;
  /** Requests that were due at the target meanwhile. */
  readonly expectedRequests: number;
}

/** How far back the usual traffic is looked for. */
const usualBuckets = 60;

/**
 * Looks back from now to the newest bucket in which the target had a request. What was due there since is read from the source where it
 * has part of the traffic: its own requests tell how many the target's share would be, so that a night without requests is not taken
 * for a black hole, its newest minutes included. Where the source has no say, the mean of the last hour before, or else of history, stands in.
 */
export function darknessOf(
  { timeline, target, source }: { timeline: Timeline; target: Column; source: Column },
  history: readonly Counts[],
  shares: readonly number[],
  now: Instant,
): Darkness {
  const from = newest(target) + 1;
  const forMs = elapsed(startOf(timeline, from), now);
  const buckets = Math.max(timeline.length - from, Math.floor(forMs / timeline.bucketMs));
  const usual = usualRequests(target, source, from) ?? meanRequests(history);
  let expectedRequests = 0;
  let sourceReported = 0;
  let share = 0;
  // What the source said last stands for what it has not said yet: the newest buckets are always still on their way.
  let reported: number | null = null;
  for (let b = from; b < from + buckets; b += 1) {
    share = shares[timeline.stages[Math.min(b, timeline.length - 1)] ?? 0] ?? 1;
    const isReported = (timeline.records[b]?.requests.source ?? null) !== null;
    if (isReported) {
      sourceReported += 1;
      reported = source.n[b] ?? 0;
    }
    expectedRequests += reported === null || share >= 1 ? usual * share : (reported * share) / (1 - share);
  }
  return { forMs, buckets, sourceReported, expectedRequests };
}

/** The mean requests of a bucket on both sides together in the hour before bucket `to`; null when it had none. */
function usualRequests(target: Column, source: Column, to: number): number | null {
  const from = Math.max(0, to - usualBuckets);
  let known = 0;
  for (let b = from; b < to; b += 1) if ((target.n[b] ?? 0) + (source.n[b] ?? 0) > 0) known += 1;
  if (known === 0) return null;
  return (sumOf(target, from, to).n + sumOf(source, from, to).n) / known;
}

function meanRequests(history: readonly Counts[]): number {
  let total = 0;
  for (const counts of history) total += usableCounts(counts)?.n ?? 0;
  return history.length === 0 ? 0 : total / history.length;
}
