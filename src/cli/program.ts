import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { Command, CommanderError, Option } from 'commander';
import { StoreError } from '../compose.js';
import { readConfig, type Config } from '../config.js';
import type { CommandContext } from './command-context.js';
import { CommandFailure, validOrFail } from './command-failure.js';
import { exitCode, exitCodeOfFailure } from './exit-code.js';
import { failureLines } from './failure-report.js';
import { processTerminal, type Terminal } from './terminal.js';
import { packageVersion } from './version.js';

/** Runs one verb and resolves with its exit code. The table of verbs below is the manual; each is loaded only when it is run. */
export async function run(args: readonly string[], signal: AbortSignal): Promise<number> {
  const terminal = processTerminal();
  let code: number = exitCode.done;
  const program = commandTable(async (config, verb) => {
    code = await verb({ config, terminal, signal });
  });
  try {
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

/**
 * The action of a verb whose module is loaded only when it runs. What commander hands over is typed by the options declared in
 * this table and nowhere else, so the table must agree with the verb's parameters.
 */
type Lazy = (
  load: () => Promise<(context: CommandContext, ...args: never[]) => Promise<number>>,
) => (...args: unknown[]) => Promise<void>;

function addMigrationVerbs(program: Command, lazy: Lazy): void {
  const request = (command: Command): Command =>
    command
      .argument('[host]', 'the live host name, for example www.example.com')
      .option('--from <side>', 'what it points at now: heroku:<app> or aws:<dns name>')
      .option('--to <side>', 'what it shall point at: heroku:<app> or aws:<dns name>')
      .option('-f, --file <migration.yaml>', 'a migration file instead of host, --from and --to')
      .option('--policy <name|file>', 'standard, cautious, fast, lab or a policy file')
      .option('--zone <id>', 'the hosted zone, when several have the same name')
      .option('--source-endpoint <dns name>', 'confirms a record that points elsewhere than --from')
      .option('--load-balancer <arn>', 'where requests to the AWS side are counted, when it is not found')
      .option('--target-group <arn>', 'the target group that serves this host alone');
  request(program.command('plan'))
    .description('show everything that would happen; writes nothing')
    .addOption(outputOption())
    .action(lazy(async () => (await import('./commands/plan.js')).plan));
  request(program.command('preflight'))
    .description('check everything that can be checked without writing')
    .addOption(outputOption())
    .action(lazy(async () => (await import('./commands/preflight.js')).preflight));
  request(program.command('simulate'))
    .description("try the gate on the source's own past, healthy and with faults planted; writes nothing")
    .option('--history [file]', 'the past: from the metrics of the source, or from a CSV or JSON file')
    .option('--last <duration>', 'how much of the past is read from the metrics', '24h')
    .option('--runs <number>', 'simulated migrations in each row', '200')
    .option('--seed <text>', 'for the same draws again', '1')
    .addOption(outputOption())
    .action(lazy(async () => (await import('./commands/simulate.js')).simulate));
  request(program.command('start'))
    .description('begin a migration: asks before it writes')
    .option('-y, --yes', 'do not ask')
    .option('--watch', 'stay, drive it to its end and show it')
    .addOption(outputOption())
    .action(lazy(async () => (await import('./commands/start.js')).start));
  program
    .command('tick')
    .description('one step of every live migration, or of one; for cron and other schedulers')
    .argument('[host]', 'a host or migration id')
    .option('--all', 'every live migration (the default without a host)')
    .option('--exit-code', 'tell the state by the exit code')
    .action(lazy(async () => (await import('./commands/tick.js')).tick));
  program
    .command('daemon')
    .description('drive every live migration until stopped')
    .action(lazy(async () => (await import('./commands/daemon.js')).daemon));
}

function addReadingVerbs(program: Command, lazy: Lazy): void {
  program
    .command('status')
    .description('where a migration is, why, and what comes next')
    .argument('[host]', 'a host or migration id')
    .option('--watch', 'stay and redraw')
    .option('--why', 'every number behind the verdict')
    .option('--exit-code', 'tell the state by the exit code')
    .addOption(outputOption())
    .action(lazy(async () => (await import('./commands/status.js')).status));
  program
    .command('list')
    .description('every migration in this state directory')
    .addOption(outputOption())
    .action(lazy(async () => (await import('./commands/list.js')).list));
  program
    .command('history')
    .description('what happened, in order, with the reasons')
    .argument('[host]', 'a host or migration id')
    .option('--verify', 'check the hash chain of the journal')
    .addOption(outputOption())
    .action(lazy(async () => (await import('./commands/history.js')).history));
}

function addOperatorVerbs(program: Command, lazy: Lazy): void {
  const operator = (command: Command): Command =>
    command.argument('[host]', 'a host or migration id').option('--reason <why>', 'recorded in the history');
  operator(program.command('pause'))
    .description('stop advancing; the guard keeps watching and can still roll back')
    .action(lazy(async () => (await import('./commands/pause.js')).pause));
  operator(program.command('resume'))
    .description('go on after a pause, or after the gate asked')
    .action(lazy(async () => (await import('./commands/resume.js')).resume));
  operator(program.command('approve'))
    .description('leave this stage although the gate asked; the guard keeps watching')
    .action(lazy(async () => (await import('./commands/approve.js')).approve));
  operator(program.command('rollback'))
    .description('everything back to the source, now')
    .option('--no-wait', 'return once Route 53 has accepted, without waiting for the name servers')
    .option(
      '--no-state',
      'from the zone and its markers alone, when there is no journal (also done when it does not open)',
    )
    .option('--to <dns name>', 'with --no-state: the old side, when the zone does not tell it any more')
    .option('--only', 'with --no-state: this host, not the others that moved with it')
    .option('--zone <id>', 'with --no-state: the hosted zone, when several have the same name')
    .action(lazy(async () => (await import('./commands/rollback.js')).rollback));
}

function addHelpers(program: Command, lazy: Lazy): void {
  const policy = program.command('policy').description('look at policies').exitOverride();
  policy
    .command('validate')
    .description('check a policy or migration file; all problems at once')
    .argument('<file>', 'a policy or migration file, or the name of a built-in policy')
    .action(lazy(async () => (await import('./commands/policy-validate.js')).policyValidate))
    .exitOverride();
  program
    .command('shell-init')
    .description('print what makes a literal `shift start` work at the prompt; eval it in the rc file')
    .argument('<shell>', 'bash or zsh')
    .action(lazy(async () => (await import('./commands/shell-init.js')).printShellInit));
  const lab = program
    .command('lab')
    .description('a Route 53, DNS, Heroku and AWS on loopback to try everything against')
    .exitOverride();
  const scenario = (): Option => new Option('--scenario <name>', 'what goes wrong in it').default('healthy');
  lab
    .command('run', { isDefault: true })
    .description('serve the lab until stopped')
    .addOption(scenario())
    .addOption(
      new Option('--direction <direction>')
        .choices(['heroku-to-aws', 'aws-to-heroku'])
        .default('heroku-to-aws'),
    )
    .option('--seed <number>', 'for the same weighted draws again')
    .action(lazy(async () => (await import('./commands/lab.js')).runLab))
    .exitOverride();
  lab
    .command('env')
    .description('print the settings for a second terminal: eval "$(shiftctl lab env)"')
    .option('--shell <shell>', 'bash, zsh or sh', 'sh')
    .action(lazy(async () => (await import('./commands/lab.js')).printLabEnvironment))
    .exitOverride();
  program
    .command('demo')
    .description('a whole migration against the lab in about a minute')
    .addOption(scenario())
    .option('--seed <number>', 'for the same weighted draws again')
    .action(lazy(async () => (await import('./commands/demo.js')).demo));
}

function outputOption(): Option {
  return new Option('-o, --output <format>', 'text or json').choices(['text', 'json']).default('text');
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
