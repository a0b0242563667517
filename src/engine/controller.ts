import { isLive } from '../core/phase.js';
import type { Engine } from './engine.js';
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
    const rows = (await this.engine.store.list()).filter(
      (row) => row.live && (only === undefined || row.id === only),
    );
    for (const { id } of rows) {
      const isDue = (this.dueAtMs.get(id) ?? 0) <= nowMs;
      if (!isDue || this.running.has(id) || this.running.size >= maxConcurrentTicks || signal.aborted)
        continue;
      const run = this.run(id, nowMs, signal).finally(() => this.running.delete(id));
      this.running.set(id, run);
    }
  }

  /** Resolves when no tick is running. */
  async idle(): Promise<void> {
    await Promise.all(this.running.values());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.idle();
    for (const id of this.touched) await endLease(this.engine, id);
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
      if (isLive(state.phase)) this.dueAtMs.set(id, startedAtMs + pauseMs);
      this.listener.ticked(id, result.value);
    } catch (error) {
      this.dueAtMs.set(id, startedAtMs + retryMs);
      this.listener.failed(id, error);
    }
  }
}

/** How soon a migration is looked at again after an unfinished or refused tick. */
const retryMs = 1_000;
