import { openStore, snapshotTrouble, stateTrouble } from '../../compose/store.js';
import type { Event, JournalEntry } from '../../core/event.js';
import { apply, replay } from '../../core/migration.js';
import type { MigrationState } from '../../core/migration-state.js';
import { isLive } from '../../core/phase.js';
import { stageVisits, type StageVisit } from '../../core/report/stage-visit.js';
import { statusOf } from '../../core/status.js';
import { safeText } from '../../core/safe-text.js';
import { instant } from '../../core/time.js';
import type { Store } from '../../engine/ports.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { invalidArgument } from '../command-failure.js';
import { exitCode, exitCodeOfState } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { eventLine } from '../render/event-line.js';
import { LiveScreen } from '../render/live-screen.js';
import { stageWhyView } from '../render/stage-why.js';
import { fittedStatus, statusView } from '../render/status-view.js';
import { whyView } from '../render/why-view.js';
import { refuseBeside, statusWithResolvers } from './status-resolvers.js';
import { statusWithoutState } from './status-without-state.js';
import { jsonText } from '../render/json-text.js';

const lookEveryMs = 500;

/** A path may be long. */
const maxWarning = 1_000;

/** Events kept for the live view; it shows as many as the terminal has room for. */
const maxRecentEvents = 12;

export interface StatusOptions {
  readonly watch?: boolean;
  readonly why?: boolean;
  /** The share of an earlier stage, as typed: `25` or `25%`. */
  readonly stage?: string;
  readonly exitCode?: boolean;
  /** False: from the zone and its markers alone. */
  readonly state?: boolean;
  readonly zone?: string;
  /** Asks resolvers of other people too. */
  readonly resolvers?: boolean;
  readonly output: OutputFormat;
}

/**
 * Where a migration is, why, and what comes next; read from the journal alone, except with `--resolvers`. With `--watch` a terminal is
 * redrawn, also when its size changes; a pipe gets the state once and then one plain block for each change, or with JSON one status for
 * each change.
 */
export async function status(
  context: CommandContext,
  host: string | undefined,
  options: StatusOptions,
): Promise<number> {
  if (options.resolvers === true) refuseBeside(options);
  if (options.state === false) return await statusWithoutState(context, host, options);
  const { config, terminal } = context;
  if (options.watch === true && options.why === true)
    throw invalidArgument(
      '--watch',
      'follows the migration; --why explains one moment of it: type one of them',
    );
  if (options.stage !== undefined && options.why !== true)
    throw invalidArgument('--stage', 'chooses what --why explains; add --why');
  await using store = await openStore(config, true);
  const trouble = await stateTrouble(config);
  if (trouble !== null) terminal.err(`shiftctl: warning: ${safeText(trouble, maxWarning)}`);
  const row = await findMigration(store, host, config.stateDirectory.path);
  const entries = await store.read(row.id, 0);
  const events = entries.map((entry) => entry.event);
  const missing = await snapshotTrouble(config, events, now());
  if (missing !== null) terminal.err(`shiftctl: warning: ${safeText(missing, maxWarning)}`);
  let state = replay(events);
  if (options.stage !== undefined) {
    const visit = visitOf(stageVisits(events, now()), options.stage);
    if (options.output === 'json') terminal.out(jsonText(visit.status));
    else for (const line of stageWhyView(visit, now())) terminal.out(line);
  } else if (options.why === true && options.output === 'text') {
    const screen = { columns: terminal.columns(), hasColor: terminal.hasColor, now: now() };
    for (const line of whyView(statusOf(state, now()), screen)) terminal.out(line);
  } else if (options.resolvers === true) await statusWithResolvers(context, state, options.output);
  else if (options.watch === true) state = await watch(context, store, entries, options.output);
  else print(context, state, [], options.output);
  return options.exitCode === true ? exitCodeOfState(state) : exitCode.done;
}

/** The latest stay at the share that was typed. */
function visitOf(visits: readonly StageVisit[], typed: string): StageVisit {
  const share = /^\d{1,3}(\.\d+)?%?$/.test(typed) ? Number(typed.replace('%', '')) : null;
  if (share === null) throw invalidArgument('--stage', `"${typed}" is not a share; write for example 25`);
  const found = visits.findLast((visit) => visit.share === share);
  if (found !== undefined) return found;
  const reached = [...new Set(visits.map((visit) => `${visit.share}%`))].join(', ');
  const hint = reached === '' ? 'no stage was in force yet' : `these were: ${reached}`;
  throw invalidArgument('--stage', `a stage of ${share}% was never in force; ${hint}`);
}

async function watch(
  context: CommandContext,
  store: Store,
  entries: readonly JournalEntry[],
  output: OutputFormat,
): Promise<MigrationState> {
  const { terminal, signal } = context;
  using screen = output === 'text' && terminal.isInteractive ? new LiveScreen(terminal) : null;
  let events = entries.map((entry) => entry.event);
  let sequence = entries.length;
  let state = replay(events);
  const show = (news: readonly Event[] | null): void => {
    if (screen !== null) screen.draw(frame(context, state, recentLines(events)));
    else if (news === null) print(context, state, [], output);
    else if (news.some(({ type }) => output === 'json' || type !== 'observed'))
      print(context, state, news, output);
  };
  show(null);
  while (!signal.aborted && isLive(state.phase)) {
    await pause(signal);
    const news = (await store.read(state.plan.id, sequence)).map((entry) => entry.event);
    state = news.reduce(apply, state);
    sequence += news.length;
    events = [...events.filter(({ type }) => type !== 'observed').slice(-maxRecentEvents), ...news];
    show(news);
  }
  return state;
}

/** Until the next look, or until the signal or a closed pipe ends it. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, lookEveryMs);
    signal.addEventListener('abort', end);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
  });
}

function recentLines(events: readonly Event[]): string[] {
  return events.flatMap((event) => eventLine(event) ?? []).slice(-maxRecentEvents);
}

/** One block: the events that led here, then the whole state, then an empty line that ends it. */
function print(
  context: CommandContext,
  state: MigrationState,
  news: readonly Event[],
  output: OutputFormat,
): void {
  const { terminal } = context;
  if (output === 'json') {
    terminal.out(jsonText(statusOf(state, now())));
    return;
  }
  const { hasColor, columns } = terminal;
  const options = { columns: columns(), hasColor, now: now(), hasFigures: true, footer: recentLines(news) };
  for (const line of statusView(statusOf(state, now()), options)) terminal.out(line);
  if (news.length > 0) terminal.out('');
}

function frame({ terminal }: CommandContext, state: MigrationState, recent: readonly string[]): string[] {
  const { columns, rows, hasColor } = terminal;
  const options = { columns: columns(), hasColor, now: now() };
  return fittedStatus(statusOf(state, now()), { ...options, rows: rows() - 1, recent });
}

function now(): ReturnType<typeof instant> {
  return instant(Date.now());
}
