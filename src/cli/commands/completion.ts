import type { CommandContext } from '../command-context.js';
import { invalidArgument } from '../command-failure.js';
import { completionScript, completionShells } from '../completion/completion-script.js';
import { exitCode } from '../exit-code.js';

/** Prints what completes this program's words at a prompt. */
export function printCompletion({ terminal }: CommandContext, shell: string): Promise<number> {
  const known = completionShells.find((one) => one === shell);
  if (known === undefined)
    throw invalidArgument('shell', `"${shell}" is not known; take one of ${completionShells.join(', ')}`);
  terminal.out(completionScript(known).trimEnd());
  return Promise.resolve(exitCode.done);
}
