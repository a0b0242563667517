import { nextOpening } from '../calendar.js';
import { dwellEndsAt } from '../dwell.js';
import type { Counts } from '../gate/metrics/bucket.js';
import type { Policy } from '../policy/policy.js';
import { unreachable } from '../result.js';
import { plus, type Instant } from '../time.js';
import type { Degradation } from './degradation.js';
import type { HistoryRun } from './history-run.js';
import { binomial, type Random } from './random.js';
import { summarize, type SimulationRow } from './summary.js';

/** Traffic that somebody assumes. */
export interface GivenTraffic {
  /** Requests a second on both sides together. */
  readonly perSecond: number;
  /** The share of requests that fail on a good side, 0 to 1. */
  readonly errorRate: number;
}

/** The middle one of many times, and the one that nine of ten stay below; in milliseconds. */
export interface Spread {
  readonly medianMs: number;
  readonly ninetyMs: number;
}

/** What a bad target does before nobody meets it any more. */
export interface BadTarget extends SimulationRow {
  /** From the first weight change until the rollback is asked for; null when no run was rolled back. */
  readonly found: Spread | null;
  /** The same until caches that keep to the TTL have forgotten the target. */
  readonly clean: Spread | null;
  /** The mean over all runs of requests that failed because of what is wrong, until then. */
  readonly meanFailed: number;
}

/** How long a rollback takes to reach everybody. */
export interface Drain {
  readonly propagationMs: number;
  readonly ttlMs: number;
  readonly tailMs: number;
}

/** A change is on all name servers usually within 60 seconds (Route 53 Developer Guide, "How Route 53 propagates changes"). */
const propagationMs = 60_000;

/** Enough for the gate's history, and for runs that begin at different places. */
const givenBuckets = 480;
/** A mean of many small chances is as good as independent users. */
const chance = 0.01;

/** A past in which users come independently of each other, at the same rate at every hour. */
export function givenPast(
  { perSecond, errorRate }: GivenTraffic,
  bucketMs: number,
  random: Random,
): Counts[] {
  const mean = (perSecond * bucketMs) / 1000;
  return Array.from({ length: givenBuckets }, () => {
    const n = binomial(random, Math.round(mean / chance), chance);
    return { n, e: binomial(random, n, errorRate) };
  });
}

export function drainOf(policy: Policy): Drain {
  return { propagationMs, ttlMs: policy.ttlSeconds * 1000, tailMs: policy.tailMs };
}

/**
 * How long healthy migrations take that begin at `startsAt`: every settling, every dwell, what the gate needs beyond it, and the hours in
 * which the calendar is closed; a person who approves takes no time. Null when the calendar does not open often enough.
 */
export function durationSpread(
  policy: Policy,
  runs: readonly HistoryRun[],
  { startsAt, oldTtlMs }: { readonly startsAt: Instant; readonly oldTtlMs: number },
): Spread | null {
  const completed = runs.filter(({ end }) => end === 'completed');
  const took = completed.flatMap(({ lateMs }) => {
    const endsAt = endOfRun(policy, { startsAt, oldTtlMs, lateMs });
    return endsAt === null ? [] : [endsAt - startsAt];
  });
  return spreadOf(took);
}

function endOfRun(
  policy: Policy,
  run: { readonly startsAt: Instant; readonly oldTtlMs: number; readonly lateMs: readonly number[] },
): Instant | null {
  const open = (at: Instant | null): Instant | null =>
    at === null || policy.calendar === undefined ? at : nextOpening(policy.calendar, at);
  const later = (at: Instant | null, ms: number): Instant | null => (at === null ? null : plus(at, ms));
  const settleMs = propagationMs + policy.ttlSeconds * 1000 + policy.tailMs;
  let at = later(open(run.startsAt), propagationMs + run.oldTtlMs + policy.tailMs);
  for (const stage of policy.stages.keys()) {
    const settled = later(open(at), settleMs);
    at = settled === null ? null : plus(dwellEndsAt(policy, stage, settled), run.lateMs[stage] ?? 0);
  }
  return later(open(at), settleMs);
}

/** What becomes of a degradation in these runs, until nobody meets it any more. */
export function badTarget(
  policy: Policy,
  degradation: Degradation,
  runs: readonly HistoryRun[],
  traffic: GivenTraffic,
): BadTarget {
  const row = summarize(degradation, runs);
  const drain = drainOf(policy);
  const rolledBack = runs.filter(({ end }) => end === 'rolled-back');
  const cleanMs = drain.propagationMs + drain.ttlMs + drain.tailMs;
  // Caches were filled at different times, so that on average half of the TTL is left.
  const leftMs = drain.propagationMs + drain.ttlMs / 2;
  const perMs = (traffic.perSecond / 1000) * excessOf(degradation, traffic.errorRate);
  const draining = rolledBack.reduce((sum, { share }) => sum + (share / 100) * perMs * leftMs, 0);
  const found = spreadOf(rolledBack.map(({ tookMs }) => tookMs));
  return {
    ...row,
    found,
    clean: spreadOf(rolledBack.map(({ tookMs }) => tookMs + cleanMs)),
    meanFailed: row.meanHarmed + (runs.length === 0 ? 0 : draining / runs.length),
  };
}

/** The share of requests that fail besides those that fail anyway. */
function excessOf(degradation: Degradation, errorRate: number): number {
  switch (degradation.kind) {
    case 'none':
      return 0;
    case 'more':
      return degradation.excess;
    case 'times':
      return Math.min(1 - errorRate, (degradation.factor - 1) * errorRate);
    case 'broken':
      return 1 - errorRate;
    default:
      return unreachable(degradation);
  }
}

function spreadOf(times: readonly number[]): Spread | null {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  return sorted.length === 0 ? null : { medianMs: at(0.5), ninetyMs: at(0.9) };
}
