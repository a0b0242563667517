import type { Config } from '../config.js';
import type { MigrationPlan } from '../core/plan.js';
import { StoreError } from '../store/store-error.js';
import { openStore } from './store.js';

/**
 * The plan with the originals that `start` would give it, for whoever shows it before anything is written: what finalize leaves and
 * `restore` puts back is from before the first of several migrations. A journal that cannot be read is no obstacle to looking.
 */
export async function withEarlierOriginals(config: Config, plan: MigrationPlan): Promise<MigrationPlan> {
  try {
    await using store = await openStore(config, true);
    const { inheritOriginals } = await import('../engine/inherited-originals.js');
    return await inheritOriginals(store, plan);
  } catch (error) {
    if (error instanceof StoreError) return plan;
    throw error;
  }
}
