import { composeMigrations } from '../../compose/migrations.js';
import { openStore } from '../../compose/store.js';
import type { Event } from '../../core/event.js';
import { isLive } from '../../core/phase.js';
import { displayName } from '../../core/record-name.js';
import { statusOf, type Status } from '../../core/status.js';
import { instant } from '../../core/time.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { exitCode, exitCodeOfState } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { eventLine } from '../render/event-line.js';
import { jsonText } from '../render/json-text.js';
import { note } from '../terminal.js';

/** The shape of `tick -o json`; the number grows when a field changes its meaning or goes away. */
const tickVersion = 1;

/** What `tick -o json` prints, once every migration has had its step. */
export interface TickOutput {
  readonly version: number;
  readonly migrations: readonly TickedMigration[];
}

export interface TickedMigration {
  readonly id: string;
  readonly hosts: readonly string[];
  /** Why nothing was done, or null when the step was taken. */
  readonly skipped: string | null;
  /** What happened in this step; empty when it was skipped. */
  readonly events: readonly Event[];
  /** After the step; null when it was skipped. */
  readonly status: Status | null;
}

/** One step of one live migration or of all. Exit 0 whenever it did its work, unless `--exit-code` asks for the state. */
export async function tick(
  context: CommandContext,
  host: string | undefined,
  options: { all?: boolean; exitCode?: boolean; output?: OutputFormat },
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
    note(terminal, `shiftctl: no live migration in ${config.stateDirectory.path}; nothing to do`);
  let code: number = exitCode.done;
  const isText = options.output !== 'json';
  const ticked: TickedMigration[] = [];
  for (const row of rows) {
    const result = await migrations.tickOnce(row.id, signal);
    const name = displayName(row.hosts[0] ?? row.id);
    const hosts = row.hosts.map((host) => displayName(host));
    if (!result.ok) {
      terminal.err(`shiftctl: ${name}: skipped, ${result.error.message}`);
      ticked.push({ id: row.id, hosts, skipped: result.error.message, events: [], status: null });
      if (result.error.reason === 'objection') code = exitCode.refused;
      continue;
    }
    const { state, events } = result.value;
    ticked.push({ id: row.id, hosts, skipped: null, events, status: statusOf(state, instant(Date.now())) });
    for (const event of events) {
      const line = eventLine(event);
      if (line !== null && isText) terminal.out(`${name}  ${line}`);
    }
    if (events.length === 0 && isText)
      terminal.out(`${name}  ${state.phase.phase} at ${state.share}%${isLive(state.phase) ? '' : ', ended'}`);
    if (options.exitCode === true) code = Math.max(code, exitCodeOfState(state));
  }
  const output: TickOutput = { version: tickVersion, migrations: ticked };
  if (!isText) terminal.out(jsonText(output));
  return signal.aborted ? exitCode.interrupted : code;
}
