import type { Status } from '../../core/status.js';
import { foldedRow, type Line } from './line.js';

/** A path and a command are long, and cut they are no use. */
const maxLines = 5;

/** The files that are not what the migration runs by any more, and how to use them; those that are need no word. */
export function planFileLines({ files }: Status, columns: number): Line[] {
  const changed = files.filter(({ is }) => is !== 'as-planned');
  return changed.flatMap(({ because }, index) =>
    foldedRow(index === 0 ? 'file' : '', `⚠ ${because}`, columns, maxLines),
  );
}
