import type { Database } from 'better-sqlite3';
import type { Event, JournalEntry } from '../../core/event.js';
import { err, ok, type Result } from '../../core/result.js';
import { plus, type Instant } from '../../core/time.js';
import type { AppendRefusal, Lease, MigrationRow, RecordStep, Store } from '../../engine/ports.js';
import { unknownMigration } from '../store-error.js';
import { waitWhileBusy } from './busy-wait.js';
import { JournalTable } from './journal-table.js';
import { LeaseTable } from './lease-table.js';
import { MigrationTable } from './migration-table.js';
import { Snapshots, type SnapshotWatch } from './snapshots.js';
import { assertStillThere, type StateFile } from './state-file.js';
import { assertUpgraded } from './upgrade.js';

type Appended = Result<readonly JournalEntry[], AppendRefusal>;

/** The journal in one SQLite file. Every method rejects with a StoreError when the file cannot be used. */
export class SqliteStore implements Store, SnapshotWatch {
  readonly #database: Database;
  readonly #file: StateFile;
  readonly #migrations: MigrationTable;
  readonly #journal: JournalTable;
  readonly #leases: LeaseTable;
  readonly #snapshots: Snapshots;

  /** Takes over a connection whose tables are up to date, and closes it when disposed. */
  constructor(database: Database, file: StateFile) {
    this.#database = database;
    this.#file = file;
    this.#migrations = new MigrationTable(database, file.path);
    this.#journal = new JournalTable(database, file.path);
    this.#leases = new LeaseTable(database);
    this.#snapshots = new Snapshots(database, file);
  }

  create(row: MigrationRow, first: Event, at: Instant): Promise<Appended> {
    return this.#write(() => {
      const actual = this.#journal.head(row.id).sequence;
      if (actual > 0) return err({ reason: 'sequence', expected: 0, actual });
      const taken = row.live ? this.#migrations.taken(row) : undefined;
      if (taken !== undefined) return err(taken);
      this.#migrations.insert(row);
      return ok(this.#journal.add(row.id, [first], at));
    });
  }

  async append(step: RecordStep): Promise<Appended> {
    const stored = await this.#write(() => {
      const row = this.#migration(step.migrationId);
      const refusal = this.#refusal(step, row);
      if (refusal !== undefined) return err(refusal);
      if (step.live !== row.live) this.#migrations.setLive(row, step.live);
      return ok(this.#journal.add(step.migrationId, step.events, step.at));
    });
    if (stored.ok) this.#snapshots.after(step.events, step.at);
    return stored;
  }

  read(
    migrationId: string,
    afterSequence: number,
    which: 'all' | 'turns' = 'all',
  ): Promise<readonly JournalEntry[]> {
    return this.#run(() =>
      which === 'turns'
        ? this.#journal.turns(migrationId, afterSequence)
        : this.#journal.read(migrationId, afterSequence),
    );
  }

  list(): Promise<readonly MigrationRow[]> {
    return this.#run(() => this.#migrations.all());
  }

  acquireLease(
    migrationId: string,
    holder: string,
    ttlMs: number,
    now: Instant,
  ): Promise<Result<Lease, Lease>> {
    return this.#write(() => {
      this.#migration(migrationId);
      const current = this.#leases.get(migrationId);
      const ours = current?.holder === holder;
      if (current !== undefined && !ours && current.expiresAt > now) return err(current);
      const epoch = (current?.epoch ?? 0) + (ours ? 0 : 1);
      return ok(this.#lease({ migrationId, holder, epoch, expiresAt: plus(now, ttlMs) }));
    });
  }

  releaseLease(lease: Lease): Promise<void> {
    return this.#write(() => this.#leases.release(lease));
  }

  seizeLease(migrationId: string, holder: string, ttlMs: number, now: Instant): Promise<Lease> {
    return this.#write(() => {
      this.#migration(migrationId);
      const epoch = (this.#leases.get(migrationId)?.epoch ?? 0) + 1;
      return this.#lease({ migrationId, holder, epoch, expiresAt: plus(now, ttlMs) });
    });
  }

  snapshotTrouble(): string | null {
    return this.#snapshots.trouble();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#snapshots.idle();
    this.#database.close();
  }

  #refusal(step: RecordStep, row: MigrationRow): AppendRefusal | undefined {
    const actual = this.#journal.head(step.migrationId).sequence;
    if (actual !== step.expectedSequence)
      return { reason: 'sequence', expected: step.expectedSequence, actual };
    const lease = this.#leases.get(step.migrationId);
    if (step.epoch !== null && step.epoch !== lease?.epoch)
      return { reason: 'epoch', holder: lease?.holder ?? '', epoch: lease?.epoch ?? 0 };
    return step.live && !row.live ? this.#migrations.taken(row) : undefined;
  }

  #migration(id: string): MigrationRow {
    const row = this.#migrations.get(id);
    if (row === undefined) throw unknownMigration(this.#file.path, id);
    return row;
  }

  #lease(lease: Lease): Lease {
    this.#leases.put(lease);
    return lease;
  }

  /** One transaction that has the write lock from its first statement, so that what it compares cannot change under it. */
  #write<T>(work: () => T): Promise<T> {
    const transaction = this.#database.transaction(() => {
      // A newer program may have upgraded the file since it was opened.
      assertUpgraded(this.#database, this.#file.path);
      return work();
    });
    return this.#run(() => transaction.immediate());
  }

  #run<T>(work: () => T): Promise<T> {
    return waitWhileBusy(this.#file.path, () => {
      assertStillThere(this.#file);
      return work();
    });
  }
}
