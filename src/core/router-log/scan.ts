export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const space = 0x20;
export const quote = 0x22;

/** The bytes of a text that is plain ASCII. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** A text of at least four letters, to compare with four bytes at a time. */
export interface Literal {
  readonly length: number;
  /** The first four bytes as a number, and the last four, which may overlap with them. */
  readonly first: number;
  readonly last: number;
  /** The words between them from the fourth byte on; the last of them may reach into the last four bytes. */
  readonly middle: Int32Array;
}

/** @param text plain ASCII */
export function literal(text: string): Literal {
  if (text.length < 4) throw new RangeError(`the literal "${text}" is shorter than four letters`);
  const view = new DataView(ascii(text).buffer);
  const middle = Int32Array.from({ length: Math.max(0, Math.ceil(text.length / 4) - 2) }, (_, word) =>
    view.getInt32(4 + word * 4),
  );
  return { length: text.length, first: view.getInt32(0), last: view.getInt32(text.length - 4), middle };
}

/** Whether `expected` stands at `at`. */
export function standsAt(view: DataView, at: number, expected: Literal): boolean {
  const { length, first, last, middle } = expected;
  if (view.getInt32(at) !== first || view.getInt32(at + length - 4) !== last) return false;
  for (let word = 0; word < middle.length; word += 1) {
    if (view.getInt32(at + 4 + word * 4) !== middle[word]) return false;
  }
  return true;
}

/** The first position from `at` on that holds a blank, a quote, a line end or another control character. */
export function wordEnd(view: DataView, at: number): number {
  let next = at;
  // Four bytes at a time, as in "Determine if a word has a byte less than n" of Sean Anderson's "Bit Twiddling Hacks".
  for (;;) {
    const word = view.getInt32(next);
    const quotes = word ^ 0x22222222;
    if ((((word - 0x21212121) & ~word) | ((quotes - 0x01010101) & ~quotes)) & 0x80808080) break;
    next += 4;
  }
  for (let byte = view.getUint8(next); byte > space && byte !== quote; byte = view.getUint8(next)) next += 1;
  return next;
}

/** The first position from `at` on that holds a quote or a line feed. */
export function quoteOrLineEnd(view: DataView, at: number): number {
  let next = at;
  for (;;) {
    const word = view.getInt32(next);
    const quotes = word ^ 0x22222222;
    const lineFeeds = word ^ 0x0a0a0a0a;
    if ((((quotes - 0x01010101) & ~quotes) | ((lineFeeds - 0x01010101) & ~lineFeeds)) & 0x80808080) break;
    next += 4;
  }
  for (let byte = view.getUint8(next); byte !== quote && byte !== lineFeed; byte = view.getUint8(next))
    next += 1;
  return next;
}

/** The position of the first line feed from `at` on. */
export function lineEnd(view: DataView, at: number): number {
  let next = at;
  while (view.getUint8(next) !== lineFeed) next += 1;
  return next;
}
