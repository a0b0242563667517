import { hostname } from 'node:os';
import { composePlanner } from '../../compose/planner.js';
import { openStore } from '../../compose/store.js';
import { replay } from '../../core/migration.js';
import type { MigrationState } from '../../core/migration-state.js';
import type { MigrationPlan } from '../../core/plan.js';
import { runbook } from '../../core/runbook/runbook.js';
import { instant } from '../../core/time.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { valueOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { readRequest } from '../migration-request.js';
import { jsonText } from '../render/json-text.js';

/** The shape of `runbook -o json`; the number grows when a field changes its meaning or goes away. */
const runbookVersion = 1;

/** What `runbook -o json` prints. */
export interface RunbookOutput {
  readonly version: number;
  readonly markdown: string;
}

/** A page in Markdown for the on-call engineer: from the journal, or before the start from a migration file. */
export async function printRunbook(
  context: CommandContext,
  host: string | undefined,
  options: { file?: string; zone?: string; output?: OutputFormat },
): Promise<number> {
  const { config, terminal } = context;
  const subject =
    options.file === undefined ? await begun(context, host) : await planned(context, host, options);
  const lines = runbook({
    ...subject,
    at: instant(Date.now()),
    spell: (at) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    stateDirectory: config.stateDirectory.path,
    machine: hostname(),
    dnsPort: config.dnsPort,
  });
  const output: RunbookOutput = { version: runbookVersion, markdown: lines.join('\n') };
  if (options.output === 'json') terminal.out(jsonText(output));
  else for (const line of lines) terminal.out(line);
  return exitCode.done;
}

interface Subject {
  readonly plan: MigrationPlan;
  readonly state: MigrationState | null;
}

async function begun({ config }: CommandContext, host: string | undefined): Promise<Subject> {
  await using store = await openStore(config, true);
  const row = await findMigration(store, host, config.stateDirectory.path);
  const state = replay((await store.read(row.id, 0)).map((entry) => entry.event));
  return { plan: state.plan, state };
}

async function planned(
  { config, signal }: CommandContext,
  host: string | undefined,
  options: { file?: string; zone?: string },
): Promise<Subject> {
  const request = await readRequest(config, host, options);
  await using planner = await composePlanner(config);
  return { plan: valueOrFail(await planner.plan(request, signal)), state: null };
}
