import type { CommandContext } from '../command-context.js';
import { invalidArgument } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { shellInit } from '../shell-init.js';

/** Prints what makes a literal `shift start` reach this program at an interactive prompt. */
export function printShellInit({ terminal }: CommandContext, shell: string): Promise<number> {
  if (shell !== 'bash' && shell !== 'zsh') {
    throw invalidArgument(
      'shell',
      `"${shell}" is not known; take bash or zsh (other shells run shift as it is)`,
    );
  }
  terminal.out(shellInit(shell));
  return Promise.resolve(exitCode.done);
}
