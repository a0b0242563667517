import { fragment, join, type Markup } from './markup.js';
import { timeLabel, timeTicks } from './scale.js';

/** A line over time; where nothing is known it is broken, because unknown is not zero. */
export interface ChartLine {
  readonly name: string;
  /** Names the colour and the stroke in the page's style. */
  readonly kind: 'set' | 'measured' | 'source' | 'target';
  readonly points: readonly { readonly at: number; readonly percent: number | null }[];
  /** The value holds until the next point, instead of changing evenly. */
  readonly isStep: boolean;
}

export interface Chart {
  /** For those who cannot see it. */
  readonly title: string;
  readonly from: number;
  readonly to: number;
  /** The end of the axis, in percent. */
  readonly top: number;
  readonly lines: readonly ChartLine[];
  /** Moments with a word, such as the writes. */
  readonly marks: readonly { readonly at: number; readonly label: string }[];
}

const width = 860;
const height = 240;
const left = 56;
const right = 824;
const upper = 26;
const lower = 206;

/** Marks closer to each other than this have no room for their words. */
const labelWidth = 34;

/** A line chart as one SVG element: no script, no style of its own, everything placed by numbers. */
export function chart({ title, from, to, top, lines, marks }: Chart): Markup {
  const spanMs = Math.max(1, to - from);
  const x = (at: number): number =>
    left + ((right - left) * Math.min(spanMs, Math.max(0, at - from))) / spanMs;
  const y = (percent: number): number =>
    lower - ((lower - upper) * Math.min(top, Math.max(0, percent))) / top;
  const levels = [0, 0.25, 0.5, 0.75, 1].map((part) => part * top);
  const parts = [
    ...levels.map((level) => levelLine(level, y(level))),
    ...timeTicks(from, to).map((at) => tick(x(at), timeLabel(at, spanMs))),
    ...markLines(marks.map(({ at, label }) => ({ x: x(at), label }))),
    ...lines.map(({ kind, points, isStep }) => {
      const places = points.map(({ at, percent }) => ({ x: x(at), y: percent === null ? null : y(percent) }));
      return fragment`<path class="line ${kind}" d="${path(places, isStep)}"/>`;
    }),
  ];
  return fragment`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<title>${title}</title>
${join(parts)}
</svg>`;
}

function tick(x: number, label: string): Markup {
  return fragment`<text class="tick" x="${place(x)}" y="${lower + 18}" text-anchor="middle">${label}</text>`;
}

function levelLine(level: number, y: number): Markup {
  const label = `${Number(level.toFixed(3))}%`;
  const line = fragment`<line class="grid" x1="${left}" x2="${right}" y1="${place(y)}" y2="${place(y)}"/>`;
  return fragment`${line}<text class="tick" x="${left - 8}" y="${place(y + 4)}" text-anchor="end">${label}</text>`;
}

function markLines(marks: readonly { readonly x: number; readonly label: string }[]): Markup[] {
  let labelled = -Infinity;
  return marks.map(({ x, label }) => {
    const hasRoom = x - labelled >= labelWidth;
    if (hasRoom) labelled = x;
    const text = hasRoom
      ? fragment`<text class="mark" x="${place(x)}" y="${upper - 10}" text-anchor="middle">${label}</text>`
      : fragment``;
    const at = place(x);
    return fragment`<line class="mark" x1="${at}" x2="${at}" y1="${upper - 5}" y2="${lower}"/>${text}`;
  });
}

/** A point between two gaps becomes a line of no length, which round ends make a dot. */
function path(points: readonly { readonly x: number; readonly y: number | null }[], isStep: boolean): string {
  let last: { x: number; y: number } | null = null;
  const commands: string[] = [];
  for (const { x, y } of points) {
    if (y === null) {
      if (last !== null && isStep) commands.push(`H${place(x)}`);
      last = null;
      continue;
    }
    if (last === null) commands.push(`M${place(x)} ${place(y)}h0`);
    else commands.push(isStep ? `H${place(x)}V${place(y)}` : `L${place(x)} ${place(y)}`);
    last = { x, y };
  }
  return commands.join('');
}

function place(pixels: number): string {
  return String(Number(pixels.toFixed(1)));
}
