import type { CommandContext } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { recordedWord, typedShare } from '../recorded-word.js';
import { advanceWords } from '../render/advance-words.js';

/**
 * A person's word for the stage that comes next. As an answer to what the gate asked it overrides the gate, and is refused without a reason.
 */
export async function approve(
  context: CommandContext,
  host: string | undefined,
  options: { reason?: string; stage?: string },
): Promise<number> {
  const share = typedShare('--stage', options.stage);
  const state = await recordedWord(context, host, options.reason ?? '', (migrations, id, operator) =>
    migrations.approve(id, operator, share),
  );
  context.terminal.out(`approved at ${state.share}%; ${advanceWords(state, false)}`);
  return exitCode.done;
}
