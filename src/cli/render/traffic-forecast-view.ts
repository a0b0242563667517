import { grouped, percent } from '../../core/gate/metrics/wording.js';
import { safeText } from '../../core/safe-text.js';
import type { SimulationRow } from '../../core/simulation/summary.js';
import type { BadTarget, Drain, Spread } from '../../core/simulation/traffic-forecast.js';
import { labelled } from './labelled.js';
import { glance } from './moment.js';
import { degradationText } from './simulation-view.js';
import { table } from './table.js';
import { reportColumns } from './width.js';

/** What to expect of a policy on some traffic. */
export interface TrafficReport {
  /** The host, or what was given. */
  readonly traffic: string;
  readonly isAssumed: boolean;
  readonly policy: string;
  readonly seed: string;
  readonly perSecond: number;
  readonly errorRate: number;
  readonly healthy: SimulationRow;
  /** From `start` now to the end; null when no run came to it. */
  readonly duration: Spread | null;
  readonly hasCalendar: boolean;
  /** Stages that a person must approve. */
  readonly approvals: number;
  readonly isCut: boolean;
  readonly bad: readonly BadTarget[];
  readonly drain: Drain;
}

export function trafficForecastLines(report: TrafficReport): string[] {
  const { perSecond, errorRate, healthy, drain, bad } = report;
  const whence = report.isAssumed ? 'as given' : 'as measured';
  const rate = perSecond >= 100 ? grouped(perSecond) : String(Number(perSecond.toPrecision(2)));
  const cleanMs = drain.propagationMs + drain.ttlMs + drain.tailMs;
  const { low, high } = healthy.rollbackRange;
  return [
    ...labelled(
      'traffic',
      `${safeText(report.traffic, 200)}: ${rate} requests a second, ${percent(errorRate)} of which fail (${whence})`,
    ),
    ...labelled(
      'policy',
      `${report.policy}, ${grouped(healthy.runs)} runs, seed ${safeText(report.seed, 60)}`,
    ),
    '',
    ...labelled('healthy', durationText(report)),
    ...labelled(
      '',
      `${healthy.rolledBack} of ${grouped(healthy.runs)} rolled back: a chance from ${percent(low)} to ${percent(high)} (95 %); ${healthy.asked} asked a person`,
    ),
    ...labelled(
      'drain',
      `${glance(cleanMs)} from a rollback until caches have forgotten the target: name servers ${glance(drain.propagationMs)}, TTL ${glance(drain.ttlMs)}, tail ${glance(drain.tailMs)}; a few resolvers keep answers beyond their TTL`,
    ),
    '',
    ...table([titles, ...bad.map(cells)], reportColumns, ['90 %']),
    '',
    ...labelled(
      'how',
      "The product's own gate decides at every tick about users who are dealt out to both sides at random. The target is bad from its first request on, and its probes do not see it. Times count from the first weight change; FAILED is the mean of requests that would not have failed at the source, draining included.",
    ),
    ...(report.isCut ? labelled('', 'Stages are judged for the first hours of their dwell only.') : []),
  ];
}

function durationText({ duration, healthy, hasCalendar, approvals }: TrafficReport): string {
  if (duration === null)
    return healthy.completed > 0
      ? 'never completed, because the calendar does not open often enough'
      : 'no run came to its end by itself';
  const closed = hasCalendar ? ', begun now, closed hours included' : '';
  const people =
    approvals === 0 ? '' : `, besides ${approvals === 1 ? 'one approval' : `${approvals} approvals`}`;
  return `done after ${glance(duration.medianMs)} (median), ${glance(duration.ninetyMs)} (90 %)${closed}${people}`;
}

const titles = ['IF THE TARGET IS', 'ROLLED BACK', 'FOUND AFTER', '90 %', 'CLEAN AFTER', 'FAILED'];

function cells({ degradation, rollbackShare, found, clean, meanFailed }: BadTarget): readonly string[] {
  const time = (ms: number | undefined): string => (ms === undefined ? '-' : glance(ms));
  return [
    degradationText(degradation),
    percent(rollbackShare),
    time(found?.medianMs),
    time(found?.ninetyMs),
    time(clean?.medianMs),
    grouped(meanFailed),
  ];
}
