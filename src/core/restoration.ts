import { compareAndSwap } from './change-batch.js';
import type { Failure } from './failure.js';
import { frame, seedAbove, type IntentOrigin } from './intent-factory.js';
import type { Intent } from './intent.js';
import type { MigrationState } from './migration-state.js';
import { foreignMarkers, foreignRecords, imageOfHost } from './our-records.js';
import { firstOriginalOf, originalOf, type HostPlan } from './plan.js';
import type { RecordImage } from './record-image.js';
import { displayName } from './record-name.js';
import type { RecordSet } from './record-set.js';
import { sourceNames } from './source-names.js';
import { bareAliasName, standingRecords } from './standing-records.js';
import { endedMarker } from './zone-image.js';

/**
 * Why the originals cannot be put back where this stands, or null. What is ours may be replaced: our pair at any weights, a plain
 * record or an alias to one of our sides, the originals themselves, nothing at all. Anything else is refused and never deleted.
 */
export function restoreObjection(state: MigrationState, found: RecordImage): Failure | null {
  const { plan, phase } = state;
  const name = displayName(plan.hosts[0]?.host ?? '');
  if (phase.phase !== 'halted' && phase.phase !== 'rolled-back' && phase.phase !== 'completed')
    return {
      reason: 'conflict',
      message: `${plan.id} is ${phase.phase}; the originals are put back after a halt, a rollback or completion`,
      fix: whatFirst(phase, name),
    };
  const fence = foreignMarkers(state, found);
  if (fence !== null) return fence;
  const objections = plan.hosts.map((host) => foreignRecords(plan, host, imageOfHost(found, host)));
  return objections.find((objection) => objection !== null) ?? null;
}

function whatFirst({ phase }: MigrationState['phase'], name: string): string {
  if (phase === 'restored' || phase === 'forgotten') return 'nothing is left to do';
  const isUnderWay = phase === 'rolling-back' || phase === 'draining' || phase === 'restoring';
  return isUnderWay ? `wait until that is over: shiftctl status ${name}` : `first: shiftctl rollback ${name}`;
}

/** The write of a restoration: from exactly what was read to the original records and an ended marker, all hosts in one batch. */
export function restoreIntent(state: MigrationState, origin: IntentOrigin, found: RecordImage): Intent {
  const { plan } = state;
  const seed = seedAbove(state, origin, found, 0);
  const after = plan.hosts.map((host) => ({
    host: host.host,
    records: recordsToRestore(state, host),
    marker: [endedMarker(plan, host, seed)],
  }));
  const isAtTarget = plan.hosts.some((host) => pointsAt(recordsToRestore(state, host), host, 'target'));
  const comment = `shift ${plan.id} restore generation ${seed.generation}`;
  return {
    ...frame(origin, 'restore', isAtTarget ? 100 : 0, seed),
    before: found,
    after,
    batch: compareAndSwap(found, after, comment),
  };
}

/**
 * What `restore` puts back at a host: what stood there before the first migration where that is one of the sides of this one. It
 * moves no traffic forward, so a first original at the target of this migration counts only once that is completed; else it is
 * what stood there before this migration.
 */
export function recordsToRestore(state: MigrationState, host: HostPlan): readonly RecordSet[] {
  const first = firstOriginalOf(state.plan, host).records;
  const { phase } = state;
  const before = phase.phase === 'restoring' ? phase.was : phase;
  const isAllowed =
    pointsAt(first, host, 'source') || (before.phase === 'completed' && pointsAt(first, host, 'target'));
  return isAllowed ? first : originalOf(state.plan, host.host).records;
}

function pointsAt(records: readonly RecordSet[], host: HostPlan, side: 'source' | 'target'): boolean {
  const standing = standingRecords({ host: host.host, records, marker: [] });
  const names = side === 'source' ? sourceNames(host) : [host.target.dnsName];
  return standing.ok && names.map(bareAliasName).includes(bareAliasName(standing.value.dnsName));
}
