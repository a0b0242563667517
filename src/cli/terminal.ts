/** Where a verb writes. Results go to stdout, everything else to stderr, so that `-o json` output is never mixed with talk. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** True when stdout is a terminal a person looks at. */
  readonly isInteractive: boolean;
  /** True when a question can be asked and answered. */
  readonly canAsk: boolean;
  readonly hasColor: boolean;
  /** Columns of the terminal as it is now; 80 where there is none. */
  readonly columns: () => number;
  readonly rows: () => number;
}

/** The process's own streams. Colours only on a terminal, and never with NO_COLOR or TERM=dumb (no-color.org). */
export function processTerminal(): Terminal {
  const { stdout, stderr, stdin, env } = process;
  const isInteractive = stdout.isTTY;
  const noColor = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    isInteractive,
    canAsk: isInteractive && stdin.isTTY,
    hasColor: isInteractive && !noColor,
    columns: () => (isInteractive ? stdout.columns : 80),
    rows: () => (isInteractive ? stdout.rows : 24),
  };
}
