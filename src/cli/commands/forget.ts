import type { CommandContext } from '../command-context.js';
import { confirmAndWrite, type ConfirmedOptions } from '../confirmed-write.js';
import { exitCode } from '../exit-code.js';

/** Removes the marker of a migration that ended a week ago or earlier. Its journal stays. */
export function forget(
  context: CommandContext,
  host: string | undefined,
  options: ConfirmedOptions,
): Promise<number> {
  return confirmAndWrite(context, host, options, {
    question: 'Remove the marker?',
    propose: (migrations, id) => migrations.propose(id, 'forget'),
    done: (_migrations, _state, name) => {
      context.terminal.out(`forgotten: no marker is left at ${name}; history still tells what happened`);
      return exitCode.done;
    },
  });
}
