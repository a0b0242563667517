import type { RollbackTimes } from '../../core/rollback-times.js';
import type { Status } from '../../core/status.js';
import { foldedRow, row, span, type Line } from './line.js';
import { localTime, stopwatch } from './moment.js';

/** More differences are counted, not shown; `status -o json` has them all. */
const maxDifferences = 8;

const linesPerDifference = 3;

const milestoneColumns = 9;

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
    milestone('accepted', since(rollback, rollback.acceptedAt), 'Route 53 took the change'),
    milestone('INSYNC', since(rollback, rollback.insyncAt), insyncWords(rollback)),
    milestone('clean', since(rollback, rollback.cleanAt), 'no name server hands out the target'),
    milestone('tail', since(rollback, rollback.tailEndsAt), tailWords(rollback, now)),
  ];
}

/** Clean is told by the name servers, and may be so before Route 53 has said INSYNC. */
function insyncWords({ insyncAt }: RollbackTimes): string {
  return insyncAt === null ? 'not waited for' : 'all servers of Route 53 have it';
}

function since({ requestedAt }: RollbackTimes, at: number | null): string {
  return at === null ? '-' : `+${stopwatch(at - requestedAt)}`;
}

function milestone(name: string, time: string, meaning: string): Line {
  return row(
    '',
    span(`${name.padEnd(milestoneColumns)} ${time.padEnd(milestoneColumns)}`),
    span(meaning, 'dim'),
  );
}

function tailWords({ tailEndsAt }: RollbackTimes, now: number): string {
  const isOver = now >= tailEndsAt;
  return isOver
    ? 'caches that keep to the TTL forgot the target'
    : 'then caches that keep to the TTL forget it';
}
