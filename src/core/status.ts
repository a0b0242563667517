import { runningClocks, type CertificateClock } from './certificate-clock.js';
import { healthChecksOf, type HealthCheckStatus } from './failover/health-check-status.js';
import { judge } from './gate/judge.js';
import type { HostGate, SideEvidence, Verdict } from './gate/verdict.js';
import { sideRecord, type SideRecord } from './metric/side-record.js';
import type { MigrationState } from './migration-state.js';
import { nextStepOf, type NextStep } from './next-step.js';
import { personNeed, type PersonNeed } from './person-need.js';
import { type Observing, type Phase } from './phase.js';
import type { RollbackTimes } from './rollback-times.js';
import { describeEndpoint } from './plan.js';
import { planFileStatus, type PlanFileStatus } from './plan-file-news.js';
import { movesLeftBehind } from './platform/left-behind.js';
import type { PlatformMemory } from './platform/platform-memory.js';
import type { SourceMove } from './platform/source-move.js';
import type { SideName } from './probe.js';
import { displayName } from './record-name.js';
import { reasonOf } from './reason.js';
import type { RecordSet } from './record-set.js';
import { unreachable } from './result.js';
import { stageDwellMs } from './share.js';
import { sourceAnswers } from './source-names.js';
import { sourceRemains, type SourceRemains } from './source-remains.js';
import type { Instant } from './time.js';
import { userShare, type UserShare } from './user-share.js';

/** The shape of `status -o json`; the number grows when a field changes its meaning or goes away. */
export const statusVersion: number = 1;

/** Where a migration is, for people and programs. Shares are percentages of the target, times are epoch milliseconds. */
export interface Status {
  readonly version: number;
  readonly id: string;
  readonly zone: string;
  readonly policy: string;
  readonly lab: boolean;
  readonly hosts: readonly HostStatus[];
  readonly phase: PhaseName;
  readonly paused: { readonly by: string; readonly because: string; readonly since: Instant } | null;
  /** One sentence: what it is doing, or why it stopped. */
  readonly because: string;
  /** The share set in Route 53 by the last accepted write. */
  readonly share: number;
  readonly generation: number;
  readonly stages: readonly StageStatus[];
  readonly probes: readonly SideEvidence[];
  /** What each side showed last, while the migration is live; a side that has shown none is left out. */
  readonly certificates: readonly CertificateClock[];
  /** Those of `failover: health-checks` that exist or may exist. */
  readonly healthChecks: readonly HealthCheckStatus[];
  readonly verdict: Pick<Verdict, 'verdict' | 'because'> | null;
  /** The metrics rule's numbers for each host that has metrics and traffic at the target. */
  readonly gates: readonly HostGate[];
  /** How the metrics of each side were read last. */
  readonly metrics: readonly MetricsStatus[];
  /** What happens next and the earliest time for it, or null when nothing will happen by itself. */
  readonly next: NextStep | null;
  /** What a person has to type before it goes on, or null when nobody is waited for. */
  readonly needs: PersonNeed | null;
  readonly rollback: RollbackTimes | null;
  /** What still reaches each source once the target gets everything, and how long it can be gone back to; empty before. */
  readonly sourceRemains: readonly SourceRemains[];
  /** What the platforms said of each side that was looked at, and why the latest look said nothing. */
  readonly platforms: readonly PlatformMemory[];
  /** Sources that have moved on from what the records still name; a rollback goes to where they are now. Names have the final dot. */
  readonly movedSources: readonly SourceMove[];
  /** The files that the plan was made from, and whether they still are what the migration runs by. */
  readonly files: readonly PlanFileStatus[];
  /** Differences found in the zone, when halted. */
  readonly differences: readonly string[];
  readonly since: Instant;
  readonly lastTickAt: Instant | null;
  readonly alarm: string | null;
}

export interface MetricsStatus {
  readonly host: string;
  readonly side: SideName;
  /** Null before the first reading. */
  readonly status: SideRecord['status'];
  /** Every bucket that ends at or before it is known. */
  readonly readTo: Instant | null;
  readonly warnings: readonly string[];
}

export type PhaseName = Phase['phase'];

export interface HostStatus {
  readonly host: string;
  readonly source: string;
  readonly target: string;
  /** What the last accepted write left in the zone, value by value. */
  readonly records: readonly RecordSet[];
  /** How often each name server handed out each side in the latest tick. */
  readonly nameServers: readonly {
    readonly server: string;
    readonly source: number;
    readonly target: number;
    readonly other: number;
    readonly failed: number;
  }[];
  /** The target's percentage over all name servers in the latest tick; null without answers. */
  readonly measuredShare: number | null;
  /** Which part of its users' requests the target gets, by the metrics; null where or while that is not known. */
  readonly userShare: UserShare | null;
}

export interface StageStatus {
  readonly share: number;
  readonly dwellMs: number;
  /** `reached`: it was in force before everything went back to the source; `abandoned`: it never was. */
  readonly progress: 'done' | 'current' | 'to-come' | 'reached' | 'abandoned';
}

/** What is known about a migration, put into words. Pure: `now` only moves the countdowns. */
export function statusOf(state: MigrationState, now: Instant): Status {
  const { plan, phase } = state;
  const observing = observingOf(phase);
  const verdict = observing === null ? null : judge(state, observing, now);
  const guard = judge(state, null, now);
  return {
    version: statusVersion,
    id: plan.id,
    zone: plan.zone.id,
    policy: plan.policy.name,
    lab: plan.policy.lab,
    hosts: plan.hosts.map((host) => hostStatus(state, host.host)),
    phase: phase.phase,
    paused: state.pause && { by: state.pause.by, because: state.pause.because, since: state.pause.at },
    because: reasonOf(state, verdict, now),
    share: state.share,
    generation: state.generation,
    stages: stagesOf(state),
    probes: judge(state, null, now).evidence,
    certificates: runningClocks(state, now),
    healthChecks: healthChecksOf(state),
    gates: (verdict ?? guard).gates,
    metrics: metricsOf(state),
    verdict: verdict && { verdict: verdict.verdict, because: verdict.because },
    next: nextStepOf(state, now),
    needs: personNeed(state),
    rollback: phase.phase === 'rolled-back' ? phase.times : null,
    sourceRemains: sourceRemains(state, now),
    platforms: state.platforms,
    movedSources: movesLeftBehind(state),
    files: planFileStatus(state),
    differences: phase.phase === 'halted' ? phase.differences : [],
    since: sinceOf(state),
    lastTickAt: state.latest?.at ?? null,
    alarm: state.alarms.at(-1) ?? null,
  };
}

function metricsOf({ plan, records }: MigrationState): MetricsStatus[] {
  return plan.hosts.flatMap(({ host, metrics }) =>
    metrics === undefined
      ? []
      : (['source', 'target'] as const).map((side) => {
          const { status, readTo, warnings } = sideRecord(records, host, side);
          return { host: displayName(host), side, status, readTo, warnings };
        }),
  );
}

function hostStatus(state: MigrationState, host: string): HostStatus {
  const plan = state.plan.hosts.find((candidate) => candidate.host === host);
  const records = state.image.find((image) => image.host === host)?.records ?? [];
  const readings = (state.latest?.nameServers ?? []).filter((reading) => reading.host === host);
  const nameServers = readings.map((reading) => {
    const source = sourceAnswers(plan, reading.answers);
    const target = reading.answers[plan?.target.dnsName ?? ''] ?? 0;
    const known = Object.values(reading.answers).reduce((sum, count) => sum + count, 0);
    return {
      server: reading.server,
      source,
      target,
      other: reading.other + known - source - target,
      failed: reading.failed,
    };
  });
  const source = nameServers.reduce((sum, server) => sum + server.source, 0);
  const target = nameServers.reduce((sum, server) => sum + server.target, 0);
  return {
    host: displayName(host),
    source: plan === undefined ? '' : describeEndpoint(plan.source),
    target: plan === undefined ? '' : describeEndpoint(plan.target),
    records,
    nameServers,
    measuredShare: source + target === 0 ? null : (100 * target) / (source + target),
    userShare: plan?.metrics === undefined ? null : userShare(state, plan.host),
  };
}

function stagesOf(state: MigrationState): StageStatus[] {
  const { policy } = state.plan;
  const current =
    currentStage(state.phase) ?? policy.stages.findLastIndex((stage) => stage.share <= state.share);
  const isOver = state.phase.phase === 'completed' || state.phase.phase === 'finalizing';
  const isBack = ['rolling-back', 'draining', 'rolled-back', 'restoring', 'restored'].includes(
    state.phase.phase,
  );
  return policy.stages.map((stage, index): StageStatus => {
    const dwellMs = stageDwellMs(policy, index);
    const at = (progress: StageStatus['progress']): StageStatus => ({
      share: stage.share,
      dwellMs,
      progress,
    });
    if (isBack) return at(state.stageTimes.some((times) => times.stage === index) ? 'reached' : 'abandoned');
    if (isOver || index < current) return at('done');
    return at(index === current ? 'current' : 'to-come');
  });
}

function currentStage(phase: Phase): number | null {
  switch (phase.phase) {
    case 'settling':
    case 'shifting':
    case 'observing':
      return phase.stage;
    case 'waiting':
      return phase.observing.stage;
    case 'planned':
    case 'taking-over':
      return -1;
    case 'finalizing':
    case 'completed':
    case 'rolling-back':
    case 'draining':
    case 'rolled-back':
    case 'halted':
    case 'restoring':
    case 'restored':
    case 'forgetting':
    case 'forgotten':
      return null;
    case 'adopting':
      return phase.stage;
    default:
      return unreachable(phase);
  }
}

function observingOf(phase: Phase): Observing | null {
  if (phase.phase === 'observing') return phase;
  return phase.phase === 'waiting' ? phase.observing : null;
}

function sinceOf(state: MigrationState): Instant {
  const { phase } = state;
  switch (phase.phase) {
    case 'settling':
      return phase.settle.acceptedAt;
    case 'observing':
      return phase.settledAt;
    case 'waiting':
      return phase.since;
    case 'rolling-back':
    case 'draining':
      return phase.rollback.requestedAt;
    case 'completed':
    case 'rolled-back':
    case 'halted':
    case 'restored':
    case 'forgotten':
      return phase.at;
    case 'restoring':
    case 'finalizing':
      return phase.settle?.acceptedAt ?? state.openIntent?.openedAt ?? state.plan.createdAt;
    case 'planned':
    case 'taking-over':
    case 'shifting':
    case 'adopting':
    case 'forgetting':
      return state.openIntent?.openedAt ?? state.plan.createdAt;
    default:
      return unreachable(phase);
  }
}
