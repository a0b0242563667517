import { safeText } from '../safe-text.js';

/** The page is kept in terminals, tickets and paper of this width. */
const columns = 80;
const maxTextLength = 2_000;

/** Prose in lines of at most 80 columns; a word longer than that has a line of its own. */
export function prose(text: string, indent: string = ''): string[] {
  return wrapped(safeText(text, maxTextLength).split(' '), indent, '');
}

/** One entry of a list, its further lines under the first. */
export function item(text: string): string[] {
  return prose(text, '  ').map((line, index) => (index === 0 ? `- ${line.slice(2)}` : line));
}

/**
 * Commands as a block that can be copied: a long one goes on in the next line after a backslash, and no word is ever broken, so
 * that a shell reads what was meant.
 */
export function commands(...lines: readonly (readonly string[])[]): string[] {
  const block = lines.flatMap((words) => {
    const folded = wrapped(words, '  ', ' \\');
    return folded.map((line, index) => (index === 0 ? line.slice(2) : line));
  });
  return ['', '```sh', ...block, '```', ''];
}

function wrapped(words: readonly string[], indent: string, goesOn: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of words) {
    const isFirst = line === indent;
    if (!isFirst && line.length + 1 + word.length + goesOn.length > columns) {
      lines.push(line + goesOn);
      line = indent + word;
    } else {
      line += isFirst ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}
