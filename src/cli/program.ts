import { Command, CommanderError } from 'commander';
import { StoreError } from '../compose/store.js';
import { readSettings, type Config } from '../config.js';
import { safeText } from '../core/safe-text.js';
import type { CommandContext } from './command-context.js';
import { CommandFailure } from './command-failure.js';
import { noConfigFile, noConfigFileBecause, readConfigFile, type ConfigFile } from './config-file.js';
import { exitCode, exitCodeOfFailure } from './exit-code.js';
import { failureLines, problemLine } from './failure-report.js';
import { addManual, manualPage, wordsOf } from './manual/manual.js';
import { exitCodeText } from './manual/manual-page.js';
import { troubleFor } from './setting-trouble.js';
import { processSurroundings } from './surroundings.js';
import { foldingTerminal, processTerminal, quietTerminal, textTerminal, type Terminal } from './terminal.js';
import { addHelpers } from './verbs/helper-verbs.js';
import type { Lazy } from './verbs/lazy.js';
import { addMigrationVerbs } from './verbs/migration-verbs.js';
import { addOperatorVerbs } from './verbs/operator-verbs.js';
import { addReadingVerbs } from './verbs/reading-verbs.js';
import { packageVersion } from './version.js';

/**
 * Runs one verb and resolves with its exit code. The table of verbs below is the manual; each is loaded only when it is run.
 *
 * @param streams where it writes, in place of the process's own; whatever a verb writes, nothing but text and our own views' sequences
 * reaches them
 */
export async function run(args: readonly string[], signal: AbortSignal, streams?: Terminal): Promise<number> {
  const file = await readConfigFile(process.env, processSurroundings).catch(noConfigFileBecause);
  // As if the shell had set them, so that the AWS SDK and whoever looks for colour see them too.
  for (const { variable, value } of file.settings) process.env[variable] = value;
  const terminal = textTerminal(streams ?? processTerminal());
  let code: number = exitCode.done;
  try {
    const runVerb: RunVerb = async (config, terminal, verb) => {
      code = await verb({ config, terminal, signal });
    };
    const program = commandTable(terminal, runVerb, file);
    await program.parseAsync(withHelpLast(args), { from: 'user' });
    return code;
  } catch (error) {
    return reportError(error, terminal, signal);
  }
}

/** `help policy show` as `policy show --help`: commander's own verb for it knows one word only. */
function withHelpLast(args: readonly string[]): readonly string[] {
  const [first, ...words] = args;
  return first === 'help' && words.length > 0 ? [...words, '--help'] : args;
}

type Verb = (context: CommandContext) => Promise<number>;
type RunVerb = (config: Config, terminal: Terminal, verb: Verb) => Promise<void>;

/** Every verb with its options, for the tests of the table and for completion. */
export function commandTable(terminal: Terminal, runVerb: RunVerb, file: ConfigFile = noConfigFile): Command {
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
      const command = args.at(-1) as Command;
      const verb = await load();
      const config = configOf(program, wordsOf(command), terminal, file);
      takeDefaultOutput(command, config);
      const own = ownTerminal(program, terminal, command);
      await runVerb(config, own, (context) => verb(context, ...(args as never[])));
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

/** The terminal as this verb may use it. */
function ownTerminal(program: Command, terminal: Terminal, command: Command): Terminal {
  const isJson = command.opts<{ output?: unknown }>().output === 'json';
  const own = isJson || isDocument(command) ? terminal : foldingTerminal(terminal);
  return program.opts<{ quiet?: boolean }>().quiet === true
    ? quietTerminal(own, isReading(command) || isJson)
    : own;
}

function isReading(command: Command): boolean {
  return manualPage(wordsOf(command))?.isReading === true;
}

/** Where a reading verb was told no form. One that prints a document keeps to it: it may be on its way into a file. */
function takeDefaultOutput(command: Command, { output }: Config): void {
  if (!isReading(command) || isDocument(command)) return;
  if (command.getOptionValueSource('output') === 'default') command.setOptionValue('output', output);
}

function isDocument(command: Command): boolean {
  return manualPage(wordsOf(command))?.isDocument === true;
}

function configOf(program: Command, verb: string, terminal: Terminal, file: ConfigFile): Config {
  const flags = program.opts<{ stateDir?: string }>();
  const { config, problems } = readSettings(process.env, flags, processSurroundings(), file.settings);
  const all = [...file.problems.map((problem) => ({ ...problem, setting: 'SHIFT_CONFIG' })), ...problems];
  const stopping = all.filter((problem) => troubleFor(verb, problem) === 'stop');
  if (stopping.length > 0) throw new CommandFailure({ reason: 'invalid-input', problems: stopping });
  for (const problem of all.filter((one) => troubleFor(verb, one) === 'warn'))
    terminal.err(safeText(`shiftctl: warning: ${problemLine(problem)} (passed over)`, maxLineLength));
  return config;
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
    const isRefusal = error.reason === 'missing' || error.reason === 'permissions';
    return isRefusal ? exitCode.refused : exitCode.internal;
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
