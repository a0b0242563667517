import type { Event, JournalEntry } from '../core/event.js';
import { replay } from '../core/migration.js';
import type { MigrationState } from '../core/migration-state.js';
import { isLive } from '../core/phase.js';
import { displayName } from '../core/record-name.js';
import { statusOf } from '../core/status.js';
import { instant } from '../core/time.js';
import type { Migrations } from '../engine/migrations.js';
import type { Store } from '../engine/ports.js';
import type { CommandContext, OutputFormat } from './command-context.js';
import { exitCode, exitCodeOfState } from './exit-code.js';
import { eventLine } from './render/event-line.js';
import { jsonText } from './render/json-text.js';
import { LiveScreen } from './render/live-screen.js';
import { statusView } from './render/status-view.js';
import { note } from './terminal.js';

/** How often the controller is woken and the screen redrawn; what is due is not decided here. */
const wakeEveryMs = 200;

/** What is driven, and how it is shown. */
export interface Driven {
  readonly store: Store;
  readonly migrations: Migrations;
  readonly state: MigrationState;
  readonly output: OutputFormat;
}

/**
 * Stays with one migration until it has ended, a person is needed and nobody watches, or the signal comes. With JSON output
 * every line is `{"type":"event","event":…}` or `{"type":"status","status":…}`.
 */
export async function drive(
  context: CommandContext,
  { store, migrations, state, output }: Driven,
): Promise<number> {
  const { terminal, signal } = context;
  const view = new Progress(context, output);
  using screen = output === 'text' ? new LiveScreen(terminal) : null;
  let current = state;
  await using controller = migrations.controller({
    ticked: (_id, outcome) => {
      current = outcome.state;
      view.ticked(current, outcome.events);
    },
    skipped: (_id, skipped) => {
      view.isBehind = true;
      view.note(`tick skipped: ${skipped.message}`);
    },
    failed: (_id, error) =>
      view.warn(`tick failed: ${error instanceof Error ? error.message : String(error)}`),
  });
  while (!signal.aborted && !isOver(current, terminal.isInteractive)) {
    await controller.wake(signal, state.plan.id);
    const hasEnded = await isEnded(store, state.plan.id);
    if (hasEnded) await controller.idle();
    if (view.isBehind || (hasEnded && isLive(current.phase))) {
      view.isBehind = false;
      current = view.caughtUp(await store.read(state.plan.id, 0));
    }
    screen?.draw(view.frame(current));
    await new Promise((resolve) => setTimeout(resolve, wakeEveryMs));
  }
  await controller.idle();
  screen?.draw(view.frame(current));
  if (!isOver(current, terminal.isInteractive)) {
    const host = displayName(state.plan.hosts[0]?.host ?? '');
    note(
      terminal,
      `shiftctl: stopped; ${host} stays at ${current.share}%. Go on: shiftctl daemon. Back: shiftctl rollback ${host}`,
    );
  }
  return signal.aborted && isLive(current.phase) ? exitCode.interrupted : exitCodeOfState(current);
}

/** True as well when another process ended it, an operator's rollback for instance; then there is nothing to tick any more. */
async function isEnded(store: Store, id: string): Promise<boolean> {
  return (await store.list()).some((row) => row.id === id && !row.live);
}

/** A rollback is shown until caches can be expected to have forgotten the target; a wait for a person until one comes. */
function isOver({ phase }: MigrationState, isInteractive: boolean): boolean {
  if (phase.phase === 'rolled-back') return phase.times === null || Date.now() >= phase.times.tailEndsAt;
  if (phase.phase === 'waiting' || phase.phase === 'halted') return !isInteractive;
  return !isLive(phase);
}

class Progress {
  /** True when a tick was left to another process, so that only the journal says how it stands. */
  isBehind = false;
  private readonly context: CommandContext;
  private readonly output: OutputFormat;
  private readonly recent: string[] = [];
  private toldUntil = 0;

  constructor(context: CommandContext, output: OutputFormat) {
    this.context = context;
    this.output = output;
  }

  ticked(state: MigrationState, events: readonly Event[]): void {
    const { terminal } = this.context;
    for (const event of events) {
      this.toldUntil = Math.max(this.toldUntil, event.at);
      if (this.output === 'json') terminal.out(jsonText({ type: 'event', event }));
      else this.line(eventLine(event));
    }
    if (this.output === 'json') terminal.out(jsonText({ type: 'status', status: statusOf(state, now()) }));
  }

  /** Tells what other processes did since the last tick of this one. */
  caughtUp(entries: readonly JournalEntry[]): MigrationState {
    const events = entries.map((entry) => entry.event);
    const state = replay(events);
    const untold = events.filter(({ type, at }) => type !== 'observed' && at > this.toldUntil);
    this.ticked(state, untold);
    return state;
  }

  note(text: string): void {
    if (this.output === 'json') note(this.context.terminal, `shiftctl: ${text}`);
    else this.line(text);
  }

  /** Told even with `--quiet`. */
  warn(text: string): void {
    const { terminal } = this.context;
    if (this.output === 'json' || terminal.isQuiet === true) terminal.err(`shiftctl: ${text}`);
    else this.line(text);
  }

  frame(state: MigrationState): string[] {
    const { terminal } = this.context;
    const options = { columns: terminal.columns(), hasColor: terminal.hasColor, now: now() };
    return statusView(statusOf(state, now()), { ...options, footer: ['', ...this.recent] });
  }

  private line(text: string | null): void {
    if (text === null) return;
    this.recent.push(text);
    if (this.recent.length > 6) this.recent.shift();
    if (!this.context.terminal.isInteractive) this.context.terminal.out(text);
  }
}

function now(): ReturnType<typeof instant> {
  return instant(Date.now());
}
