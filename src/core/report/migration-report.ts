import type { Event } from '../event.js';
import { replay } from '../migration.js';
import type { MigrationPlan } from '../plan.js';
import { statusOf, type Status } from '../status.js';
import type { Instant } from '../time.js';
import { shareSeries, type SharePoint } from './share-series.js';
import { probeSeries, userSeries, type SideSeries } from './side-series.js';
import { stageVisits, type StageVisit } from './stage-visit.js';

/** The shape of `report -o json`; the number grows when a field changes its meaning or goes away. */
export const reportVersion: number = 1;

/** A migration from its plan to its end, or until now, for a change ticket or a post-mortem. Times are epoch milliseconds. */
export interface MigrationReport {
  readonly version: number;
  readonly madeAt: Instant;
  readonly planned: Pick<MigrationPlan, 'createdAt' | 'by'>;
  readonly status: Status;
  /** What the charts show: from the plan to the last event of the journal. */
  readonly from: Instant;
  readonly to: Instant;
  readonly shares: readonly SharePoint[];
  /** Users' requests of each side; empty where probes alone judge. */
  readonly users: readonly SideSeries[];
  readonly probes: readonly SideSeries[];
  readonly stages: readonly StageVisit[];
  /** Everything that happened but for what each tick saw. */
  readonly events: readonly Event[];
}

/** The report of a journal. Pure: the same journal and the same `now` give the same report. */
export function migrationReport(events: readonly Event[], now: Instant): MigrationReport {
  const state = replay(events);
  const { plan } = state;
  return {
    version: reportVersion,
    madeAt: now,
    planned: { createdAt: plan.createdAt, by: plan.by },
    status: statusOf(state, now),
    from: plan.createdAt,
    to: events.reduce((latest, { at }) => (at > latest ? at : latest), plan.createdAt),
    shares: shareSeries(events),
    users: userSeries(state),
    probes: probeSeries(state),
    stages: stageVisits(events, now),
    events: events.filter(({ type }) => type !== 'observed'),
  };
}
