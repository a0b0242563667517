import { run } from '../../src/cli/program.js';
import type { Terminal } from '../../src/cli/terminal.js';

/** What a verb wrote, and its exit code. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What is different about the terminal, which otherwise is a pipe of 80 columns. */
export interface ScreenOptions {
  readonly isInteractive?: boolean;
  readonly canAsk?: boolean;
  readonly hasColor?: boolean;
  readonly columns?: number;
  /** Makes standard error a terminal of so many columns as well. */
  readonly errorColumns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Hears of each piece of standard output; may end the run by the signal, as a closed pipe does. */
  readonly onOut?: (text: string, stop: AbortController) => void;
}

/** The variables of the environment that this program, the AWS SDK and the Heroku client read. */
const read = /^(?:AWS_|SHIFT_|HEROKU_|XDG_|NO_COLOR|FORCE_COLOR|NETRC|HOME$)/;

/** Runs a whole line in this process, as the shell would, with these variables and none of this machine's. */
export async function typed(args: readonly string[], options: ScreenOptions = {}): Promise<Said> {
  const said = { out: '', err: '' };
  const stop = new AbortController();
  const terminal: Terminal = {
    out: (text) => {
      said.out += `${text}\n`;
      options.onOut?.(text, stop);
    },
    err: (text) => void (said.err += `${text}\n`),
    isInteractive: options.isInteractive ?? false,
    canAsk: options.canAsk ?? false,
    hasColor: options.hasColor ?? false,
    columns: () => options.columns ?? 80,
    rows: () => 40,
    errorColumns: () => options.errorColumns ?? null,
  };
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (read.test(name)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', ...options.env });
  try {
    const code = await run(args, stop.signal, terminal);
    return { code, ...said };
  } finally {
    for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  }
}
