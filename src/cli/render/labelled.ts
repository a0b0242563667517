import { labelColumns } from './line.js';
import { column, fold, reportColumns } from './width.js';

/** A label and its text, folded for the narrowest usual terminal. */
export function labelled(label: string, text: string): string[] {
  return fold(text, reportColumns - labelColumns, Infinity).map(
    (line, index) => column(index === 0 ? label : '', labelColumns) + line,
  );
}
