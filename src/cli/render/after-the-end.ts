import { forgettableFrom } from '../../core/forgetting.js';
import type { Status } from '../../core/status.js';
import { foldedRow, type Line } from './line.js';
import { localTime } from './moment.js';

/** What a person does next with a migration that has ended, in a line; none where nothing is left to do. */
export function afterTheEndLines(status: Status, columns: number, now: number): Line[] {
  const text = afterTheEnd(status, now);
  return text === null ? [] : foldedRow('next', text, columns, 2);
}

function afterTheEnd(status: Status, now: number): string | null {
  const { phase, since } = status;
  if (phase === 'rolled-back') return 'once its reason is gone, begin anew as before: shiftctl start';
  if (phase !== 'completed') return null;
  return canBeForgotten(status, now)
    ? 'when nobody will go back: shiftctl forget; then the source may go'
    : `keep the source; from ${localTime(forgettableFrom(since))} on: shiftctl forget`;
}

/** Whether the marker of this ended migration is old enough to go. */
export function canBeForgotten({ phase, since }: Status, now: number): boolean {
  const hasEnded = phase === 'completed' || phase === 'rolled-back' || phase === 'restored';
  return hasEnded && now >= forgettableFrom(since);
}
