import { formatDuration } from '../../core/time.js';
import type { StageStatus, Status } from '../../core/status.js';
import { markSpan, row, span, type Line } from './line.js';
import { countdown } from './moment.js';
import { stageMark } from './words.js';

const markColumns = '✖ abandoned'.length + 2;

/** The stages as a tree: what is done, where it is, what is to come. */
export function stageLines(status: Status, now: number): Line[] {
  const { stages } = status;
  return stages.map((stage, index) => {
    const branch = index === stages.length - 1 ? '└─ ' : '├─ ';
    const share = span(`${stage.share}%`.padStart(4), stage.progress === 'current' ? 'strong' : 'plain');
    return row(
      index === 0 ? 'stages' : '',
      span(branch, 'dim'),
      markSpan(stageMark(stage.progress), markColumns),
      share,
      span(`   ${dwell(status, stage, now)}`, 'dim'),
    );
  });
}

function dwell({ phase, next }: Status, { progress, dwellMs }: StageStatus, now: number): string {
  const text = `dwell ${formatDuration(dwellMs)}`;
  const left =
    phase === 'observing' && progress === 'current' && next !== null ? countdown(next.at, now) : null;
  return left === null ? text : `${text}, ${left} left`;
}
