import { composeMigrations } from '../../compose/migrations.js';
import { openStore } from '../../compose/store.js';
import { replay } from '../../core/migration.js';
import { displayName } from '../../core/record-name.js';
import { safeText } from '../../core/safe-text.js';
import type { CommandContext } from '../command-context.js';
import { invalidArgument, valueOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { operatorName } from '../migration-request.js';
import { loadPolicyFile } from '../policy-file.js';
import { policyDiff } from '../render/policy-diff.js';

/** Longer lines are cut; a policy file is text that somebody wrote. */
const maxLineLength = 400;

/** Gives a running migration another policy: shows what changes, asks, and records it. Until then the copy made at `start` counts. */
export async function replan(
  context: CommandContext,
  host: string | undefined,
  options: { policy?: string; reason?: string; yes?: boolean },
): Promise<number> {
  const { config, terminal } = context;
  if (options.policy === undefined)
    throw invalidArgument('--policy', 'is missing; name the policy or the file that shall count from now on');
  const { policy, file } = await loadPolicyFile(options.policy, config);
  await using store = await openStore(config, false);
  const row = await findMigration(store, host, config.stateDirectory.path);
  const name = displayName(row.hosts[0] ?? row.id);
  const { plan, share } = replay((await store.read(row.id, 0)).map(({ event }) => event));
  const changes = policyDiff(plan.policy, policy);
  if (changes.length === 0) {
    terminal.out(`nothing changes: ${name} runs by this policy already`);
    return exitCode.done;
  }
  for (const line of changes) terminal.out(safeText(line, maxLineLength));
  if (options.yes !== true) {
    if (!terminal.canAsk)
      throw invalidArgument('--yes', 'is needed where no question can be asked; nothing was changed');
    if (!(await isConfirmed(`Let ${name}, at ${share}%, go on by this policy?`))) {
      terminal.err('shiftctl: nothing was changed');
      return exitCode.refused;
    }
  }
  const log = { warn: (line: string) => terminal.err(`shiftctl: ${line}`) };
  await using migrations = await composeMigrations(config, store, 'burst', log);
  const operator = { by: operatorName(), because: options.reason ?? 'no reason given' };
  const change = { shown: plan.policy, policy, ...(file === undefined ? {} : { file }) };
  const state = valueOrFail(await migrations.replan(row.id, operator, change));
  terminal.out(`replanned at ${state.share}%; the next tick goes on by policy ${state.plan.policy.name}`);
  return exitCode.done;
}

async function isConfirmed(message: string): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message, initialValue: false });
  return !isCancel(answer) && answer;
}
