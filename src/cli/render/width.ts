/** Reports that are printed once are folded for the narrowest usual terminal, whatever they are piped into. */
export const reportColumns: number = 80;

/** Characters that take no column: marks that combine with the one before, and invisible ones. */
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** Characters that take two columns: wide and fullwidth ones (Unicode Standard Annex #11), and emoji. */
const twoColumns =
  /^[\u1100-\u115f\u231a\u231b\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{1d300}-\u{1d37f}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;

/** U+FE0F asks for the coloured, wide form of the character before it; terminals differ, so the wider one is assumed. */
const emojiSelector = '\ufe0f';

/** Columns that text takes in a terminal, never fewer than it really does. The text has no control characters. */
export function displayWidth(text: string): number {
  let columns = 0;
  for (const character of text) columns += characterWidth(character);
  return columns;
}

function characterWidth(character: string): number {
  if (character >= ' ' && character <= '~') return 1;
  if (character === emojiSelector) return 1;
  if (twoColumns.test(character)) return 2;
  return zeroWidth.test(character) ? 0 : 1;
}

/** Text of at most `columns`, with an ellipsis where it was cut. */
export function crop(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  return columns < 1 ? '' : `${head(text, columns - 1)}…`;
}

/** As much of the beginning as fits. */
function head(text: string, columns: number): string {
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > columns) break;
    kept += character;
  }
  return kept;
}

/** Cropped and filled up with blanks to exactly `columns`. */
export function column(text: string, columns: number): string {
  const cropped = crop(text, columns);
  return cropped + ' '.repeat(columns - displayWidth(cropped));
}

/** Broken between words into at most `maxLines` lines of `columns`; a word that is too long is broken inside, and the last line cropped. */
export function fold(text: string, columns: number, maxLines: number): string[] {
  if (displayWidth(text) <= columns) return [text];
  const lines = filled(
    text.split(' ').flatMap((word) => pieces(word, columns)),
    columns,
  );
  if (lines.length <= maxLines) return lines;
  return [...lines.slice(0, maxLines - 1), crop(lines.slice(maxLines - 1).join(' '), columns)];
}

/** The same without a limit to the lines, but no word is broken: one that is too long has a line of its own, which is wider. */
export function foldWords(text: string, columns: number): string[] {
  return displayWidth(text) <= columns ? [text] : filled(text.split(' '), columns);
}

function filled([start = '', ...words]: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  let line = start;
  for (const word of words) {
    const longer = `${line} ${word}`;
    if (displayWidth(longer) <= columns) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function pieces(word: string, columns: number): string[] {
  const parts: string[] = [];
  let rest = word;
  while (displayWidth(rest) > columns) {
    const part = head(rest, columns);
    if (part === '') break;
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return [...parts, rest];
}
