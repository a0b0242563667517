import { openStore } from '../../compose/store.js';
import { journalRun, type JournalRun } from '../../core/simulation/journal-run.js';
import type { Event } from '../../core/event.js';
import type { Policy } from '../../core/policy/policy.js';
import { displayName } from '../../core/record-name.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { CommandFailure, invalidArgument } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { loadPolicy } from '../policy-file.js';
import { journalRunLines } from '../render/journal-run-view.js';
import { jsonText } from '../render/json-text.js';
import { localTime } from '../render/moment.js';
import { ProgressBar } from '../render/progress-bar.js';

/** The shape of `simulate --journal -o json`; the number grows when a field changes its meaning or goes away. */
const journalRunVersion = 1;

/** What `simulate --journal -o json` prints. */
export interface SimulateJournalOutput extends JournalRun {
  readonly version: number;
}

/** What would have happened under another policy, from the journal alone; reads nothing else and writes nothing. */
export async function simulateJournal(
  context: CommandContext,
  host: string | undefined,
  options: { readonly policy?: string; readonly output: OutputFormat },
): Promise<number> {
  const { config, terminal } = context;
  if (options.policy === undefined)
    throw invalidArgument('--policy', 'is missing; --journal compares with the policy that is named there');
  const policy = await loadPolicy(options.policy, config);
  await using store = await openStore(config, true);
  const row = await findMigration(store, host, config.stateDirectory.path);
  const entries = await store.read(row.id, 0);
  const events = entries.map(({ event }) => event);
  const run = await played(context, events, policy);
  const output: SimulateJournalOutput = { version: journalRunVersion, ...run };
  if (options.output === 'json') terminal.out(jsonText(output));
  else {
    const hosts = row.hosts.map((name) => displayName(name)).join(', ');
    terminal.out(journalRunLines(run, { hosts, since: events[0]?.at ?? 0 }).join('\n'));
  }
  return exitCode.done;
}

async function played(
  { signal, terminal }: CommandContext,
  events: readonly Event[],
  policy: Policy,
): Promise<JournalRun> {
  using progress = new ProgressBar(process.stderr, terminal.isQuiet);
  const run = journalRun(events, policy);
  for (;;) {
    const step = run.next();
    if (step.done === true) {
      if (step.value.ok) return step.value.value;
      throw new CommandFailure({
        reason: 'refused',
        check: 'journal',
        message: `this journal cannot be played under ${policy.name}: ${step.value.error}`,
        fix: 'name a policy that fits, or simulate --history',
      });
    }
    const { part, at, isForecast } = step.value;
    progress.draw(part, `${isForecast ? 'forecast' : 'replay'} ${localTime(at)}`);
    // Ctrl-C is heard between two readings.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  }
}
