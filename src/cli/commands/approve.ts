import { composeMigrations } from '../../compose/migrations.js';
import { openStore } from '../../compose/store.js';
import type { CommandContext } from '../command-context.js';
import { invalidArgument, valueOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { operatorName } from '../migration-request.js';

/** A person's word to leave a stage whose gate has asked. The reason is part of it: somebody will read it afterwards. */
export async function approve(
  context: CommandContext,
  host: string | undefined,
  options: { reason?: string },
): Promise<number> {
  const { config, terminal } = context;
  const { reason = '' } = options;
  if (reason.trim() === '')
    throw invalidArgument('--reason', 'is missing; say why you know more than the gate, for the history');
  await using store = await openStore(config, false);
  const log = { warn: (line: string) => terminal.err(`shiftctl: ${line}`) };
  await using migrations = await composeMigrations(config, store, 'burst', log);
  const row = await findMigration(store, host, config.stateDirectory.path);
  const operator = { by: operatorName(), because: reason };
  const state = valueOrFail(await migrations.approve(row.id, operator));
  terminal.out(
    `approved at ${state.share}%; the next tick leaves this stage, once, unless the guard objects`,
  );
  return exitCode.done;
}
