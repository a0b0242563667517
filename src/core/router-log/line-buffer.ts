import { lineFeed } from './scan.js';

/** Longer than anything the router writes: it refuses a request line above 8 kB, and logplex cuts messages at 10 kB. */
export const maxLineBytes: number = 64 * 1024;

/** So that a parser may look a few bytes past the last line without a check at every step. */
const padding = 64;

/** Chunks as they come in, complete lines out, in memory of a fixed size. */
export class LineBuffer {
  /** The lines, one behind the other, from the start on. */
  readonly bytes: Uint8Array = new Uint8Array(maxLineBytes + padding);
  /** The same memory, to be read several bytes at a time. */
  readonly view: DataView = new DataView(this.bytes.buffer);
  #used = 0;
  /** In the middle of a line that is too long; its rest is thrown away. */
  #skipping = false;

  /**
   * Takes as much of `chunk` as fits, from `offset` on.
   *
   * @returns how far it got; ask `complete` and call `release` before the next call
   */
  fill(chunk: Uint8Array, offset: number): number {
    if (this.#skipping) {
      const end = chunk.indexOf(lineFeed, offset);
      if (end < 0) return chunk.length;
      this.#skipping = false;
      return end + 1;
    }
    const end = Math.min(chunk.length, offset + maxLineBytes - this.#used);
    this.bytes.set(chunk.subarray(offset, end), this.#used);
    this.#used += end - offset;
    return end;
  }

  /** The position behind the last line feed; the lines before it are complete. */
  complete(): number {
    return this.#used === 0 ? 0 : this.bytes.lastIndexOf(lineFeed, this.#used - 1) + 1;
  }

  /** Gives up everything before `end`; says so when it gives up a line that alone is larger than the buffer. */
  release(end: number): 'released' | 'overlong' {
    this.bytes.copyWithin(0, end, this.#used);
    this.#used -= end;
    if (this.#used < maxLineBytes) return 'released';
    this.#used = 0;
    this.#skipping = true;
    return 'overlong';
  }

  /** Forgets the line that was begun: what comes next is another stream. */
  cut(): void {
    this.#used = 0;
    this.#skipping = false;
  }
}
