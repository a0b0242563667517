import type { CommandContext } from '../command-context.js';
import { invalidArgument } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { recordedWord, typedShare } from '../recorded-word.js';
import { advanceWords } from '../render/advance-words.js';

/**
 * A person's word for the stage that comes next. As an answer to what the gate asked it overrides the gate, and the reason is part of it: somebody
 * will read it afterwards.
 */
export async function approve(
  context: CommandContext,
  host: string | undefined,
  options: { reason?: string; stage?: string },
): Promise<number> {
  const { reason = '' } = options;
  if (reason.trim() === '')
    throw invalidArgument('--reason', 'is missing; say why you know more than the gate, for the history');
  const share = typedShare('--stage', options.stage);
  const state = await recordedWord(context, host, reason, (migrations, id, operator) =>
    migrations.approve(id, operator, share),
  );
  context.terminal.out(`approved at ${state.share}%; ${advanceWords(state, false)}`);
  return exitCode.done;
}
