import type { Status } from '../../core/status.js';
import { foldedRow, row, span, type Line } from './line.js';
import { localTime } from './moment.js';
import { rollbackMomentLines } from './rollback-lines.js';

/** More differences are counted, not shown; `status -o json` has them all. */
const maxDifferences = 8;

const linesPerDifference = 3;

/** What stands in the zone and should not, or is missing there, when that stopped the migration. */
export function differenceLines({ differences }: Status, columns: number): Line[] {
  if (differences.length === 0) return [];
  const shown = differences.slice(0, maxDifferences).flatMap((difference, index) => {
    return foldedRow(index === 0 ? 'differs' : '', difference, columns, linesPerDifference);
  });
  const left = differences.length - maxDifferences;
  const more = left > 0 ? [row('', span(`and ${left} more: status -o json shows them all`, 'dim'))] : [];
  return [...shown, ...more, row('', span('- is missing there, + stands there instead', 'dim'))];
}

/** How long the rollback took to each of its milestones, counted from the request. */
export function rollbackLines({ rollback }: Status, now: number): Line[] {
  if (rollback === null) return [];
  return [
    row('rollback', span(`requested ${localTime(rollback.requestedAt)}`)),
    ...rollbackMomentLines(rollback, now).map(({ moment, meaning }) =>
      row('', span(moment), span(meaning, 'dim')),
    ),
  ];
}
