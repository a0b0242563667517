import type { Event, JournalEntry } from '../../src/core/event.js';
import type { Result } from '../../src/core/result.js';
import type { Instant } from '../../src/core/time.js';
import type { AppendRefusal, Lease, MigrationRow, RecordStep, Store } from '../../src/engine/ports.js';

type Appended = Promise<Result<readonly JournalEntry[], AppendRefusal>>;

/** A store whose writes can fail as a full or a dead disk makes them fail, and that tells when something is appended. */
export class FaultyStore implements Store {
  readonly #store: Store;
  readonly #faults: { writes: 'ok' | 'reject' | 'hang' };
  readonly #onAppend: (when: 'before' | 'after') => unknown;

  constructor(
    store: Store,
    faults: { writes: 'ok' | 'reject' | 'hang' },
    onAppend: (when: 'before' | 'after') => unknown,
  ) {
    this.#store = store;
    this.#faults = faults;
    this.#onAppend = onAppend;
  }

  create(row: MigrationRow, first: Event, at: Instant): Appended {
    return this.#write(() => this.#store.create(row, first, at));
  }

  append(step: RecordStep): Appended {
    return this.#write(async () => {
      await this.#onAppend('before');
      const stored = await this.#store.append(step);
      await this.#onAppend('after');
      return stored;
    });
  }

  read(
    migrationId: string,
    afterSequence: number,
    which?: 'all' | 'turns',
  ): Promise<readonly JournalEntry[]> {
    return this.#store.read(migrationId, afterSequence, which);
  }

  list(): Promise<readonly MigrationRow[]> {
    return this.#store.list();
  }

  acquireLease(id: string, holder: string, ttlMs: number, now: Instant): Promise<Result<Lease, Lease>> {
    return this.#write(() => this.#store.acquireLease(id, holder, ttlMs, now));
  }

  releaseLease(lease: Lease): Promise<void> {
    return this.#write(() => this.#store.releaseLease(lease));
  }

  seizeLease(id: string, holder: string, ttlMs: number, now: Instant): Promise<Lease> {
    return this.#write(() => this.#store.seizeLease(id, holder, ttlMs, now));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  async #write<T>(work: () => Promise<T>): Promise<T> {
    if (this.#faults.writes === 'hang') await new Promise(() => undefined);
    if (this.#faults.writes === 'reject') throw new Error('SQLITE_FULL: database or disk is full');
    return work();
  }
}
