import type { CommandContext } from '../command-context.js';
import { confirmAndWrite, type ConfirmedOptions } from '../confirmed-write.js';
import { exitCode } from '../exit-code.js';
import { goesOn } from '../goes-on.js';

/** An edit of the records is undone after a halt; the migration goes on from its own pair. */
export function repair(
  context: CommandContext,
  host: string | undefined,
  options: ConfirmedOptions,
): Promise<number> {
  return confirmAndWrite(context, host, options, {
    question: 'Put our own records back and go on?',
    propose: (migrations, id) => migrations.propose(id, 'repair'),
    done: (_migrations, state, name) => {
      context.terminal.out(
        `repaired: ${name} is settling at ${state.share}% (generation ${state.generation}); ${goesOn(state)}`,
      );
      return exitCode.done;
    },
  });
}
