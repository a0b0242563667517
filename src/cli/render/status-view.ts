import type { Status } from '../../core/status.js';
import { foldedRow, labelColumns, renderLine, row, span, type Line } from './line.js';
import { nextCommands } from './next-commands.js';
import { safeAligned, safeCopy } from './safe-copy.js';
import { differenceLines, rollbackLines } from './status-ending.js';
import { failoverLines } from './status-failover.js';
import { planFileLines } from './status-files.js';
import { gateFigureLines } from './status-gate.js';
import { headerLines, progressLines } from './status-header.js';
import { healthLines } from './status-health.js';
import { movedLines } from './status-moved.js';
import { beforePutBackLines } from './status-over.js';
import { remainsLines, unseenLines } from './status-remains.js';
import { stageLines } from './status-stages.js';
import { trafficLines } from './status-traffic.js';
import { displayWidth, fold } from './width.js';

export interface ViewOptions {
  /** No line is wider. */
  readonly columns: number;
  readonly hasColor: boolean;
  /** Epoch milliseconds; moves the countdowns. */
  readonly now: number;
  /** More lines between the view and the command to type: what happened last, or what a lab's users see. */
  readonly footer?: readonly string[];
  /** Shows the gate's numbers beside their bounds. */
  readonly hasFigures?: boolean;
}

/** A terminal that is redrawn, and what may fill it up. */
export interface FittedOptions extends Omit<ViewOptions, 'footer' | 'hasFigures'> {
  readonly rows: number;
  /** The last events as lines of a log, oldest first; as many as there is room for are shown. */
  readonly recent: readonly string[];
}

/** The view for a terminal of so many rows: where they are few, the events go first and the gate's numbers next. */
export function fittedStatus(status: Status, { rows, recent, ...options }: FittedOptions): string[] {
  const whole = statusView(status, { ...options, hasFigures: true });
  const lines = whole.length > rows ? statusView(status, options) : whole;
  // An empty line sets the events apart.
  const room = Math.min(recent.length, rows - lines.length - 1);
  if (room < 1) return lines;
  return statusView(status, { ...options, hasFigures: lines === whole, footer: recent.slice(-room) });
}

/**
 * Where a migration is, for a person who sees it for the first time: what moves, what it is doing and why, the stages, the share
 * that is set beside the share that name servers hand out, both sides' health, and what to type next. No line is wider than
 * the terminal, and every glyph has its word, so nothing is lost without colour.
 */
export function statusView(status: Status, options: ViewOptions): string[] {
  const { columns, hasColor, now } = options;
  const safe = safeCopy(status);
  const blocks: Line[][] = [
    headerLines(safe, columns),
    progressLines(safe, columns, now),
    differenceLines(safe, columns),
    stageLines(safe, now),
    [
      ...trafficLines(safe, columns, now),
      ...beforePutBackLines(safe, columns),
      ...healthLines(safe, columns, now),
      ...failoverLines(safe, columns, now),
    ],
    options.hasFigures === true ? gateFigureLines(safe, columns) : [],
    [...remainsLines(safe, columns, now), ...unseenLines(safe, columns)],
    movedLines(safe, columns),
    planFileLines(safe, columns),
    rollbackLines(safe, now),
    footerLines(options.footer ?? [], columns),
    commandLines(safe, columns, now),
  ];
  return blocks
    .filter((block) => block.length > 0)
    .flatMap((block, index) => (index === 0 ? block : [[], ...block]))
    .map((line) => renderLine(line, columns, hasColor));
}

/** An event keeps to one line, so that the view does not jump as events come; its whole text stands in the history. */
const datedLine = /^\d{4}-\d\d-\d\d /;

function footerLines(footer: readonly string[], columns: number): Line[] {
  const lines = footer.map(safeAligned);
  const start = lines.findIndex((line) => line !== '');
  if (start < 0) return [];
  const end = lines.findLastIndex((line) => line !== '') + 1;
  return lines
    .slice(start, end)
    .flatMap((line) => (datedLine.test(line) ? [[span(line)]] : goingOn(line, columns)));
}

/** What is too long for one line goes on beside the labels. */
function goingOn(text: string, columns: number): Line[] {
  if (displayWidth(text) <= columns) return [[span(text)]];
  const [first = ''] = fold(text, columns, Infinity);
  return [[span(first)], ...foldedRow('', text.slice(first.length).trimStart(), columns, 1)];
}

function commandLines(status: Status, columns: number, now: number): Line[] {
  return nextCommands(status, now).flatMap(({ purpose, command }): Line[] => {
    const oneLine = row(purpose, span(command, 'strong'));
    const isWide = displayWidth(oneLine.map(({ text }) => text).join('')) > columns;
    return isWide || displayWidth(purpose) >= labelColumns
      ? [[span(purpose, 'dim')], [span(command, 'strong')]]
      : [oneLine];
  });
}
