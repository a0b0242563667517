import type { MigrationState } from '../core/migration-state.js';
import { sideProbes, type Policy } from '../core/policy/policy.js';
import { elapsed, type Instant } from '../core/time.js';
import type { MigrationRow } from './ports.js';

/** How a live migration is looked after, for whoever watches the watcher. */
export interface TickAge {
  readonly id: string;
  readonly hosts: readonly string[];
  readonly phase: MigrationState['phase']['phase'] | 'unreadable';
  /** Since the last reading that is in the journal, whoever took it; before the first, since the start. */
  readonly lastTickAgeMs: number;
  /** No reading for longer than the policy calls a gap, or the journal cannot be read. A rollback under way is never overdue. */
  readonly isOverdue: boolean;
  /** Ticks that were given up and have not ended. */
  readonly hanging: number;
}

export function tickAge(
  row: MigrationRow,
  state: MigrationState | null,
  now: Instant,
  running: { readonly isRollingBack: boolean; readonly hanging: number },
): TickAge {
  const lastTickAgeMs = elapsed(state?.latest?.at ?? row.createdAt, now);
  const isLate = state === null || lastTickAgeMs > state.plan.policy.gapAfterMs;
  return {
    id: row.id,
    hosts: row.hosts,
    phase: state?.phase.phase ?? 'unreadable',
    lastTickAgeMs,
    isOverdue: isLate && !running.isRollingBack,
    hanging: running.hanging,
  };
}

/** A tick whose journal cannot be read has nothing else to wait for. */
const shortestDeadlineMs = 120_000;

/**
 * When a tick is given up. Every call in it has a limit of its own, far below; with a state file that cannot be written it looks for as
 * long as a verdict of the probes takes.
 */
export function tickDeadlineMs(policy: Policy | null): number {
  if (policy === null) return shortestDeadlineMs;
  const { tickEveryMs, probes } = policy;
  const verdictMs = probes.failed.of * sideProbes(probes, 'target').everyMs;
  return shortestDeadlineMs + 3 * (tickEveryMs + verdictMs);
}
