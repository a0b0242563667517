import { composeMigrations } from '../../compose/migrations.js';
import { openStore } from '../../compose/store.js';
import { isLive } from '../../core/phase.js';
import { displayName } from '../../core/record-name.js';
import type { CommandContext } from '../command-context.js';
import { exitCode, exitCodeOfState } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { eventLine } from '../render/event-line.js';

/** One step of one live migration or of all. Exit 0 whenever it did its work, unless `--exit-code` asks for the state. */
export async function tick(
  context: CommandContext,
  host: string | undefined,
  options: { all?: boolean; exitCode?: boolean },
): Promise<number> {
  const { config, terminal, signal } = context;
  await using store = await openStore(config, false);
  const log = { warn: (line: string) => terminal.err(`shiftctl: ${line}`) };
  await using migrations = await composeMigrations(config, store, 'burst', log);
  const rows =
    host === undefined
      ? (await store.list()).filter((row) => row.live)
      : [await findMigration(store, host, config.stateDirectory.path)];
  if (rows.length === 0)
    terminal.err(`shiftctl: no live migration in ${config.stateDirectory.path}; nothing to do`);
  let code: number = exitCode.done;
  for (const row of rows) {
    const result = await migrations.tickOnce(row.id, signal);
    const name = displayName(row.hosts[0] ?? row.id);
    if (!result.ok) {
      terminal.err(`shiftctl: ${name}: skipped, ${result.error.message}`);
      if (result.error.reason === 'objection') code = exitCode.refused;
      continue;
    }
    const { state, events } = result.value;
    for (const event of events) {
      const line = eventLine(event);
      if (line !== null) terminal.out(`${name}  ${line}`);
    }
    if (events.length === 0)
      terminal.out(`${name}  ${state.phase.phase} at ${state.share}%${isLive(state.phase) ? '' : ', ended'}`);
    if (options.exitCode === true) code = Math.max(code, exitCodeOfState(state));
  }
  return signal.aborted ? exitCode.interrupted : code;
}
