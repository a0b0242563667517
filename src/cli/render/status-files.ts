import type { Status } from '../../core/status.js';
import { foldedRow, type Line } from './line.js';

/** A path and a command are long, and cut they are no use. */
const maxLines = 5;

/** What has ended runs by nothing any more. */
const hasEnded: readonly Status['phase'][] = ['completed', 'rolled-back', 'restored', 'forgotten'];

/** The files that are not what the migration runs by any more, and how to use them; those that are need no word. */
export function planFileLines({ files, phase }: Status, columns: number): Line[] {
  if (hasEnded.includes(phase)) return [];
  const changed = files.filter(({ is }) => is !== 'as-planned');
  return changed.flatMap(({ because }, index) =>
    foldedRow(index === 0 ? 'file' : '', `⚠ ${because}`, columns, maxLines),
  );
}
