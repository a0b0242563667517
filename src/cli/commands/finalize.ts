import type { CommandContext } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { overrideReason, recordedWord } from '../recorded-word.js';
import { advanceWords } from '../render/advance-words.js';

/** Ends the bake early, on the gate's evidence or on a person's word. */
export async function finalize(
  context: CommandContext,
  host: string | undefined,
  options: { reason?: string; override?: string },
): Promise<number> {
  const why = overrideReason(options.override);
  const because = why ?? options.reason ?? 'no reason given';
  const state = await recordedWord(context, host, because, (migrations, id, operator) =>
    migrations.finalize(id, operator, why !== null),
  );
  context.terminal.out(`the bake at ${state.share}% ends early; ${advanceWords(state, why !== null)}`);
  return exitCode.done;
}
