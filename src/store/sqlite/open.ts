import type { Store } from '../../engine/ports.js';
import { waitWhileBusy } from './busy-wait.js';
import { openForReading, openForWriting } from './connection.js';
import { afterDamage } from './quarantine.js';
import type { SnapshotWatch } from './snapshots.js';
import { SqliteStore } from './sqlite-store.js';
import { existingStateFile, prepareStateFile, type ReadableByOthers } from './state-file.js';

export interface SqliteStoreOptions {
  /** Holds `shift.db`; made when it is missing, unless the store is read-only. */
  readonly directory: string;
  /** Writes nothing, asks for no private modes and works on a file that this user may only read. Default false. */
  readonly readOnly?: boolean;
  /** What becomes of files that others may read, unless the store is read-only. Default: they are made private. */
  readonly readable?: ReadableByOthers;
}

/**
 * Opens the journal of a state directory. Rejects with a StoreError that names the directory. Every call of the store waits
 * two seconds at most for another process.
 */
export async function openSqliteStore({
  directory,
  readOnly = false,
  readable,
}: SqliteStoreOptions): Promise<Store & SnapshotWatch> {
  const file = readOnly ? existingStateFile(directory) : prepareStateFile(directory, readable);
  const open = readOnly ? openForReading : openForWriting;
  try {
    return new SqliteStore(await waitWhileBusy(file.path, () => open(file)), file);
  } catch (error) {
    throw readOnly ? error : afterDamage(error, file);
  }
}
