import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rollbackWithoutState, StoreError } from '../store-error.js';
import { snapshotsIn } from './snapshots.js';
import { quoted, type StateFile } from './state-file.js';

/** More copies of damaged files would fill the disk of somebody who tries again and again. */
const maxCopies = 3;

/**
 * Keeps a copy of a damaged state as it was found, once, and says how to go on: with the newest snapshot where there is one. The file
 * itself is left alone. Any other error is returned as it is.
 */
export function afterDamage(error: unknown, file: StateFile): unknown {
  if (!(error instanceof StoreError) || error.reason !== 'corrupt') return error;
  const copied = keepCopy(file);
  const kept = copied === null ? 'keep a copy of the directory' : `a copy is kept in ${copied}`;
  const [newest] = snapshotsIn(file.directory);
  const { path } = file;
  const restore =
    newest === undefined
      ? 'then restore it from a backup, or'
      : `to go on from the snapshot ${basename(newest)}: rm -f ${quoted(path)} ${quoted(`${path}-wal`)} ${quoted(`${path}-shm`)} && cp -p ${quoted(newest)} ${quoted(path)}, then look with: shiftctl status. Where the zone has moved on since, it halts and shiftctl adopt <host> goes on from there. Or`;
  const fix = `${kept}; ${restore} go on without it: ${rollbackWithoutState}`;
  return new StoreError('corrupt', { path: error.path, message: error.message, fix, cause: error });
}

/** The folder of the copy, named after the time at which the file was last written; null when none could be made. */
function keepCopy({ directory, path }: StateFile): string | null {
  try {
    const written = new Date(statSync(path).mtimeMs).toISOString().replaceAll(/[-:.]/g, '');
    const folder = join(directory, `damaged-${written}`);
    if (existsSync(folder)) return folder;
    if (readdirSync(directory).filter((name) => name.startsWith('damaged-')).length >= maxCopies) return null;
    mkdirSync(folder, { mode: 0o700 });
    for (const part of [path, `${path}-wal`, `${path}-shm`])
      if (existsSync(part)) copyFileSync(part, join(folder, basename(part)));
    return folder;
  } catch {
    return null;
  }
}
