import { withEarlierOriginals } from '../../compose/earlier-originals.js';
import { composeMigrations } from '../../compose/migrations.js';
import { composePlanner } from '../../compose/planner.js';
import { hasRunningDaemon } from '../../compose/running-daemon.js';
import { openStore } from '../../compose/store.js';
import { displayName } from '../../core/record-name.js';
import type { Check } from '../../engine/check.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { firstObjection } from '../clear-checks.js';
import { CommandFailure, invalidArgument, valueOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { readRequest, type RequestOptions } from '../migration-request.js';
import { provedOrInterrupted } from '../proved.js';
import { checkLines } from '../render/check-view.js';
import { planLines } from '../render/plan-view.js';
import { startQuestion } from '../render/start-question.js';
import { drive } from '../drive.js';
import { jsonText } from '../render/json-text.js';

export interface StartOptions extends RequestOptions {
  readonly yes?: boolean;
  readonly watch?: boolean;
  readonly output: OutputFormat;
}

/** Plans, checks, asks, and begins; with `--watch` stays until the migration has ended. Nothing is written before the answer, and a test record alone before the journal. */
export async function start(
  context: CommandContext,
  host: string | undefined,
  options: StartOptions,
): Promise<number> {
  const { config, terminal, signal } = context;
  const isText = options.output === 'text';
  const request = await readRequest(config, host, options);
  if (options.yes !== true && !terminal.canAsk) {
    throw invalidArgument(
      '--yes',
      'is needed where no question can be asked; read the plan first: the same line with plan',
    );
  }
  await using planner = await composePlanner(config);
  const planned = await withEarlierOriginals(config, valueOrFail(await planner.plan(request, signal)));
  if (isText) for (const line of planLines(planned)) terminal.out(line);
  const checks = await planner.check(planned, signal);
  if (isText) for (const line of ['', ...checkLines(checks, terminal.hasColor)]) terminal.out(line);
  stopIfRefused(checks);
  if (options.yes !== true && !(await confirm(startQuestion(planned, checks)))) {
    terminal.err('shiftctl: not started; nothing was written');
    return exitCode.refused;
  }
  const proof = await provedOrInterrupted(context, planner, planned);
  if (isText) for (const line of ['', ...checkLines([proof], terminal.hasColor)]) terminal.out(line);
  stopIfRefused([proof]);
  // Whoever has gone while the proof was made has not seen that anything begins.
  signal.throwIfAborted();
  await using store = await openStore(config, false);
  const log = { warn: (line: string) => terminal.err(`shiftctl: ${line}`) };
  await using migrations = await composeMigrations(
    config,
    store,
    options.watch === true ? 'background' : 'burst',
    log,
  );
  const begun = valueOrFail(await migrations.begin(planned));
  if (options.watch === true)
    return await drive(context, { store, migrations, state: begun, output: options.output });
  if (isText) {
    terminal.out(`Started ${planned.id}. ${whoGoesOn(await hasRunningDaemon(config))}`);
    terminal.out(
      `Everything back at any time: shiftctl rollback ${displayName(planned.hosts[0]?.host ?? '')}`,
    );
  } else terminal.out(jsonText({ version: 1, id: planned.id }));
  return exitCode.done;
}

function whoGoesOn(isDaemonHere: boolean): string {
  return isDaemonHere
    ? 'The daemon that runs here goes on with it.'
    : 'It advances with every tick: run shiftctl daemon, or shiftctl tick from cron.';
}

function stopIfRefused(checks: readonly Check[]): void {
  const objection = firstObjection(checks);
  if (objection === null) return;
  const { name, fact, fix } = objection;
  throw new CommandFailure({
    reason: 'refused',
    check: name,
    message: fact,
    fix: fix ?? 'run preflight again',
  });
}

async function confirm(message: string): Promise<boolean> {
  const { confirm: ask, isCancel } = await import('@clack/prompts');
  const answer = await ask({ message, initialValue: false });
  return !isCancel(answer) && answer;
}
