import { composeDaemon } from '../../compose/daemon.js';
import { openUnattendedStore } from '../../compose/store.js';
import { readSocketAddress } from '../../config/setting-value.js';
import { displayName } from '../../core/record-name.js';
import { invalidArgument } from '../command-failure.js';
import type { CommandContext } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { eventLine } from '../render/event-line.js';
import { note } from '../terminal.js';

/** How long what was given up may keep the process open by itself. */
const lastMs = 500;

/**
 * Drives every live migration until a signal comes; then lets running ticks end, within ten seconds, and says that everything can be
 * resumed. Exit 8 after a signal, 6 when another daemon has this state directory.
 */
export async function daemon(context: CommandContext, options: { health?: string }): Promise<number> {
  const { config, terminal, signal } = context;
  const healthAt = options.health === undefined ? null : addressOf(options.health);
  await using store = await openUnattendedStore(config);
  const log = { warn: (line: string) => terminal.err(`shiftctl: ${line}`) };
  const begun = (): void =>
    note(terminal, `shiftctl: daemon on ${config.stateDirectory.path}; stop it with Ctrl-C or SIGTERM`);
  const listener: Parameters<typeof composeDaemon>[0]['listener'] = {
    ticked: (_id, { state, events }) => {
      const name = displayName(state.plan.hosts[0]?.host ?? '');
      for (const event of events) {
        const line = eventLine(event);
        if (line !== null) terminal.out(`${name}  ${line}`);
      }
    },
    skipped: (id, { reason, message }) => {
      const line = `shiftctl: ${id}: skipped, ${message}`;
      if (reason === 'objection') terminal.err(line);
      else note(terminal, line);
    },
    failed: (id, error) => log.warn(`${id}: ${error instanceof Error ? error.message : String(error)}`),
  };
  const left = await composeDaemon({ config, store, log, listener, healthAt, begun }, signal).catch(
    (error: unknown) => {
      throw cannotListen(error) ? invalidArgument('--health', (error as Error).message) : error;
    },
  );
  note(terminal, 'shiftctl: daemon stopped; every migration goes on with the next daemon or tick');
  // A call that hangs would keep the process open; the journal and the zone tell the next one how it ended.
  if (left > 0) setTimeout(() => process.exit(exitCode.interrupted), lastMs).unref();
  return exitCode.interrupted;
}

function addressOf(text: string): { readonly address: string; readonly port: number } {
  const read = readSocketAddress(text);
  if (!read.ok) throw invalidArgument('--health', read.error);
  return read.value;
}

function cannotListen(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen';
}
