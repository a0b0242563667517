import type { ZoneSnapshot } from './zone-snapshot.js';

/** One batch on its way to the name servers. */
export class TravellingBatch {
  readonly #delaysMs: readonly number[];
  /** Epoch milliseconds per name server; Infinity while the batch is held. */
  #reachedAtMs: readonly number[];

  constructor(delaysMs: readonly number[], reachedAtMs: readonly number[]) {
    this.#delaysMs = delaysMs;
    this.#reachedAtMs = reachedAtMs;
  }

  reachesAt(serverIndex: number): number {
    return this.#reachedAtMs[serverIndex] ?? Infinity;
  }

  /** INSYNC is the moment after which every authoritative name server has the change (API reference, GetChange). */
  hasReachedAll(nowMs: number): boolean {
    return this.#reachedAtMs.every((atMs) => atMs <= nowMs);
  }

  /** Starts a held batch again at `nowMs`, never ahead of the one before it. */
  release(nowMs: number, previous: TravellingBatch | undefined): void {
    this.#reachedAtMs = this.#reachedAtMs.map((atMs, server) =>
      atMs === Infinity ? notBefore(previous, server, nowMs + (this.#delaysMs[server] ?? 0)) : atMs,
    );
  }

  arriveNow(nowMs: number): void {
    this.#reachedAtMs = this.#reachedAtMs.map((atMs) => Math.min(atMs, nowMs));
  }
}

interface QueuedSnapshot {
  readonly batch: TravellingBatch;
  readonly snapshot: ZoneSnapshot;
}

/**
 * How the accepted batches of one zone reach its name servers: each server after its own delay, and always in order.
 *
 * It keeps no timer: what a server has is computed from the time it is asked at, so that it works in virtual time too.
 */
export class Propagation {
  readonly #serverCount: number;
  /** Batches that at least one server has not been seen to have, oldest first. */
  #queue: QueuedSnapshot[] = [];
  /** What each server had when it was last asked; undefined before the zone reached it. */
  readonly #views: (ZoneSnapshot | undefined)[];

  constructor(serverCount: number) {
    this.#serverCount = serverCount;
    this.#views = Array.from({ length: serverCount }, () => undefined);
  }

  submit(
    snapshot: ZoneSnapshot,
    nowMs: number,
    delayMs: (serverIndex: number) => number,
    held: boolean,
  ): TravellingBatch {
    this.#dropArrived(nowMs);
    const delaysMs = Array.from({ length: this.#serverCount }, (_, server) => delayMs(server));
    const previous = this.#queue.at(-1)?.batch;
    const reachedAtMs = delaysMs.map((delay, server) =>
      held ? Infinity : notBefore(previous, server, nowMs + delay),
    );
    const batch = new TravellingBatch(delaysMs, reachedAtMs);
    this.#queue.push({ batch, snapshot });
    return batch;
  }

  /** The zone as this server answers from it at `nowMs`. */
  view(serverIndex: number, nowMs: number): ZoneSnapshot | undefined {
    const arrived = this.#queue.findLast(({ batch }) => batch.reachesAt(serverIndex) <= nowMs);
    return arrived?.snapshot ?? this.#views[serverIndex];
  }

  /** Lets held batches travel, their delay counted from now. */
  release(nowMs: number): void {
    this.#queue.forEach(({ batch }, index) => batch.release(nowMs, this.#queue[index - 1]?.batch));
  }

  /** Every server has everything at once. */
  arriveNow(nowMs: number): void {
    for (const { batch } of this.#queue) batch.arriveNow(nowMs);
  }

  #dropArrived(nowMs: number): void {
    const kept = this.#queue.findIndex(({ batch }) => !batch.hasReachedAll(nowMs));
    const arrived = this.#queue.splice(0, kept === -1 ? this.#queue.length : kept);
    const last = arrived.at(-1);
    if (last !== undefined) this.#views.fill(last.snapshot);
  }
}

function notBefore(previous: TravellingBatch | undefined, serverIndex: number, atMs: number): number {
  return previous === undefined ? atMs : Math.max(previous.reachesAt(serverIndex), atMs);
}
