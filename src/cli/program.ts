import { Command, CommanderError } from 'commander';
import { StoreError } from '../compose/store.js';
import { readConfig, type Config } from '../config.js';
import { safeText } from '../core/safe-text.js';
import type { CommandContext } from './command-context.js';
import { CommandFailure, validOrFail } from './command-failure.js';
import { exitCode, exitCodeOfFailure } from './exit-code.js';
import { failureLines } from './failure-report.js';
import { addManual, manualPage, wordsOf } from './manual/manual.js';
import { exitCodeText } from './manual/manual-page.js';
import { processSurroundings } from './surroundings.js';
import { processTerminal, quietTerminal, textTerminal, type Terminal } from './terminal.js';
import { addHelpers } from './verbs/helper-verbs.js';
import type { Lazy } from './verbs/lazy.js';
import { addMigrationVerbs } from './verbs/migration-verbs.js';
import { addOperatorVerbs } from './verbs/operator-verbs.js';
import { addReadingVerbs } from './verbs/reading-verbs.js';
import { packageVersion } from './version.js';

/**
 * Runs one verb and resolves with its exit code. The table of verbs below is the manual; each is loaded only when it is run.
 *
 * @param streams where it writes; whatever a verb writes, nothing but text and our own views' sequences reaches them
 */
export async function run(
  args: readonly string[],
  signal: AbortSignal,
  streams: Terminal = processTerminal(),
): Promise<number> {
  const terminal = textTerminal(streams);
  let code: number = exitCode.done;
  try {
    const program = commandTable(terminal, async (config, terminal, verb) => {
      code = await verb({ config, terminal, signal });
    });
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return reportError(error, terminal, signal);
  }
}

type Verb = (context: CommandContext) => Promise<number>;
type RunVerb = (config: Config, terminal: Terminal, verb: Verb) => Promise<void>;

/** Every verb with its options, for the tests of the table and for completion. */
export function commandTable(terminal: Terminal, runVerb: RunVerb): Command {
  const program = new Command('shiftctl')
    .description('Moves a live hostname between Heroku and AWS in stages, with automatic rollback.')
    .version(packageVersion(), '-V, --version')
    .option(
      '--state-dir <directory>',
      'where the journal lives (default: SHIFT_STATE_DIR, the nearest state/, or the XDG state directory)',
    )
    .option('-q, --quiet', 'print only what was asked for; errors stay on stderr')
    .addHelpText('after', exitCodeText)
    .showHelpAfterError('(shiftctl --help lists the verbs)')
    .configureOutput({
      writeOut: (text) => terminal.out(text.replace(/\n$/, '')),
      writeErr: (text) => terminal.err(text.replace(/\n$/, '')),
      // One line, whatever was typed; it is repeated in the message.
      outputError: (text, write) => write(safeText(text, maxLineLength)),
      getOutHelpWidth: () => helpColumns,
      getErrHelpWidth: () => helpColumns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
  const lazy: Lazy =
    (load) =>
    async (...args) => {
      const own = ownTerminal(program, terminal, args);
      const verb = await load();
      await runVerb(configOf(program), own, (context) => verb(context, ...(args as never[])));
    };
  addMigrationVerbs(program, lazy);
  addReadingVerbs(program, lazy);
  addOperatorVerbs(program, lazy);
  addHelpers(program, lazy);
  addManual(program);
  return program;
}

/** Longer lines of an error are cut. */
const maxLineLength = 1_000;

/** Help is as wide everywhere, so that a ticket can quote it. */
const helpColumns = 80;

/** The terminal as this verb may use it; commander hands over the options and the command last. */
function ownTerminal(program: Command, terminal: Terminal, args: readonly unknown[]): Terminal {
  if (program.opts<{ quiet?: boolean }>().quiet !== true) return terminal;
  const [options, command] = args.slice(-2) as [{ output?: unknown }, Command];
  const isReading = manualPage(wordsOf(command))?.isReading === true;
  return quietTerminal(terminal, isReading || options.output === 'json');
}

function configOf(program: Command): Config {
  const flags = program.opts<{ stateDir?: string }>();
  return validOrFail(readConfig(process.env, flags, processSurroundings()));
}

/** The one place where an error becomes text and an exit code. */
function reportError(error: unknown, terminal: Terminal, signal: AbortSignal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.invalidInput;
  if (error instanceof CommandFailure) {
    for (const line of failureLines(error.failure)) terminal.err(`shiftctl: ${line}`);
    return exitCodeOfFailure(error.failure);
  }
  if (error instanceof StoreError) {
    terminal.err(`shiftctl: ${safeText(error.message, maxLineLength)}`);
    terminal.err(`shiftctl: what to do: ${safeText(error.fix, maxLineLength)}`);
    if (error.reason === 'taken') return exitCode.conflict;
    return error.reason === 'missing' ? exitCode.refused : exitCode.internal;
  }
  if (signal.aborted) {
    terminal.err('shiftctl: interrupted; nothing is lost, run the same verb again or: shiftctl tick');
    return exitCode.interrupted;
  }
  if (error instanceof Error && process.env['SHIFT_DEBUG'] === '1') terminal.err(error.stack ?? error.name);
  const text = error instanceof Error ? error.message : String(error);
  terminal.err(`shiftctl: ${safeText(text, maxLineLength) || 'unknown error'}`);
  return exitCode.internal;
}
