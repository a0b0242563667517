import type { Terminal } from '../terminal.js';

const cursorHome = '\u001b[H';
const clearToEnd = '\u001b[J';
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';

/**
 * Draws a view in place again and again. What stood on the terminal before scrolls up and stays readable; the last frame stays
 * when the screen is disposed of. On anything but a terminal it writes nothing: a log wants events, not frames.
 */
export class LiveScreen implements Disposable {
  private readonly terminal: Terminal;
  private frame: readonly string[] = [];
  private size = '';
  private isOpen = false;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** Shows these lines, none wider than the terminal. Writes only when they or the terminal's size differ from what stands there. */
  draw(lines: readonly string[]): void {
    const size = `${this.terminal.columns()}x${this.terminal.rows()}`;
    if (!this.terminal.isInteractive || (size === this.size && sameLines(lines, this.frame))) return;
    this.size = size;
    const opening = this.isOpen ? '' : hideCursor + '\n'.repeat(this.terminal.rows() - 1);
    this.isOpen = true;
    this.frame = [...lines];
    // The newline after the last line must not scroll, so one row stays free.
    this.terminal.out(opening + inPlace(cropRows(lines, this.terminal.rows() - 1)));
  }

  /** Leaves the last frame, now uncropped, and gives the cursor back. */
  [Symbol.dispose](): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.terminal.out(inPlace(this.frame) + showCursor);
  }
}

/** One piece of output, so that the terminal never shows the cleared screen between two frames. */
function inPlace(lines: readonly string[]): string {
  return cursorHome + clearToEnd + lines.join('\n');
}

/** The beginning, and the last line, because it says what to type. */
function cropRows(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  if (rows < 3) return lines.slice(0, Math.max(0, rows));
  const head = lines.slice(0, rows - 2);
  return [...head, `… ${lines.length - head.length - 1} more lines`, ...lines.slice(-1)];
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}
