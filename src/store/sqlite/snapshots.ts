import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Event } from '../../core/event.js';
import { elapsed, type Instant } from '../../core/time.js';
import type { StateFile } from './state-file.js';

const kept = 5;
const snapshotName = /^shift-\d{8}T\d{9}Z\.db$/;

/** What ends a stage; nothing that a rollback could have to wait for. */
const occasions: readonly Event['type'][] = ['settled', 'completed', 'rolled-back', 'restored'];

/** Who must know that there is no new copy of the state. */
export interface SnapshotWatch {
  /** Why the latest snapshot could not be made; null when it could, and before the first. */
  snapshotTrouble(): string | null;
}

/** A snapshot that failed is tried again with the first write after this time. */
const retryMs = 60_000;
/** One that is being made is not missing. */
const graceMs = 60_000;

/**
 * Whole copies of the journal beside it, one for each stage, the newest few. SQLite's online backup copies a file that is in use;
 * copying it by hand does not (sqlite.org, "How To Corrupt An SQLite Database File"). One that fails is tried again with the
 * next writes and is told until it has been made.
 */
export class Snapshots {
  readonly #database: Database;
  readonly #file: StateFile;
  #running: Promise<void> = Promise.resolve();
  #failed: { readonly at: Instant; readonly because: string } | null = null;

  constructor(database: Database, file: StateFile) {
    this.#database = database;
    this.#file = file;
  }

  /** Begins a snapshot when these events, stored just now, end a stage. */
  after(events: readonly Event[], at: Instant): void {
    const isRetry = this.#failed !== null && elapsed(this.#failed.at, at) >= retryMs;
    if (!isRetry && !events.some(isOccasion)) return;
    this.#running = this.#running
      .then(() => this.#take(at))
      .then(() => void (this.#failed = null))
      .catch((error: unknown) => {
        this.#failed = { at, because: error instanceof Error ? error.message : String(error) };
      });
  }

  trouble(): string | null {
    return this.#failed && `no snapshot of the state could be made: ${this.#failed.because}`;
  }

  /** Resolves when none is being made. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #take(at: Instant): Promise<void> {
    const folder = folderOf(this.#file.directory);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const name = nameAt(at);
    const unfinished = join(folder, 'unfinished.db');
    rmSync(unfinished, { force: true });
    await this.#database.backup(unfinished);
    chmodSync(unfinished, 0o600);
    renameSync(unfinished, join(folder, name));
    for (const old of snapshotsIn(this.#file.directory).slice(kept)) rmSync(old, { force: true });
  }
}

/**
 * Which snapshot should have been made after these events and was not, for whoever reads the state and has not made it; null when none is
 * missing, and when this user may not look.
 */
export function missingSnapshot(directory: string, events: readonly Event[], now: Instant): string | null {
  const last = events.findLast(isOccasion);
  if (last === undefined || elapsed(last.at, now) < graceMs || !mayList(folderOf(directory))) return null;
  const newest = snapshotsIn(directory)[0];
  // Names sort as their times do.
  if (newest !== undefined && basename(newest) >= nameAt(last.at)) return null;
  const since = newest === undefined ? 'there is none' : `the newest is ${newest}`;
  return `the snapshot of the state after the latest stage is missing; ${since}: look for a full disk or a folder that cannot be written`;
}

function isOccasion({ type }: Event): boolean {
  return occasions.includes(type);
}

function mayList(folder: string): boolean {
  try {
    readdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function nameAt(at: Instant): string {
  return `shift-${new Date(at).toISOString().replaceAll(/[-:.]/g, '')}.db`;
}

/** The paths of the snapshots of a state directory, newest first; none where there is no such folder. */
export function snapshotsIn(directory: string): readonly string[] {
  const folder = folderOf(directory);
  try {
    const names = readdirSync(folder).filter((name) => snapshotName.test(name));
    return names
      .sort()
      .reverse()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function folderOf(directory: string): string {
  return join(directory, 'backups');
}
