import { openStore } from '../../compose/store.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { eventLine } from '../render/event-line.js';

/** What happened, in order, with the reasons. Reading a journal always checks its hash chain; `--verify` says so. */
export async function history(
  { config, terminal }: CommandContext,
  host: string | undefined,
  options: { verify?: boolean; output: OutputFormat },
): Promise<number> {
  await using store = await openStore(config, true);
  const row = await findMigration(store, host, config.stateDirectory.path);
  const entries = await store.read(row.id, 0);
  if (options.output === 'json') {
    terminal.out(JSON.stringify({ version: 1, id: row.id, entries }));
    return exitCode.done;
  }
  for (const { event } of entries) {
    const line = eventLine(event);
    if (line !== null) terminal.out(line);
  }
  const last = entries.at(-1);
  if (options.verify === true)
    terminal.out(`${entries.length} entries, the hash chain is whole; head ${last?.hash ?? ''}`);
  return exitCode.done;
}
