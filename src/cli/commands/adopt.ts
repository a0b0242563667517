import type { CommandContext } from '../command-context.js';
import { confirmAndWrite, type ConfirmedOptions } from '../confirmed-write.js';
import { exitCode } from '../exit-code.js';
import { goesOn } from '../goes-on.js';

/** What stands in the zone after drift becomes the migration's again; it goes on from there. */
export function adopt(
  context: CommandContext,
  host: string | undefined,
  options: ConfirmedOptions,
): Promise<number> {
  return confirmAndWrite(context, host, options, {
    question: 'Write this and go on?',
    propose: (migrations, id) => migrations.propose(id, 'adopt'),
    done: (_migrations, state, name) => {
      context.terminal.out(
        `adopted: ${name} is settling at ${state.share}% (generation ${state.generation}); ${goesOn(state)}`,
      );
      return exitCode.done;
    },
  });
}
