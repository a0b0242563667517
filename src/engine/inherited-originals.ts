import type { MigrationState } from '../core/migration-state.js';
import { isLive } from '../core/phase.js';
import { originalOf, type MigrationPlan } from '../core/plan.js';
import { sameImage, type HostImage } from '../core/record-image.js';
import { sameRecords } from '../core/record-set.js';
import { Journal } from './journal.js';
import type { Store } from './ports.js';

/**
 * The plan with the originals of the migration that came before it. Where what stands at a host is exactly what the newest ended
 * migration of that host left there, the user's own records are those that stood before that one; so originals survive any number of
 * starts. Where anybody has changed the records since, those are the originals.
 */
export async function inheritOriginals(store: Store, plan: MigrationPlan): Promise<MigrationPlan> {
  const earlier = new Map<string, MigrationState>();
  const rows = await store.list();
  const restoreTo: HostImage[] = [];
  for (const { host } of plan.hosts) {
    const row = rows.find((candidate) => candidate.hosts.includes(host) && candidate.id !== plan.id);
    const found = originalOf(plan, host);
    if (row === undefined || row.live) {
      restoreTo.push(found);
      continue;
    }
    const state = earlier.get(row.id) ?? (await Journal.open(store, row.id, null)).state;
    earlier.set(row.id, state);
    restoreTo.push(leftBy(state, found) ? firstOf(state, found) : found);
  }
  const isNew = restoreTo.some((image) => !sameRecords(image.records, originalOf(plan, image.host).records));
  return isNew ? { ...plan, restoreTo: restoreTo.map((image) => ({ ...image, marker: [] })) } : plan;
}

function leftBy(state: MigrationState, found: HostImage): boolean {
  const left = state.image.find((image) => image.host === found.host);
  return !isLive(state.phase) && left !== undefined && sameImage([left], [found]);
}

function firstOf({ plan }: MigrationState, { host }: HostImage): HostImage {
  return plan.restoreTo?.find((image) => image.host === host) ?? originalOf(plan, host);
}
