import { openStore, StoreError } from '../../compose/store.js';
import type { Config } from '../../config.js';
import { replay } from '../../core/migration.js';
import { statusOf, type Status } from '../../core/status.js';
import { instant } from '../../core/time.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { listView } from '../render/list-view.js';
import { jsonText } from '../render/json-text.js';

/** The shape of `list -o json`; the number grows when a field changes its meaning or goes away. */
const listVersion = 1;

/** What `list -o json` prints. */
export interface ListOutput {
  readonly version: number;
  /** Newest first, each as `status -o json` shows it. */
  readonly migrations: readonly Status[];
}

/** Every migration of this state directory, newest first; none where nothing was ever started. */
export async function list(
  { config, terminal }: CommandContext,
  options: { output: OutputFormat },
): Promise<number> {
  const statuses = await readStatuses(config).catch(noneWhenMissing);
  const output: ListOutput = { version: listVersion, migrations: statuses };
  if (options.output === 'json') terminal.out(jsonText(output));
  else
    for (const line of listView(statuses, Date.now(), terminal.isInteractive ? terminal.columns() : Infinity))
      terminal.out(line);
  return exitCode.done;
}

async function readStatuses(config: Config): Promise<readonly Status[]> {
  await using store = await openStore(config, true);
  const rows = await store.list();
  return await Promise.all(
    rows.map(async ({ id }) =>
      statusOf(replay((await store.read(id, 0)).map((entry) => entry.event)), instant(Date.now())),
    ),
  );
}

function noneWhenMissing(error: unknown): readonly Status[] {
  if (error instanceof StoreError && error.reason === 'missing') return [];
  throw error;
}
