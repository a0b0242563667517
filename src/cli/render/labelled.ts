import { labelColumns } from './line.js';
import { column, foldWords, reportColumns } from './width.js';

/** A label and its text, folded for the narrowest usual terminal; a name that is longer stays whole, so that it can be copied. */
export function labelled(label: string, text: string): string[] {
  return foldWords(text, reportColumns - labelColumns).map(
    (line, index) => column(index === 0 ? label : '', labelColumns) + line,
  );
}
