import type { Event } from './event.js';
import { sourceObjection } from './gate/source-fitness.js';
import type { Intent } from './intent.js';
import type { MigrationState } from './migration-state.js';
import type { Observation } from './observation.js';
import type { MigrationPlan } from './plan.js';
import type { Instant } from './time.js';

/**
 * Why an automatic rollback that nothing is written of yet makes no write now: a source that was alive when it was decided may be down
 * when it is tried again. Null when it may write, and always for a rollback that a person asked for.
 *
 * A rollback that is in the zone for one host, or may be, goes on for the others whatever their sources do: a group that stands on both
 * sides is worse than one that a person has to look at. The first try is one batch for all hosts, so it leaves none behind.
 */
export function rollbackWait(state: MigrationState, now: Instant): string | null {
  const { phase, plan, openIntent } = state;
  if (phase.phase !== 'rolling-back' || phase.rollback.by !== 'guard') return null;
  const mayBeHalfWay = phase.settle !== null || (openIntent !== null && leavesOthers(plan, openIntent));
  return mayBeHalfWay ? null : sourceObjection(state, now);
}

/** True for a write that is of some hosts of the group only. */
function leavesOthers({ hosts }: MigrationPlan, { batch }: Intent): boolean {
  return hosts.some(({ host }) => batch.changes.every(({ record }) => record.name !== host));
}

/** People are told once that a rollback waits for its source, and once that it does no longer. */
export function waitEvent(state: MigrationState, seen: Observation): Event | null {
  const topic = 'both-failing';
  const wait = rollbackWait(state, seen.at);
  const isTold = state.alarms.includes(topic);
  if (wait === null) return isTold ? { type: 'alarm-cleared', at: seen.at, topic } : null;
  if (isTold) return null;
  const because = `the rollback waits, because ${wait}; shiftctl rollback makes it all the same`;
  return { type: 'alarm-raised', at: seen.at, topic, because };
}
