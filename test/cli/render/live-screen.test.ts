import { expect, test } from 'vitest';
import { LiveScreen } from '../../../src/cli/render/live-screen.js';
import type { Terminal } from '../../../src/cli/terminal.js';

/** As much of a terminal as the live screen needs: what a person sees, and what has scrolled away. */
class FakeTerminal implements Terminal {
  readonly isInteractive: boolean;
  readonly canAsk = false;
  readonly hasColor = false;
  readonly scrolledAway: string[] = [];
  screen: string[];
  isCursorShown = true;
  written = 0;
  private at: { row: number; column: number } = { row: 0, column: 0 };

  constructor(rows: number, isInteractive = true) {
    this.isInteractive = isInteractive;
    this.screen = Array.from({ length: rows }, () => '');
  }

  readonly columns = (): number => 80;
  readonly rows = (): number => this.screen.length;

  out(text: string): void {
    this.written += 1;
    for (const [part] of `${text}\n`.matchAll(/\u001b\[[?\d]*[A-Za-z]|[\s\S]/gu)) this.put(part);
  }

  err(): void {
    throw new Error('the live screen writes to stdout');
  }

  visible(): string {
    return this.screen.join('\n').trimEnd();
  }

  private put(part: string): void {
    const { row, column } = this.at;
    if (part === '\u001b[H') this.at = { row: 0, column: 0 };
    else if (part === '\u001b[J') {
      this.screen = this.screen.map((line, index) =>
        index < row ? line : index === row ? line.slice(0, column) : '',
      );
    } else if (part === '\u001b[?25l') this.isCursorShown = false;
    else if (part === '\u001b[?25h') this.isCursorShown = true;
    else if (part === '\n') this.feed();
    else if (part.startsWith('\u001b')) throw new Error(`unknown sequence ${JSON.stringify(part)}`);
    else {
      this.screen[row] = (this.screen[row] ?? '').slice(0, column) + part;
      this.at = { row, column: column + 1 };
    }
  }

  private feed(): void {
    if (this.at.row < this.screen.length - 1) this.at = { row: this.at.row + 1, column: 0 };
    else {
      this.scrolledAway.push(this.screen.shift() ?? '');
      this.screen.push('');
      this.at = { row: this.at.row, column: 0 };
    }
  }
}

test('frames replace each other in place, shorter ones too', () => {
  const terminal = new FakeTerminal(6);
  using screen = new LiveScreen(terminal);
  screen.draw(['one', 'two long', 'three']);
  expect(terminal.visible()).toBe('one\ntwo long\nthree');
  screen.draw(['ONE', 'TWO']);
  expect(terminal.visible()).toBe('ONE\nTWO');
  expect(terminal.scrolledAway).toEqual([]);
});

test('what stood there before scrolls up and is not overwritten', () => {
  const terminal = new FakeTerminal(4);
  terminal.out('the plan');
  using screen = new LiveScreen(terminal);
  screen.draw(['frame']);
  expect(terminal.visible()).toBe('frame');
  expect(terminal.scrolledAway).toEqual(['the plan']);
});

test('the cursor is hidden while it draws, and the last frame stays', () => {
  const terminal = new FakeTerminal(5);
  const screen = new LiveScreen(terminal);
  screen.draw(['first']);
  expect(terminal.isCursorShown).toBe(false);
  screen.draw(['last']);
  screen[Symbol.dispose]();
  expect(terminal.isCursorShown).toBe(true);
  expect(terminal.visible()).toBe('last');
  screen[Symbol.dispose]();
  terminal.out('after');
  expect(terminal.visible()).toBe('last\nafter');
});

test('a frame that has not changed is not written again', () => {
  const terminal = new FakeTerminal(5);
  using screen = new LiveScreen(terminal);
  screen.draw(['same']);
  const { written } = terminal;
  screen.draw(['same']);
  expect(terminal.written).toBe(written);
  screen.draw(['other']);
  expect(terminal.written).toBe(written + 1);
});

test('a frame too high keeps its beginning and its last line; the final one is whole', () => {
  const terminal = new FakeTerminal(6);
  const lines = ['1', '2', '3', '4', '5', '6', '7', 'roll back: shiftctl rollback'];
  {
    using screen = new LiveScreen(terminal);
    screen.draw(lines);
    expect(terminal.visible().split('\n')).toEqual([
      '1',
      '2',
      '3',
      '… 4 more lines',
      'roll back: shiftctl rollback',
    ]);
    expect(terminal.scrolledAway).toEqual([]);
  }
  expect([...terminal.scrolledAway, ...terminal.screen].filter((line) => line !== '')).toEqual(lines);
});

test('a terminal of very few rows is not scrolled either', () => {
  for (const rows of [1, 2, 3]) {
    const terminal = new FakeTerminal(rows);
    const screen = new LiveScreen(terminal);
    screen.draw(['1', '2', '3', '4']);
    expect(terminal.scrolledAway.filter((line) => line !== '')).toEqual([]);
    screen[Symbol.dispose]();
  }
});

test('nothing at all is written where no person looks, or when nothing was drawn', () => {
  const log = new FakeTerminal(5, false);
  {
    using screen = new LiveScreen(log);
    screen.draw(['frame']);
  }
  expect(log.written).toBe(0);
  const terminal = new FakeTerminal(5);
  new LiveScreen(terminal)[Symbol.dispose]();
  expect(terminal.written).toBe(0);
});

test('a terminal that has changed its size is drawn again, though nothing else has changed', () => {
  const terminal = new FakeTerminal(10);
  using screen = new LiveScreen(terminal);
  screen.draw(['phase', 'share']);
  terminal.screen = Array.from({ length: 6 }, () => 'what the terminal made of the lines');
  screen.draw(['phase', 'share']);
  expect(terminal.visible()).toBe('phase\nshare');
});
