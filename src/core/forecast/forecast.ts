import { gateParameters } from '../gate/gate-input.js';
import type { HostPlan, MigrationPlan } from '../plan.js';
import { displayName } from '../record-name.js';
import { forecastCost, type CostForecast } from './cost.js';
import { knownBuckets, type SourceHistory } from './source-history.js';
import { forecastStages, type ForecastTraffic, type StageForecast } from './stage-forecast.js';

/** What can be said before anything is written. Plain data. */
export interface Forecast {
  readonly hosts: readonly HostForecast[];
  readonly cost: CostForecast;
}

export interface HostForecast {
  readonly host: string;
  /** How many buckets of the source's past were read, and why none where there is none. */
  readonly buckets: number;
  readonly because: string | null;
  /** One for the traffic that was measured, or several for traffic that is assumed; empty where probes alone judge. */
  readonly traffic: readonly TrafficForecast[];
  readonly advice: readonly Advice[];
}

export interface TrafficForecast {
  readonly isAssumed: boolean;
  /** Requests a minute on both sides together. */
  readonly perMinute: number;
  readonly errorRate: number;
  readonly stages: readonly StageForecast[];
}

/**
 * `too-small`: this stage asks a person for want of requests. `first-stage`: a smaller first stage is worth it. `shared-target`: the
 * target's metrics count other sites too, so every stage asks a person.
 */
export type Advice =
  | {
      readonly topic: 'too-small';
      readonly share: number;
      readonly requestsPerMinute: number;
      readonly evidenceMs: number | null;
    }
  | { readonly topic: 'first-stage'; readonly share: number; readonly requestsPerMinute: number }
  | { readonly topic: 'shared-target' };

/** Requests a minute that a forecast is made for when nobody knows them. */
const assumedPerMinute = [10, 100, 1_000, 10_000] as const;
/** A source without a past is taken to fail this often. */
const assumedErrorRate = 0.001;
/** A first stage of two percent exposes a fifth of what one of ten does, and is worth it from this many requests a minute at the target. */
const smallShare = 2;
const enoughPerMinute = 60;
const minuteMs = 60_000;

/**
 * Requests, times and smallest degradations for each stage, from the gate's own decisions on buckets like those of the source's past,
 * and what the migration costs at AWS. `questionsPerTick`: how often each name server is asked for each host in a tick.
 */
export function forecastPlan(
  plan: MigrationPlan,
  histories: readonly SourceHistory[],
  questionsPerTick: number,
): Forecast {
  const seen = plan.hosts.map((host): Seen => {
    const found = histories.find((candidate) => candidate.host === host.host);
    const history = found ?? { host: host.host, buckets: [], because: 'it was not read' };
    return { host, history, measured: measuredTraffic(history, plan.policy.bucketMs) };
  });
  const smallest = seen
    .filter(({ host, measured }) => host.metrics !== undefined && measured !== null)
    .toSorted((one, other) => (one.measured?.perMinute ?? 0) - (other.measured?.perMinute ?? 0))
    .slice(0, maxHosts);
  const isAssumed = seen.some(({ host, measured }) => host.metrics !== undefined && measured === null);
  const assumed = isAssumed
    ? assumedPerMinute.map((rate) => forecastTraffic(plan, assumedTraffic(rate), true))
    : [];
  const hosts = seen.map((one) => forecastHost(plan, one, { assumed, isSmall: smallest.includes(one) }));
  return { hosts, cost: forecastCost(plan, durationMs(plan, hosts), questionsPerTick) };
}

/** Hosts with a forecast of their own: those with the fewest requests, which are the ones that a group waits for. */
const maxHosts = 10;

interface Seen {
  readonly host: HostPlan;
  readonly history: SourceHistory;
  readonly measured: ForecastTraffic | null;
}

function forecastHost(
  plan: MigrationPlan,
  { host, history, measured }: Seen,
  group: { readonly assumed: readonly TrafficForecast[]; readonly isSmall: boolean },
): HostForecast {
  const about = { host: displayName(host.host), buckets: knownBuckets(history).length };
  const unknown = (because: string, traffic: readonly TrafficForecast[] = []): HostForecast => ({
    ...about,
    because,
    traffic,
    advice: [],
  });
  if (host.metrics === undefined)
    return unknown("the policy lets probes alone judge; nothing counts users' requests");
  if (measured === null)
    return unknown(history.because ?? 'the source had no request in the time that was read', group.assumed);
  if (!group.isSmall) return unknown(`it has more traffic than the ${maxHosts} hosts that are forecast`);
  const traffic = forecastTraffic(plan, measured, false);
  const advice: readonly Advice[] = host.metrics.sharedTarget ? [{ topic: 'shared-target' }] : [];
  return { ...about, because: null, traffic: [traffic], advice: [...advice, ...adviceOn(traffic)] };
}

/** The requests alone decide: what nobody can foresee, of response times and gauges, is taken to be well. */
function forecastTraffic(plan: MigrationPlan, traffic: ForecastTraffic, isAssumed: boolean): TrafficForecast {
  const metrics = { queries: [], gauges: [], sharedTarget: false };
  const parameters = gateParameters(plan.policy, metrics, plan.hosts.length);
  const { perMinute, errorRate } = traffic;
  return { isAssumed, perMinute, errorRate, stages: forecastStages(plan.policy, parameters, traffic) };
}

function measuredTraffic(history: SourceHistory, bucketMs: number): ForecastTraffic | null {
  const known = knownBuckets(history);
  const requests = known.reduce((sum, { n }) => sum + n, 0);
  if (requests === 0) return null;
  // What a provider leaves out because nothing happened is unknown here, so the mean is over all buckets since the first known one.
  const since = history.buckets.findIndex((counts) => counts !== null);
  const perBucket = requests / (history.buckets.length - since);
  const failed = known.reduce((sum, { e }) => sum + e, 0);
  return {
    perMinute: (perBucket * minuteMs) / bucketMs,
    errorRate: failed / requests,
    history: { requests: known, slow: [], latency: [], gauges: {} },
  };
}

/** The gate has no history either, so it is as careful as it can be. */
function assumedTraffic(perMinute: number): ForecastTraffic {
  const history = { requests: [], slow: [], latency: [], gauges: {} };
  return { perMinute, errorRate: assumedErrorRate, history };
}

function adviceOn({ perMinute, stages }: TrafficForecast): Advice[] {
  const advice: Advice[] = stages
    .filter(({ then }) => then === 'asks')
    .map(({ share, requestsPerMinute, evidenceMs }) => ({
      topic: 'too-small',
      share,
      requestsPerMinute,
      evidenceMs,
    }));
  const atSmall = (perMinute * smallShare) / 100;
  const first = stages[0]?.share ?? smallShare;
  if (first > smallShare && atSmall >= enoughPerMinute)
    advice.push({ topic: 'first-stage', share: smallShare, requestsPerMinute: atSmall });
  return advice;
}

/** As long as the slowest host takes, each stage settled first; assumed traffic says nothing about time, so its dwells alone count. */
function durationMs({ policy, originals }: MigrationPlan, hosts: readonly HostForecast[]): number {
  const settleMs = policy.ttlSeconds * 1000 + policy.tailMs;
  const oldTtlMs =
    Math.max(0, ...originals.flatMap(({ records }) => records.map(({ ttl }) => ttl ?? 60))) * 1000;
  const measured = hosts.flatMap(({ traffic }) => traffic).filter(({ isAssumed }) => !isAssumed);
  const observed = policy.stages.map((stage, index) => {
    const dwellMs = index === policy.stages.length - 1 ? policy.bakeMs : stage.dwellMs;
    return Math.max(dwellMs, ...measured.map(({ stages }) => stages[index]?.leavesAfterMs ?? 0));
  });
  const stagesMs = observed.reduce((sum, ms) => sum + ms + settleMs, 0);
  return oldTtlMs + policy.tailMs + stagesMs + settleMs;
}
