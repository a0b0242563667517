import type { Database } from 'better-sqlite3';
import { StoreError } from '../store-error.js';
import { schemaSteps } from './schema.js';

/**
 * Brings the tables to the version this program knows, all steps in one transaction that holds the write lock from its
 * beginning: of two processes that open an old file at once, the second finds the work done. A newer file is refused untouched.
 */
export function upgrade(database: Database, path: string): void {
  if (schemaVersion(database, path) === schemaSteps.length) return;
  const steps = database.transaction(() => {
    const version = schemaVersion(database, path);
    for (const step of schemaSteps.slice(version)) database.exec(step);
    database.pragma(`user_version = ${schemaSteps.length}`);
  });
  steps.immediate();
}

/** Throws a StoreError unless the tables are exactly those this program knows. */
export function assertUpgraded(database: Database, path: string): void {
  const version = schemaVersion(database, path);
  if (version === schemaSteps.length) return;
  throw new StoreError('missing', {
    path,
    message: `${path} has schema version ${version}, but ${schemaSteps.length} is needed, and a file opened for reading only is not upgraded`,
    fix: 'run `shiftctl tick` once, which upgrades it, or name another directory with --state-dir or SHIFT_STATE_DIR',
  });
}

function schemaVersion(database: Database, path: string): number {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version <= schemaSteps.length) return version;
  throw new StoreError('newer-schema', {
    path,
    message: `${path} has schema version ${version}, but this program knows versions up to ${schemaSteps.length}; nothing was changed`,
    fix: 'use the newer shiftctl that wrote it, or name another directory with --state-dir or SHIFT_STATE_DIR',
  });
}
