import { composeDaemon } from '../../compose/daemon.js';
import { openStore } from '../../compose/store.js';
import { displayName } from '../../core/record-name.js';
import type { CommandContext } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { eventLine } from '../render/event-line.js';

/** Drives every live migration until a signal comes; then lets running ticks end and says that everything can be resumed. */
export async function daemon(context: CommandContext): Promise<number> {
  const { config, terminal, signal } = context;
  await using store = await openStore(config, false);
  const log = { warn: (line: string) => terminal.err(`shiftctl: ${line}`) };
  terminal.err(`shiftctl: daemon on ${config.stateDirectory.path}; stop it with Ctrl-C or SIGTERM`);
  await composeDaemon(
    config,
    store,
    log,
    {
      ticked: (_id, { state, events }) => {
        const name = displayName(state.plan.hosts[0]?.host ?? '');
        for (const event of events) {
          const line = eventLine(event);
          if (line !== null) terminal.out(`${name}  ${line}`);
        }
      },
      skipped: (id, skipped) => log.warn(`${id}: skipped, ${skipped.message}`),
      failed: (id, error) => log.warn(`${id}: ${error instanceof Error ? error.message : String(error)}`),
    },
    signal,
  );
  terminal.err('shiftctl: daemon stopped; every migration goes on with the next daemon or tick');
  return exitCode.interrupted;
}
