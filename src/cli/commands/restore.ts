import type { CommandContext } from '../command-context.js';
import { confirmAndWrite, type ConfirmedOptions } from '../confirmed-write.js';
import { exitCode, exitCodeOfState } from '../exit-code.js';

/** The records exactly as before the first take-over. Waits, unless told not to, until every name server has them. */
export function restore(
  context: CommandContext,
  host: string | undefined,
  options: ConfirmedOptions & { readonly wait: boolean },
): Promise<number> {
  const { terminal, signal } = context;
  return confirmAndWrite(context, host, options, {
    question: 'Put these records back?',
    propose: (migrations, id) => migrations.propose(id, 'restore'),
    done: async (migrations, state, name) => {
      terminal.out(`accepted: ${name} gets its original records back`);
      if (!options.wait) return exitCode.done;
      const later = await migrations.untilPast(state, 'restoring', signal);
      const { phase } = later.phase;
      if (phase === 'restored') {
        terminal.out('restored: every name server has them, and cached answers have expired');
        return exitCode.done;
      }
      terminal.err(`shiftctl: accepted, but ${name} is ${phase}; look with: shiftctl status ${name}`);
      return phase === 'restoring' ? exitCode.interrupted : exitCodeOfState(later);
    },
  });
}
