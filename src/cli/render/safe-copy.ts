import { safeText } from '../../core/safe-text.js';

/** The longest single text in a view. */
const maxLength = 1_000;

/**
 * A copy whose every text is fit for a terminal. A view copies its input once, so that no server's words (names, record values,
 * error messages) can reach the screen by a way someone forgot. The input is plain data, as it stands in the journal.
 */
export function safeCopy<T>(data: T): T {
  return JSON.parse(JSON.stringify(data), (_key, value: unknown) =>
    typeof value === 'string' ? safeText(value, maxLength) : value,
  ) as T;
}

/** One line made safe with its blanks kept, because its columns line up with those of other lines. */
export function safeAligned(line: string): string {
  return line
    .split(/( +)/)
    .map((part) => (part.startsWith(' ') ? part : safeText(part, maxLength)))
    .join('');
}
