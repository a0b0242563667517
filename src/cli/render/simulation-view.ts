import { grouped, percent } from '../../core/gate/metrics/wording.js';
import { unreachable } from '../../core/result.js';
import type { Degradation } from '../../core/simulation/degradation.js';
import type { SimulationRow } from '../../core/simulation/summary.js';
import { labelled } from './labelled.js';
import { glance } from './moment.js';
import { safeText } from '../../core/safe-text.js';
import { table } from './table.js';
import { reportColumns } from './width.js';

/** What was simulated, and what came of it. */
export interface SimulationReport {
  /** The host or the file. */
  readonly past: string;
  readonly policy: string;
  readonly seed: string;
  /** Buckets in the past, and in how many of them something is known. */
  readonly buckets: number;
  readonly known: number;
  readonly bucketMs: number;
  readonly requestsPerMinute: number;
  readonly errorRate: number;
  /** Stages are followed for some hours of their dwell only. */
  readonly isCut: boolean;
  readonly rows: readonly SimulationRow[];
}

export function simulationLines(report: SimulationReport): string[] {
  const { past, buckets, known, bucketMs, requestsPerMinute, errorRate, policy, seed, rows } = report;
  const [healthy] = rows;
  const length = `${glance(buckets * bucketMs)}, ${grouped(known)} of ${grouped(buckets)} buckets known`;
  return [
    ...labelled('past', `${safeText(past, 200)}: ${length}`),
    ...labelled('', `${grouped(requestsPerMinute)} requests a minute, ${percent(errorRate)} of which fail`),
    ...labelled('policy', `${policy}, seed ${safeText(seed, 60)}`),
    '',
    ...table([titles, ...rows.map(cells)], reportColumns),
    '',
    ...(healthy === undefined ? [] : labelled('false', falseText(healthy))),
    ...labelled(
      'how',
      "Each run deals the past's requests out to two sides at random, begins anywhere in it, and lets the gate decide at every tick. What is planted is there from the first request on; probes do not see it.",
    ),
    ...labelled('', 'AFTER: the median time to a rollback. HARMED: failures of what was planted, per run.'),
    ...(report.isCut ? labelled('', 'Stages are followed for the first hours of their dwell only.') : []),
  ];
}

function falseText({ rolledBack, runs, rollbackRange }: SimulationRow): string {
  const { low, high } = rollbackRange;
  return `${rolledBack} of ${grouped(runs)} healthy migrations were rolled back: a rate from ${percent(low)} to ${percent(high)} (95 %)`;
}

export function degradationText(degradation: Degradation): string {
  switch (degradation.kind) {
    case 'none':
      return 'healthy';
    case 'more':
      return `+${Number((100 * degradation.excess).toFixed(2))} points`;
    case 'times':
      return `${degradation.factor} x the failures`;
    case 'broken':
      return 'broken';
    default:
      return unreachable(degradation);
  }
}

const titles = ['TARGET', 'ROLLED BACK', 'ASKED', 'COMPLETED', 'AFTER', 'HARMED'];

function cells(row: SimulationRow): readonly string[] {
  const share = (count: number): string => percent(row.runs === 0 ? 0 : count / row.runs);
  return [
    degradationText(row.degradation),
    percent(row.rollbackShare),
    share(row.asked),
    share(row.completed),
    row.medianRollbackMs === null ? '-' : glance(row.medianRollbackMs),
    row.degradation.kind === 'none' ? '-' : grouped(row.meanHarmed),
  ];
}
