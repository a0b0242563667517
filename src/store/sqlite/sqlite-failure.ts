import Database from 'better-sqlite3';
import { rollbackWithoutState, StoreError, type StoreErrorReason } from '../store-error.js';

const fixes: Readonly<Record<'busy' | 'corrupt' | 'disk' | 'permissions', string>> = {
  busy: `wait for the backup, editor or other program that holds the file, or go on without it: ${rollbackWithoutState}`,
  corrupt: `restore the directory from a copy, or go on without it: ${rollbackWithoutState}`,
  disk: `free space on the disk of that directory, or go on without it: ${rollbackWithoutState}`,
  permissions:
    'run as the user the directory belongs to, and check that neither it nor its file system is read-only',
};

/** What an error of SQLite means for the journal at `path`. Anything that is not an operating failure is returned as it is. */
export function storeFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const reason = reasonOf(error.code);
  if (reason === undefined) return error;
  return new StoreError(reason, {
    path,
    message: `${path}: ${error.message} (${error.code})`,
    fix: fixes[reason],
    cause: error,
  });
}

/** By primary result code; extended ones such as SQLITE_IOERR_WRITE begin with it (sqlite.org, "Result and Error Codes"). */
function reasonOf(
  code: string,
): Extract<StoreErrorReason, 'busy' | 'corrupt' | 'disk' | 'permissions'> | undefined {
  switch (code.split('_').slice(0, 2).join('_')) {
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
    case 'SQLITE_PROTOCOL':
      return 'busy';
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return 'corrupt';
    case 'SQLITE_FULL':
    case 'SQLITE_IOERR':
      return 'disk';
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
    case 'SQLITE_READONLY':
      return 'permissions';
    default:
      return undefined;
  }
}
