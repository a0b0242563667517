import { composeMigrations } from '../../compose/migrations.js';
import { openStore } from '../../compose/store.js';
import type { CommandContext } from '../command-context.js';
import { valueOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { operatorName } from '../migration-request.js';

/** How often a forward write that is still open is looked at before `pause` returns, and how many times. */
const settlePauseMs = 500;
const settleTries = 40;

/** Stops advancing. Returns when no forward write is open any more, and says which share is in force. */
export async function pause(
  context: CommandContext,
  host: string | undefined,
  options: { reason?: string },
): Promise<number> {
  const { config, terminal, signal } = context;
  await using store = await openStore(config, false);
  const log = { warn: (line: string) => terminal.err(`shiftctl: ${line}`) };
  await using migrations = await composeMigrations(config, store, 'burst', log);
  const row = await findMigration(store, host, config.stateDirectory.path);
  const operator = { by: operatorName(), because: options.reason ?? 'no reason given' };
  let state = valueOrFail(await migrations.pause(row.id, operator));
  for (let tries = 0; state.openIntent !== null && tries < settleTries && !signal.aborted; tries += 1) {
    state = await migrations.tickOrRead(row.id, signal);
    if (state.openIntent !== null) await new Promise((resolve) => setTimeout(resolve, settlePauseMs));
  }
  if (state.openIntent !== null) {
    terminal.err(
      'shiftctl: paused, but a write is still unanswered; shiftctl status shows when it is settled',
    );
    return exitCode.providerUnavailable;
  }
  terminal.out(`paused at ${state.share}%; the guard keeps watching. Go on with: shiftctl resume`);
  return exitCode.done;
}
