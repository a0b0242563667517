import type { Database, Statement } from 'better-sqlite3';
import type { RecordName } from '../../core/record-name.js';
import type { Instant } from '../../core/time.js';
import type { AppendRefusal, MigrationRow } from '../../engine/ports.js';
import { rollbackWithoutState, StoreError } from '../store-error.js';

interface Row {
  readonly id: string;
  readonly hosts: string;
  readonly live: 0 | 1;
  readonly createdAt: Instant;
}

const columns = 'id, hosts, live, created_at AS createdAt';

/** The tables `migrations` and `hosts_live`, which say the same about which migrations are live. */
export class MigrationTable {
  readonly #path: string;
  readonly #get: Statement<[string], Row>;
  readonly #all: Statement<[], Row>;
  readonly #insert: Statement<[string, string, 0 | 1, number]>;
  readonly #setLive: Statement<[0 | 1, string]>;
  readonly #holder: Statement<[string], { readonly migrationId: string }>;
  readonly #takeHost: Statement<[string, string]>;
  readonly #freeHosts: Statement<[string]>;

  constructor(database: Database, path: string) {
    this.#path = path;
    this.#get = database.prepare(`SELECT ${columns} FROM migrations WHERE id = ?`);
    this.#all = database.prepare(`SELECT ${columns} FROM migrations ORDER BY created_at DESC, rowid DESC`);
    this.#insert = database.prepare(
      'INSERT INTO migrations (id, hosts, live, created_at) VALUES (?, ?, ?, ?)',
    );
    this.#setLive = database.prepare('UPDATE migrations SET live = ? WHERE id = ?');
    this.#holder = database.prepare('SELECT migration_id AS migrationId FROM hosts_live WHERE host = ?');
    this.#takeHost = database.prepare('INSERT INTO hosts_live (host, migration_id) VALUES (?, ?)');
    this.#freeHosts = database.prepare('DELETE FROM hosts_live WHERE migration_id = ?');
  }

  get(id: string): MigrationRow | undefined {
    const row = this.#get.get(id);
    return row && this.#migration(row);
  }

  /** Newest first. */
  all(): MigrationRow[] {
    return this.#all.all().map((row) => this.#migration(row));
  }

  /** The first of the hosts that another live migration has. */
  taken({ id, hosts }: MigrationRow): Extract<AppendRefusal, { reason: 'host-taken' }> | undefined {
    for (const host of hosts) {
      const holder = this.#holder.get(host);
      if (holder !== undefined && holder.migrationId !== id)
        return { reason: 'host-taken', host, migrationId: holder.migrationId };
    }
    return undefined;
  }

  insert(row: MigrationRow): void {
    this.#insert.run(row.id, JSON.stringify(row.hosts), row.live ? 1 : 0, row.createdAt);
    if (row.live) this.#take(row);
  }

  setLive(row: MigrationRow, live: boolean): void {
    this.#setLive.run(live ? 1 : 0, row.id);
    if (live) this.#take(row);
    else this.#freeHosts.run(row.id);
  }

  #take({ id, hosts }: MigrationRow): void {
    for (const host of hosts) this.#takeHost.run(host, id);
  }

  #migration({ id, hosts, live, createdAt }: Row): MigrationRow {
    try {
      return { id, hosts: JSON.parse(hosts) as RecordName[], live: live === 1, createdAt };
    } catch (cause) {
      throw new StoreError('corrupt', {
        path: this.#path,
        message: `${this.#path} is damaged: the hosts of migration ${id} are not JSON`,
        fix: `restore the directory from a copy, or go on without it: ${rollbackWithoutState}`,
        cause,
      });
    }
  }
}
