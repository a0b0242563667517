import type { Status } from '../../core/status.js';
import { localTime } from './moment.js';
import { safeCopy } from './safe-copy.js';
import { nextStep } from './status-header.js';
import { column, displayWidth } from './width.js';
import { pausedMark, phaseMark } from './words.js';

const titles = ['HOST', 'PHASE', 'SHARE', 'STAGE', 'SINCE', 'NEXT', 'POLICY', 'ID'] as const;

/** Longer cells are cropped, all but the id, which people copy. */
const maxCellColumns = 40;

/** All migrations as a table, or what to type when there is none. */
export function listView(statuses: readonly Status[], now: number): string[] {
  if (statuses.length === 0) {
    return [
      'No migrations here yet. To see what one would do, without writing anything:',
      '  shiftctl plan <host> --from heroku:<app> --to aws:<dns name>',
    ];
  }
  const rows = [titles, ...safeCopy(statuses).map((status) => cells(status, now))];
  const widths = titles.map((_title, index) =>
    Math.min(maxCellColumns, Math.max(...rows.map((row) => displayWidth(row[index] ?? '')))),
  );
  return rows.map((row) => {
    const id = row.at(-1) ?? '';
    return [...row.slice(0, -1).map((cell, index) => column(cell, widths[index] ?? 0)), id].join('  ');
  });
}

function cells(status: Status, now: number): readonly string[] {
  const { hosts, phase, paused, share, stages, since, policy, id } = status;
  const others = hosts.length > 1 ? ` and ${hosts.length - 1} more` : '';
  const { glyph, word } = paused === null ? phaseMark(phase) : pausedMark;
  const reached = stages.filter(({ progress }) => progress !== 'to-come' && progress !== 'abandoned').length;
  return [
    `${hosts[0]?.host ?? ''}${others}`,
    `${glyph} ${word}`,
    `${share}%`,
    `${reached}/${stages.length}`,
    localTime(since),
    nextStep(status, now) ?? '-',
    policy,
    id,
  ];
}
