import type { Alarm } from '../gate/verdict.js';
import type { MigrationState } from '../migration-state.js';
import type { Observing } from '../phase.js';
import { displayName, type RecordName } from '../record-name.js';
import { pairMembers } from '../share.js';
import { elapsed, formatDuration, type Instant } from '../time.js';
import type { MigrationHealthCheck, PairChecks } from './health-check.js';

/**
 * What the next stage's pair carries at each host: the checks it carries already, or those whose target has been healthy for
 * long enough. A host that is not in it stands without; a check of one member alone would not follow the rule for zero weights.
 */
export function attachableChecks(state: MigrationState, at: Instant): ReadonlyMap<RecordName, PairChecks> {
  const source = usableId(state.healthChecks.find((check) => check.side === 'source'));
  const pairs = state.plan.hosts.flatMap(({ host }): [RecordName, PairChecks][] => {
    const check = targetCheck(state, host);
    const target = usableId(check);
    if (source === null || check === undefined || target === null) return [];
    const isDue = isAttached(state, host, target) || healthyForMs(check, at) >= neededMs(state);
    return isDue ? [[host, { source, target }]] : [];
  });
  return new Map(pairs);
}

/**
 * Why the next stage must wait for this host's health checks, or null: without them it would not be protected. Finalizing takes
 * them off and waits for nothing.
 */
export function failoverMissing(
  state: MigrationState,
  host: RecordName,
  observing: Observing,
  at: Instant,
): Alarm | null {
  const { failover, stages } = state.plan.policy;
  if (failover === undefined || observing.stage + 1 >= stages.length) return null;
  if (attachableChecks(state, at).has(host)) return null;
  const check = targetCheck(state, host);
  const name = displayName(host);
  const need = formatDuration(failover.healthyForMs);
  const because =
    usableId(check) === null
      ? `the health checks of ${name} do not exist yet; failover needs them`
      : check?.healthySince == null
        ? `Route 53's checkers do not find the target of ${name} healthy; failover needs ${need} of that`
        : `Route 53's checkers have found the target of ${name} healthy for less than ${need}`;
  return { topic: 'failover-not-ready', because };
}

/** True when the last accepted write left a health check on any record. */
export function hasAttachedChecks(state: MigrationState): boolean {
  return state.image.some(({ records }) => records.some((record) => record.healthCheckId !== null));
}

function isAttached(state: MigrationState, host: RecordName, id: string): boolean {
  const records = state.image.find((image) => image.host === host)?.records ?? [];
  return pairMembers(records).target?.healthCheckId === id;
}

function targetCheck(state: MigrationState, host: RecordName): MigrationHealthCheck | undefined {
  return state.healthChecks.find((check) => check.side === 'target' && check.host === host);
}

function usableId(check: MigrationHealthCheck | undefined): string | null {
  return check === undefined || check.isGone ? null : check.id;
}

function healthyForMs({ healthySince }: MigrationHealthCheck, at: Instant): number {
  return healthySince === null ? -1 : elapsed(healthySince, at);
}

function neededMs({ plan }: MigrationState): number {
  return plan.policy.failover?.healthyForMs ?? 0;
}
