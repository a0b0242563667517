import { existsSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { rollbackWithoutState, StoreError } from '../store-error.js';
import { lockWaitMs } from './busy-wait.js';
import type { StateFile } from './state-file.js';
import { assertUpgraded, upgrade } from './upgrade.js';

/**
 * Opens the file for writing. `synchronous = FULL` because an intent must survive a power cut that follows it; in WAL mode
 * the default NORMAL may lose the last commits (sqlite.org, "Write-Ahead Logging"). `fullfsync` is the same promise on macOS.
 */
export function openForWriting(file: StateFile): Database.Database {
  return closedOnFailure(new Database(file.path, { timeout: lockWaitMs }), (database) => {
    for (const pragma of [
      'synchronous = FULL',
      'fullfsync = ON',
      'foreign_keys = ON',
      'cell_size_check = ON',
    ])
      database.pragma(pragma);
    quickCheck(database, file.path);
    // Only now, so that a damaged file is left as it was found.
    database.pragma('journal_mode = WAL');
    upgrade(database, file.path);
  });
}

/**
 * Opens the file so that nothing can be written. SQLite reads a WAL file in a directory it may not write only while a writer
 * has it open (sqlite.org, "Read-Only WAL-Mode Databases"); otherwise a copy in memory is read, which is whole because the
 * last writer to close put everything into the file.
 */
export function openForReading(file: StateFile): Database.Database {
  try {
    const options = { readonly: true, fileMustExist: true, timeout: lockWaitMs };
    return checkedForReading(new Database(file.path, options), file.path);
  } catch (error) {
    const cannotWriteBeside =
      error instanceof Database.SqliteError && /^SQLITE_(READONLY|CANTOPEN)/.test(error.code);
    if (!cannotWriteBeside || existsSync(`${file.path}-wal`)) throw error;
    return checkedForReading(copyInMemory(file.path), file.path);
  }
}

function checkedForReading(opened: Database.Database, path: string): Database.Database {
  return closedOnFailure(opened, (database) => {
    quickCheck(database, path);
    assertUpgraded(database, path);
  });
}

/** Bytes 18 and 19 of the header say "WAL" (2), which needs files beside it; 1 is the format without (sqlite.org, "Database File Format"). */
function copyInMemory(path: string): Database.Database {
  const content = readFileSync(path);
  if (content.length >= 20) content.fill(1, 18, 20);
  return new Database(content, { readonly: true });
}

function quickCheck(database: Database.Database, path: string): void {
  const found = String(database.pragma('quick_check(1)', { simple: true }));
  if (found === 'ok') return;
  throw new StoreError('corrupt', {
    path,
    message: `${path} is damaged: ${found}`,
    fix: `keep a copy of the directory, then restore it from a backup or go on without it: ${rollbackWithoutState}`,
  });
}

function closedOnFailure(
  database: Database.Database,
  prepare: (database: Database.Database) => void,
): Database.Database {
  try {
    prepare(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
