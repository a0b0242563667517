/** What is kept: a quarter of an hour, and five minutes more for windows that are asked for late. */
const keptSeconds = 1_200;

interface Told<T> {
  readonly toldAtMs: number;
  readonly entry: T;
}

/**
 * What happened, by the second in which it happened, each with the instant from which CloudWatch tells of it.
 *
 * So the newest bucket is there while it still grows, and has part of its final value: as of the real service's newest minute
 * (Amazon CloudWatch User Guide, "Amazon CloudWatch concepts").
 */
export class ToldLog<T> {
  /** By the epoch second, oldest first. */
  readonly #seconds = new Map<number, Told<T>[]>();

  /** Keeps an entry; forgets seconds that are too long ago. */
  add(entry: T, atMs: number, toldAtMs: number): void {
    const second = Math.floor(atMs / 1_000);
    const told = this.#seconds.get(second);
    if (told !== undefined) {
      told.push({ toldAtMs, entry });
      return;
    }
    this.#seconds.set(second, [{ toldAtMs, entry }]);
    for (const known of this.#seconds.keys()) {
      if (known >= second - keptSeconds) break;
      this.#seconds.delete(known);
    }
  }

  /** Calls `visit` with what is told by now, for every second from `fromSecond` up to, but without, `toSecond`. */
  visit(
    window: { readonly fromSecond: number; readonly toSecond: number; readonly nowMs: number },
    visit: (second: number, entry: T) => void,
  ): void {
    for (const [second, told] of this.#seconds) {
      if (second < window.fromSecond || second >= window.toSecond) continue;
      for (const { toldAtMs, entry } of told) if (toldAtMs <= window.nowMs) visit(second, entry);
    }
  }
}
