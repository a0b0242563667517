import type { Status } from '../../core/status.js';
import { localTime } from './moment.js';
import { safeCopy } from './safe-copy.js';
import { nextStep } from './status-header.js';
import { table } from './table.js';
import { crop, displayWidth } from './width.js';
import { pausedMark, phaseMark } from './words.js';

const titles = ['HOST', 'PHASE', 'SHARE', 'STAGE', 'SINCE', 'NEXT', 'POLICY', 'ID'] as const;

/** Longer cells are cropped, all but the id, which people copy. */
const maxCellColumns = 40;

/** Left out one after another where the terminal is narrow; `-o json` and `status` have them. */
const leavesOut = ['POLICY', 'SINCE', 'STAGE', 'NEXT'];

/** All migrations as a table of at most so many columns, or what to type when there is none. An id that does not fit stands below its row. */
export function listView(statuses: readonly Status[], now: number, columns: number = Infinity): string[] {
  if (statuses.length === 0) {
    return [
      'No migrations here yet. To see what one would do, without writing anything:',
      '  shiftctl plan <host> --from heroku:<app> --to aws:<dns name>',
    ];
  }
  const rows = [titles, ...safeCopy(statuses).map((status) => cells(status, now))];
  const whole = table(rows, columns, leavesOut);
  if (whole.every((line) => displayWidth(line) <= columns)) return whole;
  const short = table(
    rows.map((row) => row.slice(0, -1)),
    columns,
    leavesOut,
  );
  return short.flatMap((line, index) => [line, ...(index === 0 ? [] : [`  ${rows[index]?.at(-1) ?? ''}`])]);
}

function cells(status: Status, now: number): readonly string[] {
  const { hosts, phase, paused, share, stages, since, policy, id } = status;
  const others = hosts.length > 1 ? ` and ${hosts.length - 1} more` : '';
  const { glyph, word } = paused === null ? phaseMark(phase) : pausedMark;
  const reached = stages.filter(({ progress }) => progress !== 'to-come' && progress !== 'abandoned').length;
  const row = [
    `${hosts[0]?.host ?? ''}${others}`,
    `${glyph} ${word}`,
    `${share}%`,
    `${reached}/${stages.length}`,
    localTime(since),
    nextStep(status, now) ?? '-',
    policy,
  ];
  return [...row.map((cell) => crop(cell, maxCellColumns)), id];
}
