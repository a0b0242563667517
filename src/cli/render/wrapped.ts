import { displayWidth } from './width.js';

/** Colours (ECMA-48, SGR) take no column. */
const colour = /\u001b\[[0-9]{0,3}m/g;

/** A log's line: what it says goes on beside its time. */
const dated = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /;

/** What a person types, at the end of a line or alone on it; it has to be copied in one piece. */
const command = /(?:^\s*|: )((?:shiftctl|shift|aws|dig|heroku|chmod|chown|eval|npx|sudo) (?:(?!; ).)+)$/;

const furtherIndent = 4;

/**
 * One line as lines of at most `columns`, broken between words. A command to copy and a word that is too long, a DNS name for instance,
 * stay whole and get a line of their own.
 */
export function wrapped(line: string, columns: number): string[] {
  if (width(line) <= columns) return [line];
  const hanging = ' '.repeat(hangingColumns(line, columns));
  const lines: string[] = [];
  let current = '';
  for (const piece of pieces(line)) {
    if (current !== '' && width(current + piece) > columns) {
      lines.push(current.trimEnd());
      current = hanging + piece.trimStart();
    } else current += piece;
  }
  return [...lines, current];
}

/** Each word with the blanks before it; a command at the end is one word. */
function pieces(line: string): string[] {
  const found = command.exec(line);
  const start = found?.[1] === undefined ? line.length : line.length - found[1].length;
  const words = line.slice(0, start).match(/\s*\S+/g) ?? [];
  if (start === line.length) return words;
  const gap = /\s*$/.exec(line.slice(0, start))?.[0] ?? '';
  return [...words, gap + line.slice(start)];
}

function hangingColumns(line: string, columns: number): number {
  const time = dated.exec(line)?.[0].length ?? 0;
  if (time > 0 && columns >= 2 * time) return time;
  const indent = /^ */.exec(line)?.[0].length ?? 0;
  return Math.min(indent + furtherIndent, Math.floor(columns / 2));
}

function width(text: string): number {
  return displayWidth(text.replace(colour, ''));
}
