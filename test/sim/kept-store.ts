import type { Event, JournalEntry } from '../../src/core/event.js';
import { err, ok, type Result } from '../../src/core/result.js';
import { plus, type Instant } from '../../src/core/time.js';
import type { AppendRefusal, Lease, MigrationRow, RecordStep, Store } from '../../src/engine/ports.js';

type Appended = Result<readonly JournalEntry[], AppendRefusal>;

/**
 * The journal of one migration in memory, which remembers where each transaction ended, so that it can be copied as a backup of any age
 * would have it. It refuses what the one in SQLite refuses. Its entries are numbered and not hashed: nobody verifies them here, and
 * hundreds of thousands of hashes take as long as everything else.
 */
export class KeptStore implements Store {
  readonly #entries: JournalEntry[] = [];
  #row: MigrationRow | null = null;
  #lease: Lease | null = null;
  /** The number of entries after each transaction. */
  readonly boundaries: number[] = [];
  /** Called with what was stored. */
  onStored: (events: readonly Event[]) => void = () => undefined;

  create(row: MigrationRow, first: Event, at: Instant): Promise<Appended> {
    if (this.#row !== null) throw new Error('this store is for one migration');
    this.#row = row;
    const { id: migrationId, live } = row;
    return this.append({ migrationId, events: [first], at, live, expectedSequence: 0, epoch: null });
  }

  append({ events, live, expectedSequence: expected, epoch }: RecordStep): Promise<Appended> {
    const actual = this.#entries.length;
    if (actual !== expected) return Promise.resolve(err({ reason: 'sequence', expected, actual }));
    const lease = this.#lease;
    if (epoch !== null && epoch !== lease?.epoch)
      return Promise.resolve(err({ reason: 'epoch', holder: lease?.holder ?? '', epoch: lease?.epoch ?? 0 }));
    const entries = events.map((event, index): JournalEntry => {
      const sequence = actual + index + 1;
      return { sequence, event, hash: sequence.toString(16).padStart(64, '0') };
    });
    this.#entries.push(...entries);
    this.#row = this.#row && { ...this.#row, live };
    this.boundaries.push(this.#entries.length);
    this.onStored(events);
    return Promise.resolve(ok(entries));
  }

  read(migrationId: string, afterSequence: number): Promise<readonly JournalEntry[]> {
    return Promise.resolve(migrationId === this.#row?.id ? this.#entries.slice(afterSequence) : []);
  }

  list(): Promise<readonly MigrationRow[]> {
    return Promise.resolve(this.#row === null ? [] : [this.#row]);
  }

  acquireLease(id: string, holder: string, ttlMs: number, now: Instant): Promise<Result<Lease, Lease>> {
    const lease = this.#lease;
    if (lease?.holder === holder)
      return Promise.resolve(ok(this.#hold({ ...lease, expiresAt: plus(now, ttlMs) })));
    if (lease !== null && lease.expiresAt > now) return Promise.resolve(err(lease));
    return this.seizeLease(id, holder, ttlMs, now).then(ok);
  }

  releaseLease(lease: Lease): Promise<void> {
    const held = this.#lease;
    if (held?.holder === lease.holder && held.epoch === lease.epoch)
      this.#hold({ ...held, expiresAt: 0 as Instant });
    return Promise.resolve();
  }

  seizeLease(migrationId: string, holder: string, ttlMs: number, now: Instant): Promise<Lease> {
    const epoch = (this.#lease?.epoch ?? 0) + 1;
    return Promise.resolve(this.#hold({ migrationId, holder, epoch, expiresAt: plus(now, ttlMs) }));
  }

  /** A store of its own with the first so many entries of this. */
  async copy(entries: number): Promise<KeptStore> {
    const [first, ...rest] = this.#entries.slice(0, entries).map(({ event }) => event);
    if (first === undefined || this.#row === null) throw new Error('there is nothing to copy');
    const { id: migrationId } = this.#row;
    const copy = new KeptStore();
    await copy.create({ ...this.#row, live: true }, first, first.at);
    const step = { migrationId, events: rest, at: first.at, live: true, expectedSequence: 1, epoch: null };
    if (rest.length > 0) await copy.append(step);
    return copy;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #hold(lease: Lease): Lease {
    this.#lease = lease;
    return lease;
  }
}
