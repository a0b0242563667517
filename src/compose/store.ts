import type { Config } from '../config.js';
import type { Event } from '../core/event.js';
import type { Instant } from '../core/time.js';
import type { Store } from '../engine/ports.js';
import type { SnapshotWatch } from '../store/sqlite/snapshots.js';

export { StoreError } from '../store/store-error.js';

/** The journal alone: what every reading verb needs. With `readOnly` a state file that cannot be written is still readable. */
export async function openStore(config: Config, readOnly: boolean): Promise<Store> {
  const { openSqliteStore } = await import('../store/sqlite/open.js');
  return openSqliteStore({ directory: config.stateDirectory.path, readOnly });
}

/** The same for whoever writes with nobody there: refuses files that others may read, where a person's verb makes them private. */
export async function openUnattendedStore(config: Config): Promise<Store & SnapshotWatch> {
  const { openSqliteStore } = await import('../store/sqlite/open.js');
  return openSqliteStore({ directory: config.stateDirectory.path, readable: 'refused' });
}

/** Why a daemon would not start on this state directory, and what to type; null when it would. Reads owners and modes only. */
export async function stateTrouble(config: Config): Promise<string | null> {
  const { stateFileTrouble } = await import('../store/sqlite/state-file.js');
  const found = stateFileTrouble(config.stateDirectory.path);
  return found && `${found.message}; a daemon does not start like this; ${found.fix}`;
}

/** Which snapshot of the state is missing after these events, for a verb that only reads; null when none is. */
export async function snapshotTrouble(
  config: Config,
  events: readonly Event[],
  now: Instant,
): Promise<string | null> {
  const { missingSnapshot } = await import('../store/sqlite/snapshots.js');
  return missingSnapshot(config.stateDirectory.path, events, now);
}
