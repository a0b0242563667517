import type { Database, Statement } from 'better-sqlite3';
import type { Event, JournalEntry } from '../../core/event.js';
import { assert } from '../../core/result.js';
import type { Instant } from '../../core/time.js';
import { canonicalJson } from '../canonical-json.js';
import { chained, chainStart, verifyStored, type ChainLink, type StoredEntry } from '../hash-chain.js';
import { brokenChain } from '../store-error.js';

/** The tables `events` and `intents`; intents are kept from the events, in the same transaction. */
export class JournalTable {
  readonly #path: string;
  readonly #head: Statement<[string], ChainLink>;
  readonly #from: Statement<[string, number], StoredEntry>;
  readonly #kinds: Statement<[string, number], { readonly sequence: number; readonly type: Event['type'] }>;
  readonly #one: Statement<[string, number], StoredEntry>;
  readonly #insert: Statement<[string, number, number, string, string, string]>;
  readonly #openIntent: Statement<[string, string, string, number]>;
  readonly #closeIntent: Statement<[number, string, string]>;
  readonly #supersede: Statement<[number, string]>;

  constructor(database: Database, path: string) {
    this.#path = path;
    this.#head = database.prepare(
      'SELECT sequence, hash FROM events WHERE migration_id = ? ORDER BY sequence DESC LIMIT 1',
    );
    this.#from = database.prepare(
      'SELECT sequence, body, hash FROM events WHERE migration_id = ? AND sequence >= ? ORDER BY sequence',
    );
    // The columns before the body alone, so that SQLite need not read it to get past it.
    this.#kinds = database.prepare(
      'SELECT sequence, type FROM events WHERE migration_id = ? AND sequence > ? ORDER BY sequence',
    );
    this.#one = database.prepare(
      'SELECT sequence, body, hash FROM events WHERE migration_id = ? AND sequence = ?',
    );
    this.#insert = database.prepare(
      'INSERT INTO events (migration_id, sequence, at, type, body, hash) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#openIntent = database.prepare(
      'INSERT OR IGNORE INTO intents (id, migration_id, kind, opened_sequence) VALUES (?, ?, ?, ?)',
    );
    this.#closeIntent = database.prepare(
      'UPDATE intents SET closed_sequence = ? WHERE id = ? AND migration_id = ? AND closed_sequence IS NULL',
    );
    this.#supersede = database.prepare(
      `UPDATE intents SET closed_sequence = ?
       WHERE migration_id = ? AND kind <> 'rollback' AND closed_sequence IS NULL`,
    );
  }

  head(migrationId: string): ChainLink {
    return this.#head.get(migrationId) ?? chainStart;
  }

  /** Must run inside a transaction that has compared the head. */
  add(migrationId: string, events: readonly Event[], at: Instant): JournalEntry[] {
    const entries = chained(this.head(migrationId), events);
    for (const { sequence, event, hash } of entries) {
      this.#insert.run(migrationId, sequence, at, event.type, canonicalJson(event), hash);
      this.#keepIntents(migrationId, sequence, event);
    }
    return entries;
  }

  /** Entries after `afterSequence`, their chain verified from there. Throws a StoreError at the first break. */
  read(migrationId: string, afterSequence: number): JournalEntry[] {
    const rows = this.#from.all(migrationId, afterSequence);
    if (rows.length === 0) return [];
    const known = afterSequence === 0 ? chainStart : rows.shift();
    if (known?.sequence !== afterSequence) {
      const because = 'this entry is missing, though later ones are there';
      throw brokenChain(this.#path, migrationId, { sequence: afterSequence, because });
    }
    const broken = verifyStored(rows, known);
    if (broken !== null) throw brokenChain(this.#path, migrationId, broken);
    return rows.map((row) => this.#entry(migrationId, row));
  }

  /**
   * The same without the readings that nothing followed. None may be missing, and each that is returned is verified against the one before
   * it, so what is read is what was written; what is left out is not verified.
   */
  turns(migrationId: string, afterSequence: number): JournalEntry[] {
    const kinds = this.#kinds.all(migrationId, afterSequence);
    const missing = kinds.findIndex(({ sequence }, index) => sequence !== afterSequence + index + 1);
    // Whatever is wrong, reading the whole says it best.
    if (missing >= 0) return this.read(migrationId, afterSequence);
    return kinds
      .filter(({ type }, index) => type !== 'observed' || kinds[index + 1]?.type !== 'observed')
      .map(({ sequence }) => this.#verified(migrationId, sequence));
  }

  #verified(migrationId: string, sequence: number): JournalEntry {
    const entry = this.#one.get(migrationId, sequence);
    const before = sequence === 1 ? chainStart : this.#one.get(migrationId, sequence - 1);
    if (entry === undefined || before === undefined) {
      throw brokenChain(this.#path, migrationId, {
        sequence,
        because: 'this entry or the one before it is missing',
      });
    }
    const broken = verifyStored([entry], before);
    if (broken !== null) throw brokenChain(this.#path, migrationId, broken);
    return this.#entry(migrationId, entry);
  }

  #entry(migrationId: string, { sequence, body, hash }: StoredEntry): JournalEntry {
    try {
      return { sequence, event: JSON.parse(body) as Event, hash };
    } catch {
      throw brokenChain(this.#path, migrationId, { sequence, because: 'its content is not JSON' });
    }
  }

  #keepIntents(migrationId: string, sequence: number, event: Event): void {
    if (event.type === 'intent-opened') {
      const { id, kind } = event.intent;
      const opened = this.#openIntent.run(id, migrationId, kind, sequence);
      assert(opened.changes === 1, `intent ${id} is opened once`);
    } else if (event.type === 'change-accepted' || event.type === 'intent-abandoned') {
      this.#closeIntent.run(sequence, event.intentId, migrationId);
    } else if (event.type === 'rollback-requested') {
      this.#supersede.run(sequence, migrationId);
    }
  }
}
