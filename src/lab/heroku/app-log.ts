/** One line of an app's log, with its place in it. */
export interface LogLine {
  /** Counts up from 1. */
  readonly id: number;
  /** Without a line feed. */
  readonly text: string;
}

/** Called with lines that have come to be told, in order. Must not throw. */
export type LogListener = (lines: readonly LogLine[]) => void;

/** What Logplex keeps of every app (Heroku Dev Center, "Logging", "Log history limits"). */
export const keptLines = 1_500;

/** Lines that are written and not yet told; at a thousand requests a second this is a minute and a half. */
const maxWaiting = 100_000;

/** Lines are handed on in batches this far apart, because at a thousand a second a write for each would cost more than the rest. */
const batchMs = 25;

/** The lab's clock need not be the one of timers. */
const longestWaitMs = 250;

/** The log of one app: the latest lines, told to everyone who listens once their time has come. */
export class AppLog {
  readonly #now: () => number;
  readonly #kept: LogLine[] = [];
  readonly #listeners = new Set<LogListener>();
  #waiting: { readonly text: string; readonly toldAtMs: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastId = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes a line that is told at this time, and after every line before it. False when there is no room for it. */
  append(text: string, toldAtMs: number): boolean {
    if (this.#waiting.length >= maxWaiting) return false;
    this.#waiting.push({ text, toldAtMs });
    this.#timer ??= setTimeout(() => this.#tell(), batchMs);
    return true;
  }

  /** The last so many lines told. */
  latest(count: number): readonly LogLine[] {
    return count <= 0 ? [] : this.#kept.slice(-count);
  }

  /** The lines told after the one with this id, as far as they are kept. */
  after(id: number): readonly LogLine[] {
    return this.#kept.filter((line) => line.id > id);
  }

  /** Tells this one, too, from now on; the answer ends it. */
  listen(listener: LogListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #tell(): void {
    this.#timer = undefined;
    const nowMs = this.#now();
    const early = this.#waiting.findIndex(({ toldAtMs }) => toldAtMs > nowMs);
    const due = early < 0 ? this.#waiting : this.#waiting.slice(0, early);
    this.#waiting = early < 0 ? [] : this.#waiting.slice(early);
    const [next] = this.#waiting;
    if (next !== undefined) {
      this.#timer = setTimeout(
        () => this.#tell(),
        Math.min(longestWaitMs, Math.max(batchMs, next.toldAtMs - nowMs)),
      );
    }
    const lines = due.map(({ text }) => ({ id: (this.#lastId += 1), text }));
    if (lines.length === 0) return;
    this.#kept.push(...lines);
    if (this.#kept.length > keptLines) this.#kept.splice(0, this.#kept.length - keptLines);
    for (const listener of this.#listeners) listener(lines);
  }
}
