import type { CommandContext } from '../command-context.js';
import { invalidArgument } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { overrideReason, recordedWord } from '../recorded-word.js';
import { advanceWords } from '../render/advance-words.js';
import { finalizeAsAlias, type AliasOptions } from './finalize-as-alias.js';

export type FinalizeOptions = AliasOptions & { readonly as?: 'alias'; readonly override?: string };

/** Ends the bake early, on the gate's evidence or on a person's word; with `--as alias` gives a completed migration its last form. */
export function finalize(
  context: CommandContext,
  host: string | undefined,
  options: FinalizeOptions,
): Promise<number> {
  if (options.as === undefined) {
    if (options.aliasZoneId !== undefined)
      throw invalidArgument('--alias-zone-id', 'goes with --as alias, for a migration that is completed');
    return endBakeEarly(context, host, options);
  }
  if (options.override !== undefined)
    throw invalidArgument('--override', 'ends a bake; --as alias is for a migration that is completed');
  return finalizeAsAlias(context, host, options);
}

async function endBakeEarly(
  context: CommandContext,
  host: string | undefined,
  options: FinalizeOptions,
): Promise<number> {
  const why = overrideReason(options.override);
  const because = why ?? options.reason ?? 'no reason given';
  const state = await recordedWord(context, host, because, (migrations, id, operator) =>
    migrations.finalize(id, operator, why !== null),
  );
  context.terminal.out(`the bake at ${state.share}% ends early; ${advanceWords(state, why !== null)}`);
  return exitCode.done;
}
