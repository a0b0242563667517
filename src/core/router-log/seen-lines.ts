/** How far a place is searched before the oldest entry there is given up, so that no choice of ids makes it slow. */
const maxProbes = 64;

/**
 * Recognises lines that came before, for streams that replay some after a reconnect. Keeps 64-bit fingerprints of the latest
 * `capacity` to twice as many lines, in memory of a fixed size.
 */
export class SeenLines {
  readonly #view: DataView;
  readonly #capacity: number;
  readonly #seed: number;
  #young: Int32Array;
  #old: Int32Array;
  #count = 0;

  /**
   * @param view where the lines stand
   * @param capacity a power of two
   * @param seed any number that clients cannot know, because they choose request ids
   */
  constructor(view: DataView, capacity: number, seed: number) {
    this.#view = view;
    this.#capacity = capacity;
    this.#seed = seed | 0;
    this.#young = new Int32Array(capacity * 4);
    this.#old = new Int32Array(capacity * 4);
  }

  /** True when the bytes from `start` to `end` were added before with the same time; adds them otherwise. */
  add(timeMs: number, start: number, end: number): boolean {
    const view = this.#view;
    let low = this.#seed ^ (timeMs | 0);
    let high = ~this.#seed;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      const word = view.getInt32(at);
      low = Math.imul(low ^ word, 0x9e3779b1);
      low ^= low >>> 15;
      high = Math.imul(high + word, 0x85ebca6b);
      high ^= high >>> 13;
    }
    for (; at < end; at += 1) {
      low = Math.imul(low ^ view.getUint8(at), 0x9e3779b1);
      high = Math.imul(high + view.getUint8(at), 0x85ebca6b) ^ (low >>> 15);
    }
    low = Math.imul(low ^ (high >>> 16), 0xc2b2ae35);
    low ^= low >>> 15;
    // Zero marks a free place.
    high |= 1;
    if (holds(this.#young, low, high) || holds(this.#old, low, high)) return true;
    if (this.#count >= this.#capacity) this.#age();
    this.#insert(low, high);
    return false;
  }

  #insert(low: number, high: number): void {
    const table = this.#young;
    const mask = table.length - 1;
    const first = (low << 1) & mask;
    let place = first;
    for (let probe = 0; table[place + 1] !== 0; probe += 1) {
      if (probe === maxProbes) {
        place = first;
        break;
      }
      place = (place + 2) & mask;
    }
    table[place] = low;
    table[place + 1] = high;
    this.#count += 1;
  }

  #age(): void {
    const emptied = this.#old.fill(0);
    this.#old = this.#young;
    this.#young = emptied;
    this.#count = 0;
  }
}

function holds(table: Int32Array, low: number, high: number): boolean {
  const mask = table.length - 1;
  let place = (low << 1) & mask;
  for (let probe = 0; probe <= maxProbes && table[place + 1] !== 0; probe += 1) {
    if (table[place] === low && table[place + 1] === high) return true;
    place = (place + 2) & mask;
  }
  return false;
}
