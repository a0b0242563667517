import { chmodSync, closeSync, mkdirSync, openSync, statSync, type Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { rollbackWithoutState, StoreError, type StoreErrorReason } from '../store-error.js';

/** The journal's file, and which file it was when it was opened. */
export interface StateFile {
  readonly directory: string;
  readonly path: string;
  readonly device: number;
  readonly inode: number;
}

const fileName = 'shift.db';
const anotherDirectory = 'name another one with --state-dir or SHIFT_STATE_DIR';

/** What becomes of a file that others may read: whoever runs unattended has nobody who would wonder since when. */
export type ReadableByOthers = 'made-private' | 'refused';

/**
 * Makes the directory (0700) and the file (0600) where they are missing. SQLite gives `-wal` and `-shm` the mode of the file
 * itself. Throws a StoreError when others may write the directory or a file, or when one belongs to another user.
 */
export function prepareStateFile(directory: string, readable: ReadableByOthers = 'made-private'): StateFile {
  const absolute = resolve(directory);
  const path = join(absolute, fileName);
  try {
    mkdirSync(absolute, { recursive: true, mode: 0o700 });
    const foreign = foreignAccess(absolute, statSync(absolute), '700');
    if (foreign !== null) throw foreign;
    const trouble = readable === 'refused' ? stateFileTrouble(absolute) : null;
    if (trouble !== null) throw trouble;
    for (const file of filesOf(path)) keepPrivate(file);
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

function filesOf(path: string): readonly string[] {
  return [path, `${path}-wal`, `${path}-shm`];
}

function keepPrivate(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  const foreign = foreignAccess(path, stats, '600');
  if (foreign !== null) throw foreign;
  if ((stats.mode & 0o077) !== 0) chmodSync(path, 0o600);
}

/**
 * Why whoever runs unattended refuses this directory: others may read or write it or a file in it, or it is somebody else's. Null when
 * all is well, or when there is nothing yet. Writes nothing.
 */
export function stateFileTrouble(directory: string): StoreError | null {
  const absolute = resolve(directory);
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (found === undefined) return null;
  const files = filesOf(join(absolute, fileName)).flatMap((path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? [] : [{ path, stats }];
  });
  const foreign = files.map(({ path, stats }) => foreignAccess(path, stats, '600'));
  return (
    foreignAccess(absolute, found, '700') ?? foreign.find((error) => error !== null) ?? readAccess(files)
  );
}

/** It belongs to someone else, or someone else may write it; null when neither is so. */
function foreignAccess(path: string, stats: Stats, mode: string): StoreError | null {
  // Windows has no such users and modes; there the directory's access list is the user's own business.
  const user = process.geteuid?.();
  if (user === undefined) return null;
  if (stats.uid !== user) {
    return new StoreError('permissions', {
      path,
      message: `${path} belongs to user ${stats.uid}, but this program runs as user ${user}`,
      fix: `run it as user ${stats.uid}, or: chown -R ${user} ${quoted(path)}`,
    });
  }
  if ((stats.mode & 0o022) === 0) return null;
  return new StoreError('permissions', {
    path,
    message: `others may write ${path} (mode ${modeOf(stats)}), so what it says cannot be trusted`,
    fix: `if its content is what you expect: chmod ${mode} ${quoted(path)}`,
  });
}

/** A reader leaves files beside the journal with the mode of the journal, so the command names all of them at once. */
function readAccess(files: readonly { readonly path: string; readonly stats: Stats }[]): StoreError | null {
  const open = files.filter(({ stats }) => (stats.mode & 0o044) !== 0);
  const [first] = open;
  if (process.geteuid === undefined || first === undefined) return null;
  return new StoreError('permissions', {
    path: first.path,
    message: `others may read ${first.path} (mode ${modeOf(first.stats)}), which holds the names of your endpoints and who did what`,
    fix: `chmod 600 ${open.map(({ path }) => quoted(path)).join(' ')}`,
  });
}

function modeOf({ mode }: Stats): string {
  return (mode & 0o777).toString(8);
}

/** As one word of a POSIX shell. */
export function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

function fileFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ENOENT')
    return new StoreError('missing', {
      path,
      message: `there is no journal in ${dirname(path)}`,
      fix: `shiftctl start begins a migration; if one runs already, ${anotherDirectory}; a rollback without the journal: ${rollbackWithoutState}`,
      cause: error,
    });
  const { reason, fix } = explain(error.code, path);
  return new StoreError(reason, {
    path,
    message: `cannot use ${path}: ${error.message}`,
    fix,
    cause: error,
  });
}

function explain(code: unknown, path: string): { reason: StoreErrorReason; fix: string } {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return {
        reason: 'permissions',
        fix: `if it is yours: chmod 700 ${quoted(dirname(path))} && chmod 600 ${quoted(path)}; else run as the user it belongs to, or ${anotherDirectory}`,
      };
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EIO':
      return { reason: 'disk', fix: `free space on that disk, or ${anotherDirectory}` };
    default:
      return { reason: 'missing', fix: `check the path, or ${anotherDirectory}` };
  }
}
