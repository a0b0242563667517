import { filesOf, isPlanFileNews } from '../core/plan-file-news.js';
import type { PlanFile, PlanFileReading } from '../core/plan-file.js';
import type { MigrationState } from '../core/migration-state.js';
import { isLive } from '../core/phase.js';
import { withDeadline } from './deadline.js';
import type { Clock } from './ports.js';

/** Where a tick hears whether somebody has edited the files that its migration was planned from. */
export interface PlanFileFeed {
  /** What is new since the journal was told; empty in a tick that does not look. Never rejects. */
  collect(state: MigrationState): Promise<readonly PlanFileReading[]>;
}

/** One file as it is now. */
export interface PlanFileReader {
  read(file: PlanFile): Promise<PlanFileReading>;
}

/** For a process that need not know: one that only rolls back. */
export const noPlanFiles: PlanFileFeed = { collect: () => Promise.resolve([]) };

/** A person who has just saved a file waits no longer to see what became of it. */
const lookEveryMs = 15_000;
/** A file system that hangs, one of the network for instance, has said nothing. */
const readTimeoutMs = 1_000;

/**
 * Looks a few times a minute; a file whose reading hangs is not opened a second time meanwhile. An answer that is only late says nothing
 * of the file, on a busy machine for instance: it is told once the next look finds the same.
 */
export class WatchedPlanFiles implements PlanFileFeed {
  readonly #reader: PlanFileReader;
  readonly #clock: Clock;
  readonly #lookedAtMs = new Map<string, number>();
  readonly #reading = new Set<string>();
  /** By plan and path, where the latest look had no answer. */
  readonly #late = new Set<string>();

  constructor(reader: PlanFileReader, clock: Clock) {
    this.#reader = reader;
    this.#clock = clock;
  }

  async collect(state: MigrationState): Promise<readonly PlanFileReading[]> {
    const { plan, phase } = state;
    if (!isLive(phase) || phase.phase === 'rolling-back' || phase.phase === 'draining') return [];
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - (this.#lookedAtMs.get(plan.id) ?? -Infinity) < lookEveryMs) return [];
    this.#lookedAtMs.set(plan.id, nowMs);
    const read = await Promise.all(filesOf(plan).map((file) => this.#known(plan.id, file)));
    return read.filter((reading) => reading !== null).filter((reading) => isPlanFileNews(state, reading));
  }

  /** Null where nothing is known yet. */
  async #known(planId: string, file: PlanFile): Promise<PlanFileReading | null> {
    const { path } = file;
    const key = `${planId} ${path}`;
    const reading = await this.#read(file);
    if (reading !== null) {
      this.#late.delete(key);
      return reading;
    }
    const isLateAgain = this.#late.has(key);
    this.#late.add(key);
    if (!isLateAgain) return null;
    return unreadable(path, `no answer within ${readTimeoutMs} ms, twice in a row`);
  }

  /** Null where there is no answer in time. */
  async #read(file: PlanFile): Promise<PlanFileReading | null> {
    const { path } = file;
    if (this.#reading.has(path)) return null;
    this.#reading.add(path);
    const reading = this.#reader
      .read(file)
      .catch((error: unknown) => unreadable(path, error instanceof Error ? error.message : String(error)))
      .finally(() => this.#reading.delete(path));
    const told = await withDeadline(reading, readTimeoutMs, this.#clock);
    return told.ok ? told.value : null;
  }
}

function unreadable(path: string, trouble: string): PlanFileReading {
  return { path, is: 'unreadable', sha256: null, trouble };
}
