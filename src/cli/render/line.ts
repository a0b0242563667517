import { paint, type Mark, type Tone } from './style.js';
import { column, crop, displayWidth, fold } from './width.js';

/** A piece of a line in one tone. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One line of a view before it is cropped and coloured, so that colour never counts as width. */
export type Line = readonly Span[];

/** Every row of the live view begins with a label of this many columns. */
export const labelColumns: number = 11;

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

/** `✔ passing`, filled up to `columns`. */
export function markSpan({ glyph, word, tone }: Mark, columns: number = 0): Span {
  const text = `${glyph} ${word}`;
  return span(columns === 0 ? text : column(text, columns), tone);
}

/** A label and what stands beside it; the label is empty in the rows that go on. */
export function row(label: string, ...content: Span[]): Line {
  return [span(column(label, labelColumns), 'dim'), ...content];
}

/** A row whose text is broken into at most `maxLines` lines beside the label. */
export function foldedRow(label: string, text: string, columns: number, maxLines: number): Line[] {
  const width = Math.max(10, columns - labelColumns);
  return fold(text, width, maxLines).map((part, index) => row(index === 0 ? label : '', span(part)));
}

/** The line as it goes to the terminal: at most `columns` wide, with an ellipsis where it was cut. */
export function renderLine(line: Line, columns: number, hasColor: boolean): string {
  const isTooWide = displayWidth(line.map(({ text }) => text).join('')) > columns;
  let rendered = '';
  let left = columns;
  for (const { text, tone } of line) {
    if (isTooWide && displayWidth(text) >= left)
      return rendered + paint(crop(`${text}…`, left), tone, hasColor);
    rendered += paint(text, tone, hasColor);
    left -= displayWidth(text);
  }
  return rendered;
}
