import type { MigrationPlan } from '../plan.js';

/** What AWS charges for a migration beyond what the zone and the metrics cost anyway, in US dollars at list price. */
export interface CostForecast {
  /** How long it is reckoned with. */
  readonly durationMs: number;
  readonly cloudWatch: {
    /** Metrics in each reading; the same metric for two purposes is asked for once. */
    readonly metrics: number;
    readonly readings: number;
    readonly dollars: number;
  };
  readonly route53: {
    /** Our own questions to the name servers. */
    readonly queries: number;
    readonly dollars: number;
    /** For each thousand resolvers that ask again as soon as the TTL allows it, a day. */
    readonly dollarsPerThousandResolversDay: number;
    /** Records that stand beside the one that is there now; the first 10,000 of a zone are in its price. */
    readonly records: number;
  };
  /** Year and month of the price lists. */
  readonly pricesOf: string;
}

/** GetMetricData, per metric requested (Amazon CloudWatch pricing). */
const dollarsPerMetric = 0.01 / 1_000;
/** Standard queries, of which those for weighted records are some, up to a thousand million a month (Amazon Route 53 pricing). */
const dollarsPerQuery = 0.4 / 1_000_000;
const dayMs = 86_400_000;

/** The weighted pair and the marker, in the place of one record. */
const recordsPerHost = 2;

/** `questionsPerTick` is how often each name server is asked for each host in a tick. */
export function forecastCost(
  plan: MigrationPlan,
  durationMs: number,
  questionsPerTick: number,
): CostForecast {
  const { policy, zone, hosts } = plan;
  const ticks = Math.ceil(durationMs / policy.tickEveryMs);
  const specs = hosts.flatMap(({ metrics }) => metrics?.queries ?? []).map(({ spec }) => spec);
  const asked = new Set(specs.flatMap((spec) => (spec.source === 'cloudwatch' ? JSON.stringify(spec) : [])));
  const queries = ticks * hosts.length * zone.nameServers.length * questionsPerTick;
  return {
    durationMs,
    cloudWatch: { metrics: asked.size, readings: ticks, dollars: asked.size * ticks * dollarsPerMetric },
    route53: {
      queries,
      dollars: queries * dollarsPerQuery,
      dollarsPerThousandResolversDay:
        (1_000 * hosts.length * dayMs * dollarsPerQuery) / (policy.ttlSeconds * 1000),
      records: recordsPerHost * hosts.length,
    },
    pricesOf: '2026-09',
  };
}
