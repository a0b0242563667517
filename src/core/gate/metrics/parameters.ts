/** A gauge with one bad direction. */
export interface GaugeRule {
  readonly name: string;
  readonly worse: 'high' | 'low';
  /** Beyond it the gauge is bad; null derives a limit from history. */
  readonly limit: number | null;
}

/** What a policy may choose about the gate. Times are in milliseconds; every other constant of the rule counts buckets and is fixed. */
export interface GateParameters {
  /** The chance, over a whole healthy migration, of rolling it back. */
  readonly alpha: number;
  /** How many times the source's error rate the target may have: two platforms are never exactly equal. */
  readonly tolerance: number;
  /** An error rate that is never held against anyone. */
  readonly minErrorRate: number;
  /** The share of all requests that the next stage may expose to failure, with 95 % confidence. */
  readonly budget: number;
  readonly bucketMs: number;
  /** Time over the dwell after which the gate asks a person. */
  readonly maxHoldMs: number;
  /** How long the target's metrics may be silent while requests are due there. */
  readonly blindAfterMs: number;
  /** How old the end of the newest bucket of the target may be for a promotion. */
  readonly maxDataAgeMs: number;
  /** The ladder: the target's share at each stage, as fractions. */
  readonly shares: readonly number[];
  /** Hosts that move together: each has its own evidence, and they share `alpha`. */
  readonly hosts: number;
  /** The target's metrics count other sites' traffic too: they may roll back, only a person promotes. */
  readonly isTargetShared: boolean;
  /** Where the promotion evidence of a stage is cut off, in nats, so that days of calm do not hide a bad hour. */
  readonly maxPromotionNats: number;
  readonly channels: Channels;
}

/** What is measured besides errors and probes. Fixed before the first bucket, because it splits the false-alarm budget. */
export interface Channels {
  readonly slowCounts: boolean;
  readonly latencyQuantiles: boolean;
  readonly gauges: readonly GaugeRule[];
}

export const defaultParameters: GateParameters = {
  alpha: 0.01,
  tolerance: 1.25,
  minErrorRate: 0.0002,
  budget: 0.02,
  bucketMs: 60_000,
  maxHoldMs: 60 * 60_000,
  blindAfterMs: 15 * 60_000,
  maxDataAgeMs: 5 * 60_000,
  shares: [0.1, 0.25, 0.5, 1],
  hosts: 1,
  isTargetShared: false,
  maxPromotionNats: 6,
  channels: { slowCounts: false, latencyQuantiles: false, gauges: [] },
};

/** Data of this age are still current: the settle delay, the bucket that is being filled, and two ticks to read it. */
export function dataAgeLimitMs(times: {
  settleDelayMs: number;
  bucketMs: number;
  tickEveryMs: number;
}): number {
  return times.settleDelayMs + times.bucketMs + 2 * times.tickEveryMs;
}

/**
 * The share of the false-alarm budget of each channel. A weighted mean of e-values is an e-value under any dependence, so shares that
 * sum to at most 1 keep the promise of `alpha` however many metrics are watched; an absent channel leaves its share unused.
 * What is measured besides errors and probes divides its fifth evenly.
 */
export function channelWeights(channels: Channels): { errors: number; probes: number; eachFurther: number } {
  const further = Number(channels.slowCounts) + Number(channels.latencyQuantiles) + channels.gauges.length;
  return { errors: 0.6, probes: 0.2, eachFurther: 0.2 / Math.max(1, further) };
}

/** The evidence, in nats, at which a host rolls its group back: every host of a group watches, so each needs more. */
export function rollbackThreshold(parameters: GateParameters): number {
  return Math.log(parameters.hosts / parameters.alpha);
}

/** The share that a promotion out of `stage` leads to; after the last stage everything goes to the target. */
export function nextShare(parameters: GateParameters, stage: number): number {
  return parameters.shares[stage + 1] ?? 1;
}

/** Promotion needs `exp(3)`, which is 20 to 1. */
export const promotionNats = 3;
/** Evidence against the target from here on is suspicious: about 5 to 1. Nothing is promoted under suspicion. */
export const suspicionNats = 1.6;
/** Requests that must have been due at a silent target before its silence means anything. */
export const blindRequests = 30;
/** Buckets, counted back from the newest with metrics, in which no incident may have been. */
export const incidentMemoryBuckets = 3;
