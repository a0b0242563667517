import { openStore } from '../../compose/store.js';
import type { JournalEntry } from '../../core/event.js';
import { apply, replay } from '../../core/migration.js';
import type { MigrationState } from '../../core/migration-state.js';
import { isLive } from '../../core/phase.js';
import { statusOf } from '../../core/status.js';
import { instant } from '../../core/time.js';
import type { Store } from '../../engine/ports.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { exitCode, exitCodeOfState } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { eventLine } from '../render/event-line.js';
import { LiveScreen } from '../render/live-screen.js';
import { whyView } from '../render/why-view.js';
import { statusView } from '../render/status-view.js';

const lookEveryMs = 500;

/**
 * Where a migration is, why, and what comes next; read from the journal alone. With `--watch` a terminal is redrawn; a pipe gets
 * the state once and then one line for each event, or with JSON one status for each change.
 */
export async function status(
  context: CommandContext,
  host: string | undefined,
  options: { watch?: boolean; why?: boolean; exitCode?: boolean; output: OutputFormat },
): Promise<number> {
  const { config } = context;
  await using store = await openStore(config, true);
  const row = await findMigration(store, host, config.stateDirectory.path);
  const entries = await store.read(row.id, 0);
  let state = replay(entries.map((entry) => entry.event));
  if (options.why === true && options.output === 'text') {
    for (const line of whyView(statusOf(state, now()), now())) context.terminal.out(line);
  } else if (options.watch !== true) print(context, state, options.output);
  else state = await watch(context, store, { state, sequence: entries.length }, options.output);
  return options.exitCode === true ? exitCodeOfState(state) : exitCode.done;
}

async function watch(
  context: CommandContext,
  store: Store,
  from: { state: MigrationState; sequence: number },
  output: OutputFormat,
): Promise<MigrationState> {
  const { terminal, signal } = context;
  using screen = output === 'text' && terminal.isInteractive ? new LiveScreen(terminal) : null;
  let { state, sequence } = from;
  if (screen === null) print(context, state, output);
  else screen.draw(frame(context, state));
  while (!signal.aborted && isLive(state.phase)) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    const news = await store.read(state.plan.id, sequence);
    state = news.reduce((current, entry) => apply(current, entry.event), state);
    sequence += news.length;
    if (screen !== null) screen.draw(frame(context, state));
    else tell(context, state, news, output);
  }
  return state;
}

function tell(
  context: CommandContext,
  state: MigrationState,
  news: readonly JournalEntry[],
  output: OutputFormat,
): void {
  if (news.length === 0) return;
  if (output === 'json') {
    print(context, state, output);
    return;
  }
  for (const line of news.map((entry) => eventLine(entry.event)))
    if (line !== null) context.terminal.out(line);
}

function print(context: CommandContext, state: MigrationState, output: OutputFormat): void {
  const { terminal } = context;
  if (output === 'json') terminal.out(JSON.stringify(statusOf(state, now())));
  else for (const line of frame(context, state)) terminal.out(line);
}

function frame({ terminal }: CommandContext, state: MigrationState): string[] {
  const { columns, hasColor } = terminal;
  return statusView(statusOf(state, now()), { columns: columns(), hasColor, now: now() });
}

function now(): ReturnType<typeof instant> {
  return instant(Date.now());
}
