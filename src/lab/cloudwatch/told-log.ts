/** What is kept: a quarter of an hour, and five minutes more for windows that are asked for late. */
const keptSeconds = 1_200;

interface Told<T> {
  readonly toldAtMs: number;
  readonly entry: T;
}

/** What happened in one second. */
export interface ToldSecond<T> {
  readonly entries: readonly Told<T>[];
  /** The instant from which all of it is told. */
  readonly allToldAtMs: number;
}

/**
 * What happened, by the second in which it happened, each with the instant from which CloudWatch tells of it.
 *
 * So the newest bucket is there while it still grows, and has part of its final value: as of the real service's newest minute
 * (Amazon CloudWatch User Guide, "Amazon CloudWatch concepts").
 */
export class ToldLog<T> {
  readonly #seconds = new Map<number, { readonly entries: Told<T>[]; allToldAtMs: number }>();

  /** By the epoch second; about in order. */
  get seconds(): ReadonlyMap<number, ToldSecond<T>> {
    return this.#seconds;
  }

  /** Keeps an entry; forgets seconds that are too long ago. */
  add(entry: T, atMs: number, toldAtMs: number): void {
    const second = Math.floor(atMs / 1_000);
    const told = this.#seconds.get(second);
    if (told !== undefined) {
      told.entries.push({ toldAtMs, entry });
      told.allToldAtMs = Math.max(told.allToldAtMs, toldAtMs);
      return;
    }
    this.#seconds.set(second, { entries: [{ toldAtMs, entry }], allToldAtMs: toldAtMs });
    for (const known of this.#seconds.keys()) {
      if (known >= second - keptSeconds) break;
      this.#seconds.delete(known);
    }
  }
}
