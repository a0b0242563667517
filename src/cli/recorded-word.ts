import { composeMigrations } from '../compose/migrations.js';
import { openStore } from '../compose/store.js';
import type { Failure } from '../core/failure.js';
import type { MigrationState } from '../core/migration-state.js';
import type { Result } from '../core/result.js';
import type { Migrations } from '../engine/migrations.js';
import type { Operator } from '../engine/operator.js';
import type { CommandContext } from './command-context.js';
import { invalidArgument, valueOrFail } from './command-failure.js';
import { findMigration } from './find-migration.js';
import { operatorName } from './migration-request.js';

/** Journals what a person says about a migration, and returns the state that it left. Writes nothing to the zone. */
export async function recordedWord(
  { config, terminal }: CommandContext,
  host: string | undefined,
  because: string,
  say: (migrations: Migrations, id: string, operator: Operator) => Promise<Result<MigrationState, Failure>>,
): Promise<MigrationState> {
  await using store = await openStore(config, false);
  const log = { warn: (line: string) => terminal.err(`shiftctl: ${line}`) };
  await using migrations = await composeMigrations(config, store, 'burst', log);
  const row = await findMigration(store, host, config.stateDirectory.path);
  return valueOrFail(await say(migrations, row.id, { by: operatorName(), because }));
}

/** What a person gave as `--override "<why>"`; null where the flag is absent, a fault where it says nothing. */
export function overrideReason(typed: string | undefined): string | null {
  if (typed === undefined) return null;
  if (typed.trim() === '')
    throw invalidArgument(
      '--override',
      'says nothing; write why you know more than the gate, for the history',
    );
  return typed;
}

/** A share as typed, `25` or `25%`. */
export function typedShare(flag: string, typed: string | undefined): number | null {
  if (typed === undefined) return null;
  const [, digits] = /^(\d{1,3})%?$/.exec(typed) ?? [];
  const share = Number(digits);
  if (digits === undefined || share < 1 || share > 100)
    throw invalidArgument(flag, 'is a share from 1 to 100, for example 25');
  return share;
}
