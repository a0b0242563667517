import type { Database, Statement } from 'better-sqlite3';
import type { Lease } from '../../engine/ports.js';

/** The table `leases`. A released lease keeps its row, expired since ever. */
export class LeaseTable {
  readonly #get: Statement<[string], Lease>;
  readonly #put: Statement<[string, string, number, number]>;
  readonly #release: Statement<[string, string, number]>;

  constructor(database: Database) {
    this.#get = database.prepare(
      `SELECT migration_id AS migrationId, holder, epoch, expires_at AS expiresAt
       FROM leases WHERE migration_id = ?`,
    );
    this.#put = database.prepare(
      `INSERT INTO leases (migration_id, holder, epoch, expires_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (migration_id) DO UPDATE
       SET holder = excluded.holder, epoch = excluded.epoch, expires_at = excluded.expires_at`,
    );
    this.#release = database.prepare(
      'UPDATE leases SET expires_at = 0 WHERE migration_id = ? AND holder = ? AND epoch = ?',
    );
  }

  get(migrationId: string): Lease | undefined {
    return this.#get.get(migrationId);
  }

  put(lease: Lease): void {
    this.#put.run(lease.migrationId, lease.holder, lease.epoch, lease.expiresAt);
  }

  /** Does nothing when the lease has passed to another holder or epoch. */
  release(lease: Lease): void {
    this.#release.run(lease.migrationId, lease.holder, lease.epoch);
  }
}
