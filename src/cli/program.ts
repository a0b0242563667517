import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { Command, CommanderError } from 'commander';
import { StoreError } from '../compose/store.js';
import { readConfig, type Config } from '../config.js';
import type { CommandContext } from './command-context.js';
import { CommandFailure, validOrFail } from './command-failure.js';
import { exitCode, exitCodeOfFailure } from './exit-code.js';
import { failureLines } from './failure-report.js';
import { processTerminal, type Terminal } from './terminal.js';
import { addHelpers } from './verbs/helper-verbs.js';
import type { Lazy } from './verbs/lazy.js';
import { addMigrationVerbs } from './verbs/migration-verbs.js';
import { addOperatorVerbs } from './verbs/operator-verbs.js';
import { addReadingVerbs } from './verbs/reading-verbs.js';
import { packageVersion } from './version.js';

/** Runs one verb and resolves with its exit code. The table of verbs below is the manual; each is loaded only when it is run. */
export async function run(args: readonly string[], signal: AbortSignal): Promise<number> {
  const terminal = processTerminal();
  let code: number = exitCode.done;
  try {
    const program = commandTable(async (config, verb) => {
      code = await verb({ config, terminal, signal });
    });
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return reportError(error, terminal, signal);
  }
}

type Verb = (context: CommandContext) => Promise<number>;
type RunVerb = (config: Config, verb: Verb) => Promise<void>;

const exitCodeHelp = `
Exit codes: 0 done, 1 internal error, 2 invalid input, 3 a check refused, 4 rolled back, 5 waits for a person,
6 conflict (drift or fenced), 7 provider unavailable, 8 interrupted and resumable. 4 to 6 are told by start --watch and demo,
and by tick and status with --exit-code.`;

function commandTable(runVerb: RunVerb): Command {
  const program = new Command('shiftctl')
    .description('Moves a live hostname between Heroku and AWS in stages, with automatic rollback.')
    .version(packageVersion(), '-V, --version')
    .option(
      '--state-dir <directory>',
      'where the journal lives (default: SHIFT_STATE_DIR, the nearest state/, or the XDG state directory)',
    )
    .addHelpText('after', exitCodeHelp)
    .showHelpAfterError('(shiftctl --help lists the verbs)')
    .exitOverride();
  const lazy: Lazy =
    (load) =>
    async (...args) => {
      const verb = await load();
      await runVerb(configOf(program), (context) => verb(context, ...(args as never[])));
    };
  addMigrationVerbs(program, lazy);
  addReadingVerbs(program, lazy);
  addOperatorVerbs(program, lazy);
  addHelpers(program, lazy);
  for (const command of program.commands) command.exitOverride();
  return program;
}

function configOf(program: Command): Config {
  const flags = program.opts<{ stateDir?: string }>();
  const surroundings = { workingDirectory: process.cwd(), homeDirectory: homedir(), fileExists: existsSync };
  return validOrFail(readConfig(process.env, flags, surroundings));
}

/** The one place where an error becomes text and an exit code. */
function reportError(error: unknown, terminal: Terminal, signal: AbortSignal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.invalidInput;
  if (error instanceof CommandFailure) {
    for (const line of failureLines(error.failure)) terminal.err(`shiftctl: ${line}`);
    return exitCodeOfFailure(error.failure);
  }
  if (error instanceof StoreError) {
    terminal.err(`shiftctl: ${error.message}`);
    terminal.err(`shiftctl: what to do: ${error.fix}`);
    return error.reason === 'missing' ? exitCode.refused : exitCode.internal;
  }
  if (signal.aborted) {
    terminal.err('shiftctl: interrupted; nothing is lost, run the same verb again or: shiftctl tick');
    return exitCode.interrupted;
  }
  const text =
    error instanceof Error
      ? process.env['SHIFT_DEBUG'] === '1'
        ? error.stack
        : error.message
      : String(error);
  terminal.err(`shiftctl: ${text ?? 'unknown error'}`);
  return exitCode.internal;
}
