import { rollbackMoments, type RollbackTimes } from '../../core/rollback-times.js';
import { stopwatch } from './moment.js';

const nameColumns = 10;
const timeColumns = 9;

/** One line for each moment of a rollback: its name, how long after the request it came, and what it means. */
export function rollbackMomentLines(
  times: RollbackTimes,
  now: number,
): readonly { readonly moment: string; readonly meaning: string }[] {
  return rollbackMoments(times, now).map(({ name, afterMs, meaning }) => {
    const time = afterMs === null ? '-' : `+${stopwatch(afterMs)}`;
    return { moment: name.padEnd(nameColumns) + time.padEnd(timeColumns), meaning };
  });
}
