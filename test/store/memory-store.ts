import type { Event, JournalEntry } from '../../src/core/event.js';
import { assert, err, ok, type Result } from '../../src/core/result.js';
import { plus, type Instant } from '../../src/core/time.js';
import type { AppendRefusal, Lease, MigrationRow, RecordStep, Store } from '../../src/engine/ports.js';
import { chained, chainStart } from '../../src/store/hash-chain.js';
import { unknownMigration } from '../../src/store/store-error.js';

type Appended = Result<readonly JournalEntry[], AppendRefusal>;

interface Kept {
  row: MigrationRow;
  readonly entries: JournalEntry[];
  lease: Lease | undefined;
}

/** A journal for tests in virtual time: no file, no waiting, the same answers as the one in SQLite. */
export class MemoryStore implements Store {
  readonly #kept: Map<string, Kept> = new Map();
  readonly #intents: Set<string> = new Set();

  async create(row: MigrationRow, first: Event, at: Instant): Promise<Appended> {
    const existing = this.#kept.get(row.id);
    if (existing !== undefined)
      return err({ reason: 'sequence', expected: 0, actual: existing.entries.length });
    const taken = row.live ? this.#taken(row) : undefined;
    if (taken !== undefined) return err(taken);
    this.#kept.set(row.id, { row: { ...row, live: false }, entries: [], lease: undefined });
    return this.append({
      migrationId: row.id,
      events: [first],
      at,
      live: row.live,
      expectedSequence: 0,
      epoch: null,
    });
  }

  async append(step: RecordStep): Promise<Appended> {
    const kept = this.#find(step.migrationId);
    const actual = kept.entries.length;
    if (actual !== step.expectedSequence)
      return err({ reason: 'sequence', expected: step.expectedSequence, actual });
    if (step.epoch !== null && step.epoch !== kept.lease?.epoch)
      return err({ reason: 'epoch', holder: kept.lease?.holder ?? '', epoch: kept.lease?.epoch ?? 0 });
    const taken = step.live && !kept.row.live ? this.#taken(kept.row) : undefined;
    if (taken !== undefined) return err(taken);

    const entries = chained(kept.entries.at(-1) ?? chainStart, step.events);
    this.#openIntents(step.events);
    kept.row = { ...kept.row, live: step.live };
    kept.entries.push(...structuredClone(entries));
    return Promise.resolve(ok(entries));
  }

  read(
    migrationId: string,
    afterSequence: number,
    which: 'all' | 'turns' = 'all',
  ): Promise<readonly JournalEntry[]> {
    const entries = (this.#kept.get(migrationId)?.entries ?? []).slice(afterSequence);
    const isTurn = ({ event }: JournalEntry, index: number): boolean =>
      event.type !== 'observed' || entries[index + 1]?.event.type !== 'observed';
    return Promise.resolve(structuredClone(which === 'all' ? entries : entries.filter(isTurn)));
  }

  list(): Promise<readonly MigrationRow[]> {
    const rows = [...this.#kept.values()].map((kept) => structuredClone(kept.row)).reverse();
    return Promise.resolve(rows.sort((a, b) => b.createdAt - a.createdAt));
  }

  async acquireLease(
    migrationId: string,
    holder: string,
    ttlMs: number,
    now: Instant,
  ): Promise<Result<Lease, Lease>> {
    const { lease } = this.#find(migrationId);
    if (lease?.holder === holder) return ok(this.#put({ ...lease, expiresAt: plus(now, ttlMs) }));
    if (lease !== undefined && lease.expiresAt > now) return err(lease);
    return ok(await this.seizeLease(migrationId, holder, ttlMs, now));
  }

  async releaseLease(lease: Lease): Promise<void> {
    const held = this.#kept.get(lease.migrationId)?.lease;
    if (held?.holder === lease.holder && held.epoch === lease.epoch)
      this.#put({ ...held, expiresAt: 0 as Instant });
    return Promise.resolve();
  }

  async seizeLease(migrationId: string, holder: string, ttlMs: number, now: Instant): Promise<Lease> {
    const epoch = (this.#find(migrationId).lease?.epoch ?? 0) + 1;
    return Promise.resolve(this.#put({ migrationId, holder, epoch, expiresAt: plus(now, ttlMs) }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #find(migrationId: string): Kept {
    const kept = this.#kept.get(migrationId);
    if (kept === undefined) throw unknownMigration('memory', migrationId);
    return kept;
  }

  #taken({ id, hosts }: MigrationRow): AppendRefusal | undefined {
    for (const host of hosts) {
      for (const { row } of this.#kept.values()) {
        if (row.id !== id && row.live && row.hosts.includes(host))
          return { reason: 'host-taken', host, migrationId: row.id };
      }
    }
    return undefined;
  }

  #openIntents(events: readonly Event[]): void {
    const opened = events.flatMap((event) => (event.type === 'intent-opened' ? [event.intent.id] : []));
    const known = new Set([...this.#intents, ...opened]);
    assert(known.size === this.#intents.size + opened.length, 'an intent is opened once');
    for (const id of opened) this.#intents.add(id);
  }

  #put(lease: Lease): Lease {
    this.#find(lease.migrationId).lease = lease;
    return lease;
  }
}
