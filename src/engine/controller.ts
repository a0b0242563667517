import type { MigrationState } from '../core/migration-state.js';
import { isLive } from '../core/phase.js';
import type { Engine } from './engine.js';
import { Journal } from './journal.js';
import type { MigrationRow } from './ports.js';
import { endLease, tick, type TickOutcome, type TickSkipped } from './tick.js';

/** Ticks that run at the same time in one process. */
const maxConcurrentTicks = 8;

/** What the controller tells whoever drives it. */
export interface ControllerListener {
  ticked(migrationId: string, outcome: TickOutcome): void;
  skipped(migrationId: string, skipped: TickSkipped): void;
  failed(migrationId: string, error: unknown): void;
}

/**
 * Runs what is due. It holds no truth: when a migration is due follows from its journal, and a wake-up that is missed, late or
 * doubled changes nothing. A migration whose tick is still running is left alone, so none delays another.
 */
export class Controller implements AsyncDisposable {
  /** Monotonic: a wall clock that is set back must not put the guard to sleep. */
  private readonly dueAtMs = new Map<string, number>();
  private readonly running = new Map<string, Promise<void>>();
  /** Due and without a place yet, with the time at which each was found due. */
  private readonly waiting = new Map<string, number>();
  /** As the latest tick of this process left them; tells what to read for many at once. */
  private readonly states = new Map<string, MigrationState>();
  private readonly touched = new Set<string>();
  private readonly engine: Engine;
  private readonly listener: ControllerListener;

  constructor(engine: Engine, listener: ControllerListener) {
    this.engine = engine;
    this.listener = listener;
  }

  /** Starts a tick of every live migration that is due; resolves when they are started, not when they have ended. */
  async wake(signal: AbortSignal, only?: string): Promise<void> {
    const nowMs = this.engine.clock.monotonicMs();
    const known = await this.engine.store.list();
    this.engine.telling.lookBack(known);
    const rows = known.filter(
      (row) => (row.live || this.hasHealthChecks(row.id)) && (only === undefined || row.id === only),
    );
    const due = rows.filter(
      ({ id }) => (this.dueAtMs.get(id) ?? 0) <= nowMs && !this.running.has(id) && !this.waiting.has(id),
    );
    if (due.length > 1) this.engine.metrics.prepare(await this.statesOf(due), signal);
    for (const { id } of due) this.waiting.set(id, nowMs);
    this.fill(signal);
  }

  /** Resolves when no tick is running. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.idle();
    for (const id of this.touched) await endLease(this.engine, id);
  }

  /** Starts what waits for a free place, in the order in which it became due. */
  private fill(signal: AbortSignal): void {
    for (const [id, dueSinceMs] of this.waiting) {
      if (this.running.size >= maxConcurrentTicks) return;
      this.waiting.delete(id);
      if (signal.aborted) continue;
      const run = this.run(id, dueSinceMs, signal).finally(() => {
        this.running.delete(id);
        this.fill(signal);
      });
      this.running.set(id, run);
    }
  }

  /** One that ended in this process and has health checks to delete still. */
  private hasHealthChecks(id: string): boolean {
    return (this.states.get(id)?.healthChecks.length ?? 0) > 0;
  }

  /** Of those whose journal can be read; another one says so in its own tick. */
  private async statesOf(rows: readonly MigrationRow[]): Promise<readonly MigrationState[]> {
    const states: MigrationState[] = [];
    for (const { id } of rows) {
      const state = this.states.get(id) ?? (await this.read(id));
      if (state !== null) states.push(state);
    }
    return states;
  }

  private async read(id: string): Promise<MigrationState | null> {
    try {
      return (await Journal.open(this.engine.store, id, null)).state;
    } catch {
      return null;
    }
  }

  private async run(id: string, startedAtMs: number, signal: AbortSignal): Promise<void> {
    this.touched.add(id);
    try {
      const result = await tick(this.engine, id, signal);
      if (!result.ok) {
        this.dueAtMs.set(id, startedAtMs + retryMs);
        this.listener.skipped(id, result.error);
        return;
      }
      const { state } = result.value;
      // A write is verified soon; otherwise the policy's pace counts from when this tick began, so ticks do not drift.
      const pauseMs = state.openIntent === null ? state.plan.policy.tickEveryMs : retryMs;
      this.states.set(id, state);
      if (isLive(state.phase) || this.hasHealthChecks(id)) this.dueAtMs.set(id, startedAtMs + pauseMs);
      this.listener.ticked(id, result.value);
    } catch (error) {
      this.dueAtMs.set(id, startedAtMs + retryMs);
      this.listener.failed(id, error);
    }
  }
}

/** How soon a migration is looked at again after an unfinished or refused tick. */
const retryMs = 1_000;
