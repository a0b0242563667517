import { genesisHash, type Event, type JournalEntry } from '../core/event.js';
import { IllegalEvent } from '../core/legality.js';
import { apply, replay } from '../core/migration.js';
import type { MigrationState } from '../core/migration-state.js';
import { isLive } from '../core/phase.js';
import { assert, err, ok, type Result } from '../core/result.js';
import type { Instant } from '../core/time.js';
import { withDeadline } from './deadline.js';
import type { AppendRefusal, Clock, Log, RecordStep, Store } from './ports.js';

/** A rollback waits no longer than this for the state file. */
export const rollbackRecordMs: number = 500;

/** How often a rollback's record is tried again because another process wrote first. */
const maxTries = 3;

type Outside = { readonly clock: Clock; readonly log: Log };

/** The journal of one migration and the state it folds to, as this process last saw them. */
export class Journal {
  state: MigrationState;
  /** The sequence number and hash of the last entry. */
  sequence: number;
  head: string;
  /** Everything this process has added, in order, stored or not. */
  readonly added: Event[] = [];
  private readonly store: Store;
  private readonly epoch: number | null;
  /** What counts in this process only, because it could not be stored; while there is any, nothing else is stored. */
  private unsaved: Event[] | null = null;
  private isWhole: boolean = true;

  private constructor(store: Store, entries: readonly JournalEntry[], epoch: number | null) {
    this.store = store;
    this.epoch = epoch;
    this.state = replay(entries.map((entry) => entry.event));
    this.sequence = entries.at(-1)?.sequence ?? 0;
    this.head = entries.at(-1)?.hash ?? genesisHash;
  }

  /** Reads the whole journal; `epoch` is the lease's, or null for an operator's verb. */
  static async open(store: Store, migrationId: string, epoch: number | null): Promise<Journal> {
    const entries = await store.read(migrationId, 0);
    assert(entries.length > 0, `the journal of ${migrationId} has entries`);
    return new Journal(store, entries, epoch);
  }

  /**
   * As `open`, for a rollback, which has no time for a long journal: almost all of one is readings of ticks that nothing followed, and
   * what a rollback writes first is decided by none of them. Were it wrong all the same, Route 53 would refuse it, because nothing is
   * written but from what stands there. `readRest` brings in what was left out.
   */
  static async openInHaste(store: Store, migrationId: string, epoch: number | null): Promise<Journal> {
    const turns = await store.read(migrationId, 0, 'turns');
    try {
      const journal = new Journal(store, turns, epoch);
      journal.isWhole = false;
      return journal;
    } catch {
      // What was left out is missed after all.
      return Journal.open(store, migrationId, epoch);
    }
  }

  /** Brings in what `openInHaste` left out. A journal that cannot be read by now is said on the log, and no reason to stop. */
  async readRest({ clock, log }: Outside): Promise<void> {
    if (this.isWhole) return;
    this.isWhole = true;
    const read = await withDeadline(this.readWhole(), rollbackRecordMs, clock);
    if (!read.ok) log.warn(`the journal cannot be read whole (${read.error})`);
    else this.state = read.value;
  }

  /** True once the state in this process is ahead of what is stored; only a rollback may go on like that. */
  isDetached(): boolean {
    return this.unsaved !== null;
  }

  /** Brings in what others have written since. */
  async refresh(): Promise<void> {
    const entries = await this.store.read(this.state.plan.id, this.sequence);
    if (this.isDetached()) return;
    this.state = entries.reduce((state, entry) => apply(state, entry.event), this.state);
    this.moveTo(entries);
  }

  /** Stores events and their effect on the state as one step. On a refusal nothing was stored and the state is unchanged. */
  async append(events: readonly Event[], at: Instant): Promise<Result<void, AppendRefusal>> {
    assert(!this.isDetached(), 'nothing is stored after what could not be stored');
    const next = events.reduce(apply, this.state);
    const stored = await this.store.append(this.step(events, next, at));
    if (!stored.ok) return err(stored.error);
    // An answer that comes after the rollback went on without it must not take the state back.
    if (this.isDetached()) return ok(undefined);
    this.state = next;
    this.moveTo(stored.value);
    this.added.push(...events);
    return ok(undefined);
  }

  /**
   * For a decision to roll back: as `append`, but a store that is broken or silent is no reason not to do it. A refusal is
   * still one: then someone else has written, and the decision is stale.
   */
  async appendUnlessBroken(
    events: readonly Event[],
    at: Instant,
    outside: Outside,
  ): Promise<Result<void, AppendRefusal>> {
    const stored = await withDeadline(this.append(events, at), rollbackRecordMs, outside.clock);
    if (stored.ok) return stored.value;
    this.goOn(events, stored.error, outside.log);
    return ok(undefined);
  }

  /**
   * For a rollback under way: the events count in this process at once and are stored if that can be done in half a second.
   * What could not be stored is said on the log, and nothing more is tried before `saveRest`, so that the chain has no holes.
   */
  async appendOrGoOn(events: readonly Event[], at: Instant, outside: Outside): Promise<void> {
    if (this.isDetached()) {
      this.goOn(events, '', outside.log);
      return;
    }
    const stored = await withDeadline(this.appendAfterOthers(events, at), rollbackRecordMs, outside.clock);
    if (!stored.ok) this.goOn(events, stored.error, outside.log);
    else if (!stored.value.ok) this.goOn(events, `refused: ${stored.value.error.reason}`, outside.log);
  }

  /** Tries once more to store what could not be stored; to be called when the rollback has been accepted. */
  async saveRest(at: Instant, { clock, log }: Outside): Promise<void> {
    const events = this.unsaved;
    if (events === null) return;
    const stored = await withDeadline(
      this.store.append(this.step(events, this.state, at)),
      rollbackRecordMs,
      clock,
    );
    if (!stored.ok || !stored.value.ok) {
      log.warn('the rollback is done, but the journal does not know; the zone and its marker do');
      return;
    }
    this.unsaved = null;
    this.moveTo(stored.value.value);
    log.warn('the journal can be written again and now has what was missing');
  }

  /** Another process may write between any two steps, an operator's pause for instance; the rollback then follows it. */
  private async appendAfterOthers(
    events: readonly Event[],
    at: Instant,
  ): Promise<Result<void, AppendRefusal>> {
    for (let tries = 1; ; tries += 1) {
      try {
        const stored = await this.append(events, at);
        if (stored.ok || stored.error.reason !== 'sequence' || tries === maxTries || this.isDetached())
          return stored;
      } catch (error) {
        // The other process rolls back too and is further than this one: what was to be said here has been overtaken.
        if (tries > 1 && error instanceof IllegalEvent) return ok(undefined);
        throw error;
      }
      await this.refresh();
    }
  }

  private async readWhole(): Promise<MigrationState> {
    const entries = await this.store.read(this.state.plan.id, 0);
    if (this.unsaved === null) {
      this.moveTo(entries);
      return replay(entries.map((entry) => entry.event));
    }
    const seen = entries.filter(({ sequence }) => sequence <= this.sequence);
    return replay([...seen.map((entry) => entry.event), ...this.unsaved]);
  }

  private goOn(events: readonly Event[], why: string, log: Log): void {
    if (!this.isDetached()) log.warn(`the journal cannot be written (${why}); rolling back all the same`);
    this.unsaved = [...(this.unsaved ?? []), ...events];
    this.state = events.reduce(apply, this.state);
    this.added.push(...events);
    for (const event of events) log.warn(`not journaled: ${event.type}`);
  }

  private step(events: readonly Event[], next: MigrationState, at: Instant): RecordStep {
    const { sequence: expectedSequence, epoch } = this;
    return { migrationId: next.plan.id, events, at, live: isLive(next.phase), expectedSequence, epoch };
  }

  private moveTo(entries: readonly JournalEntry[]): void {
    this.sequence = entries.at(-1)?.sequence ?? this.sequence;
    this.head = entries.at(-1)?.hash ?? this.head;
  }
}
