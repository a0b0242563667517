import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { StoreError } from '../store-error.js';
import { storeFailure } from './sqlite-failure.js';
import { prepareStateFile } from './state-file.js';

const fileName = 'daemon.lock';
const ownerName = 'daemon.json';

/** Longer than `isDaemonRunning` holds the lock for a look, so that no daemon is refused because of one. */
const lookMs = 250;

/** The one daemon of a state directory. */
export interface DaemonLock extends Disposable {
  readonly path: string;
}

/**
 * Keeps every other daemon from this state directory until it is disposed or the process ends, however that happens: the lock is one
 * of the operating system's, taken by a transaction that stays open, so a daemon that was killed leaves none behind. Throws a
 * StoreError with the reason `taken` that says who has it.
 */
export function lockDaemon(directory: string): DaemonLock {
  const absolute = prepareStateFile(resolve(directory)).directory;
  const path = join(absolute, fileName);
  const owner = join(absolute, ownerName);
  writeFileSync(path, '', { flag: 'a', mode: 0o600 });
  const database = held(path, owner);
  writeFileSync(owner, JSON.stringify({ pid: process.pid, machine: hostname() }), { mode: 0o600 });
  return {
    path,
    [Symbol.dispose]: () => {
      rmSync(owner, { force: true });
      database.close();
    },
  };
}

/**
 * Whether a daemon has this state directory now. What a killed one left behind does not count; false also where that cannot be told.
 */
export function isDaemonRunning(directory: string): boolean {
  const absolute = resolve(directory);
  const [path, owner] = [join(absolute, fileName), join(absolute, ownerName)];
  if (!existsSync(path) || !existsSync(owner)) return false;
  let database: Database.Database | null = null;
  try {
    database = new Database(path, { timeout: 0, fileMustExist: true });
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    database?.close();
  }
}

function held(path: string, owner: string): Database.Database {
  const database = new Database(path, { timeout: lookMs });
  try {
    database.exec('BEGIN IMMEDIATE');
    return database;
  } catch (error) {
    database.close();
    if (isBusy(error)) {
      throw new StoreError('taken', {
        path,
        message: `another daemon already drives every migration of this directory (${whoHolds(owner)})`,
        fix: `leave it to that one; for another set of migrations name another directory with --state-dir`,
        cause: error,
      });
    }
    throw storeFailure(error, path);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** What the other one wrote when it began; it may be about to. */
function whoHolds(owner: string): string {
  try {
    const { pid, machine } = JSON.parse(readFileSync(owner, 'utf8')) as Record<string, unknown>;
    return `process ${String(pid)} on ${String(machine)}; ${owner}`;
  } catch {
    return owner;
  }
}
