import { setMaxListeners } from 'node:events';

/** Ticks that run at the same time in one process, and as many again of migrations that were slow the last time. */
const maxPlaces = 8;

/** How long a tick may take before its place goes to the next migration; it then runs on without one. */
const placeMs = 30_000;

/** Ticks of one migration that were given up and have not ended; with more of them another try would only hang as well. */
const maxAbandoned = 3;

/** One tick under way. */
export class TickRun {
  readonly id: string;
  /** When it began, or its rollback ended. */
  startedAtMs: number;
  /** Aborted with the process, or when the tick is given up. */
  readonly signal: AbortSignal;
  /** Resolves when the tick has ended or was given up. */
  readonly left: Promise<void>;
  /** It then takes no place and is never given up: a rollback loops until Route 53 has accepted. */
  isRollingBack = false;
  isAbandoned = false;
  readonly #stop = new AbortController();
  readonly #process: AbortSignal;
  #leave: () => void = () => undefined;

  constructor(id: string, startedAtMs: number, process: AbortSignal) {
    this.id = id;
    this.startedAtMs = startedAtMs;
    this.signal = this.#stop.signal;
    // Every call of the tick listens to it, more than Node takes for a leak.
    setMaxListeners(0, this.signal);
    this.#process = process;
    this.#process.addEventListener('abort', this.#abort);
    if (process.aborted) this.#abort();
    this.left = new Promise((resolve) => (this.#leave = resolve));
  }

  rollback(isUnderWay: boolean, nowMs: number): void {
    this.isRollingBack = isUnderWay;
    this.startedAtMs = nowMs;
  }

  /** To be called when the tick has ended. */
  end(): void {
    this.#process.removeEventListener('abort', this.#abort);
    this.#leave();
  }

  /** Asks it to stop and waits for it no longer. What it still does is fenced like the doing of another process. */
  abandon(): void {
    this.isAbandoned = true;
    this.#abort();
    this.#leave();
  }

  readonly #abort = (): void => {
    this.#stop.abort(this.#process.reason);
  };
}

/**
 * Which ticks run, and how many may. A tick that takes long loses its place, and its migration then waits among the slow ones only,
 * so that calls that hang cost the others one wait at most. A rollback needs no place.
 */
export class TickPlaces {
  readonly #running = new Map<string, TickRun>();
  readonly #abandoned = new Set<TickRun>();
  readonly #slow = new Set<string>();

  get(id: string): TickRun | undefined {
    return this.#running.get(id);
  }

  /** Ticks of this migration that were given up and go on hanging. */
  hanging(id: string): number {
    return [...this.#abandoned].filter((run) => run.id === id).length;
  }

  /** Whether another tick of this migration may begin as soon as there is a place. */
  mayRun(id: string): boolean {
    return !this.#running.has(id) && this.hanging(id) < maxAbandoned;
  }

  hasPlaceFor(id: string, nowMs: number): boolean {
    const isSlow = this.#slow.has(id);
    const taken = [...this.#running.values()].filter(
      (run) => this.#slow.has(run.id) === isSlow && !run.isRollingBack && nowMs - run.startedAtMs <= placeMs,
    );
    return taken.length < maxPlaces;
  }

  begin(run: TickRun): void {
    this.#running.set(run.id, run);
  }

  end(run: TickRun, nowMs: number): void {
    run.end();
    this.#abandoned.delete(run);
    if (run.isAbandoned) return;
    this.#running.delete(run.id);
    if (nowMs - run.startedAtMs > placeMs) this.#slow.add(run.id);
    else this.#slow.delete(run.id);
  }

  abandon(run: TickRun): void {
    run.abandon();
    this.#running.delete(run.id);
    this.#abandoned.add(run);
    this.#slow.add(run.id);
  }

  running(): readonly TickRun[] {
    return [...this.#running.values()];
  }

  /** Resolves when no tick is running but those that were given up. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.running().map(({ left }) => left));
  }
}
