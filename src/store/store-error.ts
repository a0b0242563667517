/**
 * - `newer-schema`: a newer program wrote the file; it is left as it is.
 * - `corrupt`: SQLite or the hash chain says that the content is not what was written.
 * - `permissions`: others could write the file, it belongs to someone else, or this process may not open it.
 * - `busy`: another program held the file for longer than the store waits.
 * - `disk`: no space, or the disk failed; nothing of the write was stored.
 * - `taken`: another daemon drives this directory.
 * - `missing`: there is no such file or migration, or the file was removed or replaced while it was open.
 */
export type StoreErrorReason =
  'newer-schema' | 'corrupt' | 'permissions' | 'busy' | 'disk' | 'taken' | 'missing';

/** Why the journal cannot be used. The message says what happened and names the file with its directory, `fix` what to do. */
export class StoreError extends Error {
  override readonly name: string = 'StoreError';
  readonly reason: StoreErrorReason;
  readonly path: string;
  readonly fix: string;

  constructor(
    reason: StoreErrorReason,
    details: { path: string; message: string; fix: string; cause?: unknown },
  ) {
    super(details.message, { cause: details.cause });
    this.reason = reason;
    this.path = details.path;
    this.fix = details.fix;
  }
}

/** The way out that needs no journal at all. */
export const rollbackWithoutState: string = 'shiftctl rollback <host> --no-state';

/** An append or a lease names a migration that this journal does not hold. */
export function unknownMigration(path: string, migrationId: string): StoreError {
  return new StoreError('missing', {
    path,
    message: `${path} holds no migration ${migrationId}`,
    fix: 'name another state directory with --state-dir or SHIFT_STATE_DIR; `shiftctl list` shows what one holds',
  });
}

/** Entry `sequence` of a migration is not what was written. */
export function brokenChain(
  path: string,
  migrationId: string,
  broken: { sequence: number; because: string },
): StoreError {
  return new StoreError('corrupt', {
    path,
    message: `the journal of ${migrationId} in ${path} is broken at sequence ${broken.sequence}: ${broken.because}`,
    fix: `restore the directory from a copy, or go on without it: ${rollbackWithoutState}`,
  });
}
