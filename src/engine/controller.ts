import type { MigrationState } from '../core/migration-state.js';
import { isLive } from '../core/phase.js';
import { formatDuration } from '../core/time.js';
import type { Engine } from './engine.js';
import { EndedWatch, isLeftOver, isUnfinished } from './ended-watch.js';
import { JournalWatch } from './journal-watch.js';
import type { MigrationRow } from './ports.js';
import { tickAge, tickDeadlineMs, type TickAge } from './tick-age.js';
import { TickPlaces, TickRun } from './tick-places.js';
import { endLease, tick, type TickOutcome, type TickSkipped } from './tick.js';

/** What the controller tells whoever drives it. */
export interface ControllerListener {
  ticked(migrationId: string, outcome: TickOutcome): void;
  skipped(migrationId: string, skipped: TickSkipped): void;
  failed(migrationId: string, error: unknown): void;
}

/**
 * Runs what is due. It holds no truth: when a migration is due follows from its journal, and a wake-up that is missed, late or
 * doubled changes nothing. A migration whose tick is still running is left alone, so none delays another; one that hangs loses its
 * place, and one that is rolling back needs none.
 */
export class Controller implements AsyncDisposable {
  /** Monotonic: a wall clock that is set back must not put the guard to sleep. */
  private readonly dueAtMs = new Map<string, number>();
  private readonly places = new TickPlaces();
  /** Due and without a place yet, with the time at which each was found due. */
  private readonly waiting = new Map<string, number>();
  /** Rolling back by their journals, at the latest wake-up. */
  private readonly rollingBack = new Set<string>();
  private readonly touched = new Set<string>();
  private readonly journals: JournalWatch;
  private readonly ended = new EndedWatch();
  private readonly engine: Engine;
  private readonly listener: ControllerListener;
  private rows: readonly MigrationRow[] = [];

  constructor(engine: Engine, listener: ControllerListener) {
    this.engine = engine;
    this.listener = listener;
    this.journals = new JournalWatch(engine.store);
  }

  /** Starts a tick of every live migration that is due; resolves when they are started, not when they have ended. */
  async wake(signal: AbortSignal, only?: string): Promise<void> {
    const nowMs = this.engine.clock.monotonicMs();
    const listed = await this.engine.store.list();
    this.engine.telling.lookBack(listed);
    this.rows = await this.toTick(
      listed.filter(({ id }) => only === undefined || id === only),
      listed,
      nowMs,
    );
    const due = this.rows.filter(
      ({ id }) => (this.dueAtMs.get(id) ?? 0) <= nowMs && !this.waiting.has(id) && this.places.mayRun(id),
    );
    const states = due.filter(({ live }) => live).flatMap(({ id }) => this.journals.known(id) ?? []);
    if (states.length > 1) this.engine.metrics.prepare(states, signal);
    for (const { id } of due) this.waiting.set(id, nowMs);
    this.giveUpLate(nowMs);
    this.fill(signal);
  }

  /** One tick of every live migration and no more; resolves with how many were given up when all others have ended. */
  async tickAll(signal: AbortSignal): Promise<number> {
    await this.wake(signal);
    const idle = this.idle().then(() => true);
    for (;;) {
      const stop = new AbortController();
      const later = this.engine.clock.sleep(retryMs, stop.signal).then(() => false);
      const isOver = await Promise.race([idle, later]);
      stop.abort();
      if (isOver) return this.rows.filter(({ id }) => this.places.hanging(id) > 0).length;
      this.giveUpLate(this.engine.clock.monotonicMs());
      this.fill(signal);
    }
  }

  /** Resolves when no tick is running but those that were given up. */
  idle(): Promise<void> {
    return this.places.idle();
  }

  /** Waits for no running tick any longer; resolves with how many there were. For the end of the process. */
  abandon(): number {
    const running = this.places.running();
    for (const run of running) this.places.abandon(run);
    return running.length;
  }

  /** How every live migration was looked after up to the latest wake-up. */
  ages(): readonly TickAge[] {
    const now = this.engine.clock.now();
    return this.rows
      .filter(({ live }) => live)
      .map((row) =>
        tickAge(row, this.journals.known(row.id), now, {
          isRollingBack: this.places.get(row.id)?.isRollingBack === true,
          hanging: this.places.hanging(row.id),
        }),
      );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.idle();
    for (const id of this.touched) await endLease(this.engine, id);
  }

  /** Those that are live, and of those that have ended, whoever saw it, the ones that still need a tick. */
  private async toTick(
    rows: readonly MigrationRow[],
    all: readonly MigrationRow[],
    nowMs: number,
  ): Promise<readonly MigrationRow[]> {
    const wanted: MigrationRow[] = [];
    const candidates = this.ended.candidates(rows, nowMs);
    for (const row of rows) {
      if (!row.live && this.journals.known(row.id) === null && !candidates.has(row.id)) continue;
      const state = await this.journals.look(row.id);
      if (!row.live && !this.isUnfinished(row, state, candidates.has(row.id) ? all : null)) continue;
      wanted.push(row);
      if (state?.phase.phase === 'rolling-back') this.hurry(row.id);
      else this.rollingBack.delete(row.id);
    }
    this.journals.keepOnly(new Set(wanted.map(({ id }) => id)));
    return wanted;
  }

  /**
   * With `all` its source is looked at, too, if it is time. What has ended and may not be touched from here, of a lab for instance, is not even named.
   */
  private isUnfinished(
    row: MigrationRow,
    state: MigrationState | null,
    all: readonly MigrationRow[] | null,
  ): boolean {
    if (state === null || this.engine.objection(state.plan) !== null) return false;
    return all === null ? isLeftOver(state) : isUnfinished(state, row, all, this.engine.clock.now());
  }

  /** A rollback that another process asked for is due at once, and does not wait for a tick that hangs. */
  private hurry(id: string): void {
    const run = this.places.get(id);
    if (!this.rollingBack.has(id)) {
      this.rollingBack.add(id);
      this.dueAtMs.delete(id);
    } else if (run !== undefined && !run.isRollingBack) {
      this.places.abandon(run);
      this.dueAtMs.delete(id);
    }
  }

  private giveUpLate(nowMs: number): void {
    for (const run of this.places.running()) {
      const policy = this.journals.known(run.id)?.plan.policy ?? null;
      const ranMs = nowMs - run.startedAtMs;
      if (run.isRollingBack || ranMs <= tickDeadlineMs(policy)) continue;
      this.places.abandon(run);
      this.dueAtMs.set(run.id, nowMs + retryMs);
      const next = this.places.mayRun(run.id) ? 'trying again' : 'restart this process: others hang as well';
      this.engine.log.warn(`${run.id}: its tick has not ended for ${formatDuration(ranMs)}; ${next}`);
    }
  }

  /** Starts what waits for a free place: rollbacks at once, the others in the order in which they became due. */
  private fill(signal: AbortSignal): void {
    for (const [id, dueSinceMs] of this.waiting) {
      const nowMs = this.engine.clock.monotonicMs();
      if (!this.rollingBack.has(id) && !this.places.hasPlaceFor(id, nowMs)) continue;
      this.waiting.delete(id);
      if (!signal.aborted) this.begin(id, dueSinceMs, signal);
    }
  }

  private begin(id: string, dueSinceMs: number, signal: AbortSignal): void {
    const run = new TickRun(id, this.engine.clock.monotonicMs(), signal);
    this.places.begin(run);
    void this.run(run, dueSinceMs).finally(() => {
      this.places.end(run, this.engine.clock.monotonicMs());
      this.fill(signal);
    });
  }

  private async run(run: TickRun, dueSinceMs: number): Promise<void> {
    const { id } = run;
    this.touched.add(id);
    try {
      const result = await tick(this.engine, id, run.signal, (isUnderWay) => {
        run.rollback(isUnderWay, this.engine.clock.monotonicMs());
      });
      if (run.isAbandoned) return;
      if (!result.ok) {
        this.dueAtMs.set(id, dueSinceMs + retryMs);
        this.listener.skipped(id, result.error);
        return;
      }
      const { state } = result.value;
      // A write is verified soon; otherwise the policy's pace counts from when this tick began, so ticks do not drift.
      const pauseMs = state.openIntent === null ? state.plan.policy.tickEveryMs : retryMs;
      if (isLive(state.phase) || state.healthChecks.length > 0) this.dueAtMs.set(id, dueSinceMs + pauseMs);
      this.listener.ticked(id, result.value);
    } catch (error) {
      if (run.isAbandoned) return;
      this.dueAtMs.set(id, dueSinceMs + retryMs);
      this.listener.failed(id, error);
    }
  }
}

/** How soon a migration is looked at again after an unfinished or refused tick. */
const retryMs = 1_000;
