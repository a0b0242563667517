import type { CommandContext } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { overrideReason, recordedWord, typedShare } from '../recorded-word.js';
import { advanceWords } from '../render/advance-words.js';

/** Ends the dwell of this stage early, on the gate's evidence or on a person's word. */
export async function promote(
  context: CommandContext,
  host: string | undefined,
  options: { reason?: string; override?: string; to?: string },
): Promise<number> {
  const why = overrideReason(options.override);
  const to = typedShare('--to', options.to);
  const because = why ?? options.reason ?? 'no reason given';
  const state = await recordedWord(context, host, because, (migrations, id, operator) =>
    migrations.promote(id, operator, { to, override: why !== null }),
  );
  const share = state.promotion?.to ?? state.share;
  context.terminal.out(`promoted to ${share}%; ${advanceWords(state, why !== null)}`);
  return exitCode.done;
}
