import { isatty } from 'node:tty';
import { onlyText, type Controls } from './render/only-text.js';
import { wrapped } from './render/wrapped.js';

/** Where a verb writes. Results go to stdout, everything else to stderr, so that `-o json` output is never mixed with talk. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** True when stdout is a terminal a person looks at. */
  readonly isInteractive: boolean;
  /** True when a question can be asked and answered. */
  readonly canAsk: boolean;
  readonly hasColor: boolean;
  /** With `--quiet`: nobody wants to be told what goes on. */
  readonly isQuiet?: boolean;
  /** Columns of the terminal as it is now; 80 where there is none. */
  readonly columns: () => number;
  readonly rows: () => number;
  /** Columns of the terminal behind stderr; null or absent where that goes elsewhere. */
  readonly errorColumns?: () => number | null;
}

/** The part of the environment that decides about colour. */
type ColorVariables = Readonly<Record<string, string | undefined>>;

/** The process's own streams. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const isInteractive = stdout.isTTY;
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    isInteractive,
    canAsk: isInteractive && isatty(0),
    hasColor: wantsColor(env, isInteractive),
    columns: () => (isInteractive ? stdout.columns : 80),
    rows: () => (isInteractive ? stdout.rows : 24),
    errorColumns: () => (stderr.isTTY ? stderr.columns : null),
  };
}

/**
 * Colours on a terminal, and elsewhere with FORCE_COLOR (force-color.org; 0 and false turn it off as many programs have it). Never
 * with NO_COLOR, which counts more, or TERM=dumb (no-color.org). An empty variable counts as unset.
 */
export function wantsColor(env: ColorVariables, isInteractive: boolean): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const force = env['FORCE_COLOR'] ?? '';
  if (force !== '') return force !== '0' && force !== 'false';
  return isInteractive && env['TERM'] !== 'dumb';
}

/** The same terminal, but whatever is written to it, nothing but text and the sequences of our own views arrives. */
export function textTerminal(terminal: Terminal): Terminal {
  const { isInteractive, hasColor } = terminal;
  const controls: Controls = isInteractive ? 'screen' : hasColor ? 'colour' : 'none';
  return {
    ...terminal,
    out: (text) => terminal.out(onlyText(text, controls)),
    err: (text) => {
      const columns = terminal.errorColumns?.() ?? Infinity;
      terminal.err(folded(onlyText(text, 'none'), columns));
    },
  };
}

/**
 * The same terminal for what people read: on a screen lines that are too long are broken between words, while a pipe gets them whole, so
 * that `grep` finds them. Documents, which go into files, and frames of a live view are not for this.
 */
export function foldingTerminal(terminal: Terminal): Terminal {
  if (!terminal.isInteractive) return terminal;
  const out: Terminal['out'] = (text) =>
    terminal.out(screenSequence.test(text) ? text : folded(text, terminal.columns()));
  return { ...terminal, out };
}

/** Every frame of a live view begins with one, and its lines fit already. */
const screenSequence = /^(?:\u001b\[\?25l\n*)?\u001b\[H/;

function folded(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrapped(line, columns))
    .join('\n');
}

/**
 * The same terminal for `--quiet`: a result that was asked for is printed, talk about a deed is not, nothing is drawn and nothing is
 * asked. What goes to stderr stays; talk there is left out by whoever writes it with `note`.
 */
export function quietTerminal(terminal: Terminal, hasResult: boolean): Terminal {
  const out: Terminal['out'] = hasResult ? (text) => terminal.out(text) : () => undefined;
  return { ...terminal, out, isInteractive: false, canAsk: false, isQuiet: true };
}

/** Tells on stderr what goes on, unless with `--quiet`. Errors and warnings are not told this way. */
export function note(terminal: Terminal, text: string): void {
  if (terminal.isQuiet !== true) terminal.err(text);
}
