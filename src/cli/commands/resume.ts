import { composeMigrations } from '../../compose/migrations.js';
import { openStore } from '../../compose/store.js';
import type { CommandContext } from '../command-context.js';
import { valueOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { operatorName } from '../migration-request.js';

/** Ends a pause, or a wait for a person. */
export async function resume(
  context: CommandContext,
  host: string | undefined,
  options: { reason?: string },
): Promise<number> {
  const { config, terminal } = context;
  await using store = await openStore(config, false);
  const log = { warn: (line: string) => terminal.err(`shiftctl: ${line}`) };
  await using migrations = await composeMigrations(config, store, 'burst', log);
  const row = await findMigration(store, host, config.stateDirectory.path);
  const operator = { by: operatorName(), because: options.reason ?? 'no reason given' };
  const state = valueOrFail(await migrations.resume(row.id, operator));
  terminal.out(`resumed at ${state.share}%; it advances with the next tick that finds it ready`);
  return exitCode.done;
}
