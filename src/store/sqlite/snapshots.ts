import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Event } from '../../core/event.js';
import type { Instant } from '../../core/time.js';
import type { StateFile } from './state-file.js';

const kept = 5;
const snapshotName = /^shift-\d{8}T\d{9}Z\.db$/;

/** What ends a stage; nothing that a rollback could have to wait for. */
const occasions: readonly Event['type'][] = ['settled', 'completed', 'rolled-back', 'restored'];

/**
 * Whole copies of the journal beside it, one for each stage, the newest few. SQLite's online backup copies a file that is in use;
 * copying it by hand does not (sqlite.org, "How To Corrupt An SQLite Database File"). One that fails is made with the next stage.
 */
export class Snapshots {
  readonly #database: Database;
  readonly #file: StateFile;
  #running: Promise<void> = Promise.resolve();

  constructor(database: Database, file: StateFile) {
    this.#database = database;
    this.#file = file;
  }

  /** Begins a snapshot when these events, stored just now, end a stage. */
  after(events: readonly Event[], at: Instant): void {
    if (!events.some(({ type }) => occasions.includes(type))) return;
    this.#running = this.#running.then(() => this.#take(at)).catch(() => undefined);
  }

  /** Resolves when none is being made. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #take(at: Instant): Promise<void> {
    const folder = folderOf(this.#file.directory);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const name = `shift-${new Date(at).toISOString().replaceAll(/[-:.]/g, '')}.db`;
    const unfinished = join(folder, 'unfinished.db');
    rmSync(unfinished, { force: true });
    await this.#database.backup(unfinished);
    chmodSync(unfinished, 0o600);
    renameSync(unfinished, join(folder, name));
    for (const old of snapshotsIn(this.#file.directory).slice(kept)) rmSync(old, { force: true });
  }
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
