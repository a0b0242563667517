import { displayName } from '../../core/record-name.js';
import type { Status } from '../../core/status.js';
import { foldedRow, row, span, type Line } from './line.js';

/** More hosts than this are counted, not shown; `status -o json` has them all. */
const maxHosts = 3;

/** Sources that have moved on from what the records still name, and what that means for a rollback. */
export function movedLines({ movedSources: moves }: Status, columns: number): Line[] {
  const shown = moves
    .slice(0, maxHosts)
    .flatMap((move, index) => foldedRow(index === 0 ? 'moved' : '', movedText(move), columns, 4));
  const left = moves.length - maxHosts;
  return left > 0
    ? [...shown, row('', span(`and ${left} more: status -o json shows them all`, 'dim'))]
    : shown;
}

/** One host's in a sentence. */
export function movedText({ host, from, to }: Status['movedSources'][number]): string {
  return `⚠ the source of ${displayName(host)} answers as ${displayName(to)} and not as ${displayName(from)}, which the records still name; a rollback goes to ${displayName(to)}`;
}
