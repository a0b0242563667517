import { composeMigrations } from '../../compose/migrations.js';
import { openUnattendedStore } from '../../compose/store.js';
import { isLive } from '../../core/phase.js';
import { displayName } from '../../core/record-name.js';
import { statusOf } from '../../core/status.js';
import { instant } from '../../core/time.js';
import type { ControllerListener } from '../../engine/controller.js';
import type { MigrationRow } from '../../engine/ports.js';
import type { TickOutcome, TickSkipped } from '../../engine/tick.js';
import { invalidArgument } from '../command-failure.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { exitCode, exitCodeOfState } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { eventLine } from '../render/event-line.js';
import { jsonText } from '../render/json-text.js';
import { note, type Terminal } from '../terminal.js';
import { tickVersion, type TickedMigration, type TickOutput } from '../tick-output.js';

/**
 * One step of one live migration or of all. Exit 0 whenever it did its work, unless `--exit-code` asks for the state; 1 when the step of
 * any of them failed, after the others have had theirs.
 */
export async function tick(
  context: CommandContext,
  host: string | undefined,
  options: { all?: boolean; exitCode?: boolean; output?: OutputFormat },
): Promise<number> {
  const { config, terminal, signal } = context;
  if (host !== undefined && options.all === true)
    throw invalidArgument('--all', `is every live migration; leave it out, or leave out ${host}`);
  await using store = await openUnattendedStore(config);
  const log = { warn: (line: string) => terminal.err(`shiftctl: ${line}`) };
  await using migrations = await composeMigrations(config, store, 'burst', log);
  if (host !== undefined) {
    const row = await findMigration(store, host, config.stateDirectory.path);
    const told = new TickReport(terminal, [row], options);
    const result = await migrations.tickOnce(row.id, signal);
    if (result.ok) told.ticked(row.id, result.value);
    else told.skipped(row.id, result.error);
    told.end();
    return signal.aborted ? exitCode.interrupted : told.code;
  }
  const rows = (await store.list()).filter((row) => row.live);
  if (rows.length === 0)
    note(terminal, `shiftctl: no live migration in ${config.stateDirectory.path}; nothing to do`);
  const told = new TickReport(terminal, rows, options);
  await using controller = migrations.controller(told);
  const left = await controller.tickAll(signal);
  told.end();
  if (left > 0) {
    told.code = exitCode.internal;
    // A call that hangs would keep the process open, and the next slot of the scheduler from its work.
    setTimeout(() => process.exit(exitCode.internal), lastMs).unref();
  }
  return signal.aborted ? exitCode.interrupted : told.code;
}

/** How long what was given up may keep the process open by itself. */
const lastMs = 500;

/** Says what each step did as it ends, and keeps the gravest exit code. */
class TickReport implements ControllerListener {
  code: number = exitCode.done;
  #hasFailed = false;
  readonly #terminal: Terminal;
  readonly #names: ReadonlyMap<string, string>;
  readonly #tellsState: boolean;
  readonly #isText: boolean;
  readonly #done: TickedMigration[] = [];

  constructor(
    terminal: Terminal,
    rows: readonly MigrationRow[],
    options: { exitCode?: boolean; output?: OutputFormat },
  ) {
    this.#terminal = terminal;
    this.#names = new Map(rows.map((row) => [row.id, displayName(row.hosts[0] ?? row.id)]));
    this.#tellsState = options.exitCode === true;
    this.#isText = options.output !== 'json';
  }

  ticked(id: string, { state, events }: TickOutcome): void {
    const lines = events.flatMap((event) => eventLine(event) ?? []);
    if (events.length === 0)
      lines.push(`${state.phase.phase} at ${state.share}%${isLive(state.phase) ? '' : ', ended'}`);
    const status = statusOf(state, instant(Date.now()));
    this.#done.push({ ...this.#nothing(id), events, status });
    if (this.#isText) for (const line of lines) this.#terminal.out(`${this.#name(id)}  ${line}`);
    if (this.#tellsState) this.#keep(exitCodeOfState(state));
  }

  skipped(id: string, { reason, message }: TickSkipped): void {
    const line = `shiftctl: ${this.#name(id)}: skipped, ${message}`;
    // That another process has just done this step is no trouble.
    if (reason === 'objection') this.#terminal.err(line);
    else note(this.#terminal, line);
    this.#done.push({ ...this.#nothing(id), skipped: message });
    if (reason === 'objection') this.#keep(exitCode.refused);
  }

  failed(id: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#terminal.err(`shiftctl: ${this.#name(id)}: ${message}`);
    this.#done.push({ ...this.#nothing(id), failed: message });
    this.#hasFailed = true;
    this.code = exitCode.internal;
  }

  /** With JSON the one document; a step that is still under way then is not in it. */
  end(): void {
    const output: TickOutput = { version: tickVersion, migrations: this.#done };
    if (!this.#isText) this.#terminal.out(jsonText(output));
  }

  #nothing(id: string): TickedMigration {
    return { id, host: this.#name(id), skipped: null, failed: null, events: [], status: null };
  }

  /** A step that failed is told before any state. */
  #keep(code: number): void {
    if (!this.#hasFailed) this.code = Math.max(this.code, code);
  }

  #name(id: string): string {
    return this.#names.get(id) ?? id;
  }
}
