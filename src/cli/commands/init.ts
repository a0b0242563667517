import { existsSync } from 'node:fs';
import { composeDiscovery } from '../../compose/discovery.js';
import type { Config } from '../../config.js';
import { parseMigrationFile } from '../../core/policy/migration-file.js';
import { safeText } from '../../core/safe-text.js';
import type { CommandContext } from '../command-context.js';
import { CommandFailure, validOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { interview } from '../init/interview.js';
import { migrationText } from '../init/migration-text.js';
import { terminalPrompts, type Choice, type Prompts } from '../init/prompts.js';
import { writeNewFile } from '../new-file.js';
import { defaultPolicy, loadPolicy, namedPolicies } from '../policy-file.js';

export interface InitOptions {
  readonly out: string;
}

/** Asks its way to a first migration file, writes it whole, and says what comes next. Exit 3 when the person gives up. */
export async function init(
  context: CommandContext,
  options: InitOptions,
  _command?: unknown,
  prompts?: Prompts,
): Promise<number> {
  const { config, terminal, signal } = context;
  if (!terminal.canAsk) throw noTerminal();
  const ask = prompts ?? (await terminalPrompts());
  const { zones, apps } = await composeDiscovery(config);
  const policies = await policyChoices(config);
  const answers = await interview(ask, { zones, apps, policies }, signal);
  const shown = safeText(options.out, 200);
  const replaces = existsSync(options.out);
  const mayWrite =
    answers !== null && (!replaces || (await ask.confirm(`${shown} is there already. Replace it?`)) === true);
  if (!mayWrite) {
    terminal.err('shiftctl: nothing was written');
    return exitCode.refused;
  }
  const text = migrationText(answers);
  validOrFail(parseMigrationFile(text, options.out));
  await writeNewFile(options.out, text, replaces);
  terminal.out(`written: ${shown}`);
  terminal.out(`next, which writes nothing: shiftctl plan -f ${shown}`);
  return exitCode.done;
}

function noTerminal(): CommandFailure {
  return new CommandFailure({
    reason: 'refused',
    check: 'terminal',
    message: 'init asks questions, and no question can be asked here',
    fix: 'run it in a terminal, or write the file yourself: shiftctl policy schema migration says what it holds',
  });
}

/** The first one is what Enter takes. */
async function policyChoices(config: Config): Promise<readonly Choice[]> {
  const policies = await Promise.all(
    namedPolicies(config).map(async (name) => ({ name, policy: await loadPolicy(name, config) })),
  );
  const fitting = policies.filter(({ policy }) => policy.lab === config.isLab);
  const first = (name: string): number => (name === defaultPolicy(config) ? 0 : 1);
  return fitting
    .toSorted((a, b) => first(a.name) - first(b.name))
    .map(({ name, policy }) => ({
      value: name,
      label: name,
      hint: policy.stages.map(({ share }) => `${share}%`).join(' -> '),
    }));
}
