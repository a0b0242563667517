import type { Config } from '../config.js';
import type { Store } from '../engine/ports.js';

export { StoreError } from '../store/store-error.js';

/** The journal alone: what every reading verb needs. With `readOnly` a state file that cannot be written is still readable. */
export async function openStore(config: Config, readOnly: boolean): Promise<Store> {
  const { openSqliteStore } = await import('../store/sqlite/open.js');
  return openSqliteStore({ directory: config.stateDirectory.path, readOnly });
}
