import { maxLineBytes } from '../../core/router-log/line-buffer.js';

const lineFeed = 0x0a;
const space = 0x20;
/** `data: ` in front of the longest line that is read. */
const maxFieldBytes = maxLineBytes + 6;
const tooLong = Buffer.from('(event too long)');

/**
 * Reads a stream of server-sent events (WHATWG HTML, 9.2) as log lines: the data of every event becomes one line. Works on
 * bytes, so it does not matter where a chunk cuts a character, and in bounded memory.
 *
 * Data of several lines is joined by blanks, not line feeds: Router 2.0 logs paths percent-decoded, and a line feed that a
 * client put into one must not begin a line of its own.
 */
export class EventStream {
  #lastEventId: string | null = null;
  #nextEventId: string | null = null;
  /** A line whose end has not come yet. */
  #begun: Buffer = Buffer.alloc(0);
  #skipping = false;
  #data: Buffer[] = [];
  #dataBytes = 0;

  /** The id of the last complete event, to resume behind it; null when the server gives none. */
  get lastEventId(): string | null {
    return this.#lastEventId;
  }

  /** The lines, each with its line feed, of all events that this chunk completes. */
  push(chunk: Uint8Array): Uint8Array {
    const bytes = Buffer.concat([this.#begun, chunk]);
    const lines: Buffer[] = [];
    let at = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, at)) {
      if (this.#skipping) this.#skipping = false;
      else this.#field(withoutReturn(bytes.subarray(at, end)), lines);
      at = end + 1;
    }
    this.#begun = this.#skipping ? Buffer.alloc(0) : Buffer.from(bytes.subarray(at));
    if (this.#begun.length > maxFieldBytes) {
      this.#add(tooLong);
      this.#skipping = true;
      this.#begun = Buffer.alloc(0);
    }
    return Buffer.concat(lines);
  }

  #field(field: Buffer, lines: Buffer[]): void {
    if (field.length === 0) {
      this.#dispatch(lines);
      return;
    }
    const colon = field.indexOf(0x3a);
    const name = field.toString('latin1', 0, colon < 0 ? field.length : Math.min(colon, 8));
    const value =
      colon < 0 ? Buffer.alloc(0) : field.subarray(field[colon + 1] === space ? colon + 2 : colon + 1);
    if (name === 'data') this.#add(value);
    else if (name === 'id') this.#nextEventId = asHeader(value);
  }

  #add(value: Buffer): void {
    if (this.#dataBytes + value.length > maxFieldBytes) return;
    // Copied, because the chunk's memory is not kept.
    this.#data.push(Buffer.from(value));
    this.#dataBytes += value.length + 1;
  }

  #dispatch(lines: Buffer[]): void {
    this.#lastEventId = this.#nextEventId;
    this.#data.forEach((value, index) => {
      if (index > 0) lines.push(Buffer.of(space));
      lines.push(value);
    });
    if (this.#data.length > 0) lines.push(Buffer.of(lineFeed));
    this.#data = [];
    this.#dataBytes = 0;
  }
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

/** An id is sent back in a header; what does not fit into one is no id. */
function asHeader(value: Buffer): string | null {
  const text = value.toString('latin1', 0, 201);
  return /^[!-~]{1,200}$/.test(text) ? text : null;
}
