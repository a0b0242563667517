import type { Event, JournalEntry } from '../../src/core/event.js';
import type { Instant } from '../../src/core/time.js';
import type { Lease, MigrationRow, RecordStep, Store } from '../../src/engine/ports.js';
import { MemoryStore } from '../store/memory-store.js';

/** A journal that remembers where each transaction ended, so that it can be copied as a backup of any age would have it. */
export class KeptStore implements Store {
  readonly #store: MemoryStore = new MemoryStore();
  readonly #entries: Map<string, JournalEntry[]> = new Map();
  /** The number of entries after each transaction. */
  readonly boundaries: number[] = [];
  /** Called with what was stored. */
  onStored: (events: readonly Event[]) => void = () => undefined;

  async create(row: MigrationRow, first: Event, at: Instant): ReturnType<Store['create']> {
    const stored = await this.#store.create(row, first, at);
    if (stored.ok) this.#keep(row.id, stored.value);
    return stored;
  }

  async append(step: RecordStep): ReturnType<Store['append']> {
    const stored = await this.#store.append(step);
    if (stored.ok) this.#keep(step.migrationId, stored.value);
    return stored;
  }

  read(migrationId: string, afterSequence: number): Promise<readonly JournalEntry[]> {
    return Promise.resolve(this.#entries.get(migrationId)?.slice(afterSequence) ?? []);
  }

  list(): Promise<readonly MigrationRow[]> {
    return this.#store.list();
  }

  acquireLease(id: string, holder: string, ttlMs: number, now: Instant): ReturnType<Store['acquireLease']> {
    return this.#store.acquireLease(id, holder, ttlMs, now);
  }

  releaseLease(lease: Lease): Promise<void> {
    return this.#store.releaseLease(lease);
  }

  seizeLease(id: string, holder: string, ttlMs: number, now: Instant): Promise<Lease> {
    return this.#store.seizeLease(id, holder, ttlMs, now);
  }

  /** A store of its own with the first so many entries of the one migration in this. */
  async copy(entries: number): Promise<KeptStore> {
    const [row] = await this.list();
    if (row === undefined) throw new Error('there is nothing to copy');
    const [first, ...rest] = (await this.read(row.id, 0)).slice(0, entries).map(({ event }) => event);
    if (first === undefined) throw new Error('a journal has a first entry');
    const copy = new KeptStore();
    await copy.create({ ...row, live: true }, first, row.createdAt);
    const at = first.at;
    if (rest.length > 0)
      await copy.append({
        migrationId: row.id,
        events: rest,
        at,
        live: true,
        expectedSequence: 1,
        epoch: null,
      });
    return copy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  #keep(id: string, entries: readonly JournalEntry[]): void {
    const kept = this.#entries.get(id) ?? [];
    kept.push(...entries);
    this.#entries.set(id, kept);
    this.boundaries.push(kept.length);
    this.onStored(entries.map(({ event }) => event));
  }
}
