import { openStore } from '../../compose/store.js';
import { replay } from '../../core/migration.js';
import type { CommandContext } from '../command-context.js';
import { invalidArgument } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { overrideReason, recordedWord } from '../recorded-word.js';
import { advanceWords } from '../render/advance-words.js';
import { typedZoneId } from '../zone-id.js';
import { finalizeAsAlias, type AliasOptions } from './finalize-as-alias.js';

export type FinalizeOptions = AliasOptions & { readonly as?: 'alias'; readonly override?: string };

/**
 * Ends the bake early, on the gate's evidence or on a person's word; with `--as alias` on an alias, which a migration that is completed becomes
 * afterwards.
 */
export async function finalize(
  context: CommandContext,
  host: string | undefined,
  options: FinalizeOptions,
): Promise<number> {
  if (options.as === undefined && options.aliasZoneId !== undefined)
    throw invalidArgument('--alias-zone-id', 'goes with --as alias');
  if (options.as === undefined || !(await isCompleted(context, host)))
    return await endBakeEarly(context, host, options);
  if (options.override !== undefined)
    throw invalidArgument('--override', 'ends a bake, and this migration is completed');
  return await finalizeAsAlias(context, host, options);
}

async function isCompleted({ config }: CommandContext, host: string | undefined): Promise<boolean> {
  await using store = await openStore(config, true);
  const row = await findMigration(store, host, config.stateDirectory.path);
  return replay((await store.read(row.id, 0)).map(({ event }) => event)).phase.phase === 'completed';
}

async function endBakeEarly(
  context: CommandContext,
  host: string | undefined,
  options: FinalizeOptions,
): Promise<number> {
  const why = overrideReason(options.override);
  const because = why ?? options.reason ?? 'no reason given';
  const override = why !== null;
  const zoneId = typedZoneId(options.aliasZoneId);
  const state = await recordedWord(context, host, because, (migrations, id, operator) =>
    options.as === undefined
      ? migrations.finalize(id, operator, override)
      : migrations.finalizeOnAlias(id, operator, { override, zoneId }, context.signal),
  );
  const on = options.as === undefined ? '' : ' on an alias';
  context.terminal.out(`the bake at ${state.share}% ends early${on}; ${advanceWords(state, override)}`);
  return exitCode.done;
}
