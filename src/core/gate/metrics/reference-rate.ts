import { cautionDeviations, type Baseline } from './baseline.js';
import type { CountRule } from './count-rule.js';
import { clamp } from './log-space.js';

/** The source up to one bucket: that bucket and the last five with the source's probes, the last sixty without. */
export interface SourceWindow {
  readonly n1: number;
  readonly e1: number;
  readonly n5: number;
  readonly e5: number;
  readonly n60: number;
  readonly e60: number;
}

/** What the target is measured against in one bucket. */
export interface ReferenceRate {
  /** The largest rate that is tolerated. */
  readonly rate: number;
  /** How many source errors the rate rests on: few make it uncertain. */
  readonly errors: number;
  /** The source itself fails far above its habit. */
  readonly isIncident: boolean;
}

/** Both sides never fail in lockstep: while the source fails, the target may fail three times as much. */
const incidentRatio = 3;
const incidentErrors = 5;
/** The source now must be this much worse than its habit before now counts instead of the habit. */
const excuseRatio = 2;
const slowPriorRequests = 500;
const fastPriorRequests = 20;
const minFastErrors = 2;
const certainDeviations = 2;
const maxRate = 0.95;

/**
 * The most forgiving honest comparison: the worst of what the source does now, did in the last hour, and does usually. Now counts in
 * full once it is far above the rest. Below that it counts as far as it is certain: in an outage that both sides share for half an hour,
 * the last hour comes near to now, but the calm before it still lowers its mean, and the target must not be held to that.
 */
export function referenceRate(window: SourceWindow, baseline: Baseline, rule: CountRule): ReferenceRate {
  const usual = baseline.rate;
  const hour =
    (window.e60 + cautionDeviations * Math.sqrt(window.e60) + slowPriorRequests * usual) /
    (window.n60 + slowPriorRequests);
  const slow = Math.max(usual, hour);
  const slowErrors = hour > usual ? window.e60 : baseline.errors;
  const one = fastRate(window.n1, window.e1, usual);
  const five = fastRate(window.n5, window.e5, usual);
  const now = Math.max(one, five);
  const nowErrors = one >= five ? window.e1 : window.e5;
  const isIncident = now >= incidentRatio * Math.max(slow, rule.minRate) && nowErrors >= incidentErrors;
  if (now > excuseRatio * slow) {
    const rate = (isIncident ? incidentRatio : rule.tolerance) * now;
    return { rate: clamp(rate, rule.minRate, maxRate), errors: nowErrors, isIncident };
  }
  const certainOne = certainRate(window.n1, window.e1, baseline.phi);
  const certainFive = certainRate(window.n5, window.e5, baseline.phi);
  const certain = Math.max(certainOne, certainFive);
  const rate = clamp(rule.tolerance * Math.max(slow, certain), rule.minRate, maxRate);
  const certainErrors = certainOne > certainFive ? window.e1 : window.e5;
  return { rate, errors: certain > slow ? certainErrors : slowErrors, isIncident };
}

/** A single error says nothing about now. */
function fastRate(n: number, e: number, usual: number): number {
  return e >= minFastErrors ? (e + fastPriorRequests * usual) / (n + fastPriorRequests) : 0;
}

/** A rate that the source hardly stays below, given how errors cluster. */
function certainRate(n: number, e: number, phi: number): number {
  return Math.max(0, e - certainDeviations * Math.sqrt(phi * e)) / (n + fastPriorRequests);
}
