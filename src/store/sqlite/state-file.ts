import { chmodSync, closeSync, mkdirSync, openSync, statSync, type Stats } from 'node:fs';
import { join, resolve } from 'node:path';
import { StoreError, type StoreErrorReason } from '../store-error.js';

/** The journal's file, and which file it was when it was opened. */
export interface StateFile {
  readonly directory: string;
  readonly path: string;
  readonly device: number;
  readonly inode: number;
}

const fileName = 'shift.db';
const anotherDirectory = 'name another one with --state-dir or SHIFT_STATE_DIR';

/**
 * Makes the directory (0700) and the file (0600) where they are missing. SQLite gives `-wal` and `-shm` the mode of the file
 * itself. Throws a StoreError when others may write the directory or a file, or when one belongs to another user.
 */
export function prepareStateFile(directory: string): StateFile {
  const absolute = resolve(directory);
  const path = join(absolute, fileName);
  try {
    mkdirSync(absolute, { recursive: true, mode: 0o700 });
    refuseForeign(absolute, statSync(absolute), '700');
    for (const file of [path, `${path}-wal`, `${path}-shm`]) keepPrivate(file);
    closeSync(openSync(path, 'a', 0o600));
    return identified(absolute, path);
  } catch (error) {
    throw fileFailure(error, path);
  }
}

/** Finds the file for reading only: whoever may read it may look at it. Throws a StoreError when there is none. */
export function existingStateFile(directory: string): StateFile {
  const absolute = resolve(directory);
  const path = join(absolute, fileName);
  try {
    return identified(absolute, path);
  } catch (error) {
    throw fileFailure(error, path);
  }
}

/**
 * Throws a StoreError when the file has been removed or replaced since it was opened: SQLite would go on writing into a file
 * that no later process can find.
 */
export function assertStillThere(file: StateFile): void {
  const now = statSync(file.path, { throwIfNoEntry: false });
  if (now?.ino === file.inode && now.dev === file.device) return;
  throw new StoreError('missing', {
    path: file.path,
    message: `${file.path} was ${now === undefined ? 'removed' : 'replaced'} while it was open`,
    fix: `stop every shiftctl that uses ${file.directory}, put the directory back, then start again`,
  });
}

function identified(directory: string, path: string): StateFile {
  const { dev, ino } = statSync(path);
  return { directory, path, device: dev, inode: ino };
}

function keepPrivate(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  refuseForeign(path, stats, '600');
  if ((stats.mode & 0o077) !== 0) chmodSync(path, 0o600);
}

function refuseForeign(path: string, stats: Stats, mode: string): void {
  // Windows has no such users and modes; there the directory's access list is the user's own business.
  const user = process.geteuid?.();
  if (user === undefined) return;
  if (stats.uid !== user) {
    throw new StoreError('permissions', {
      path,
      message: `${path} belongs to user ${stats.uid}, but this program runs as user ${user}`,
      fix: `run it as user ${stats.uid}, or: chown -R ${user} ${quoted(path)}`,
    });
  }
  if ((stats.mode & 0o022) !== 0) {
    const shown = (stats.mode & 0o777).toString(8);
    throw new StoreError('permissions', {
      path,
      message: `others may write ${path} (mode ${shown}), so what it says cannot be trusted`,
      fix: `if its content is what you expect: chmod ${mode} ${quoted(path)}`,
    });
  }
}

/** As one word of a POSIX shell. */
export function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

function fileFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const { reason, fix } = explain(error.code);
  return new StoreError(reason, {
    path,
    message: `cannot use ${path}: ${error.message}`,
    fix,
    cause: error,
  });
}

function explain(code: unknown): { reason: StoreErrorReason; fix: string } {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return {
        reason: 'permissions',
        fix: `run as the user the directory belongs to, or ${anotherDirectory}`,
      };
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EIO':
      return { reason: 'disk', fix: `free space on that disk, or ${anotherDirectory}` };
    default:
      return { reason: 'missing', fix: `check the path, or ${anotherDirectory}` };
  }
}
