import { composeMigrations } from '../compose/migrations.js';
import { openStore } from '../compose/store.js';
import type { Failure } from '../core/failure.js';
import type { MigrationState } from '../core/migration-state.js';
import { displayName } from '../core/record-name.js';
import type { Result } from '../core/result.js';
import { safeText } from '../core/safe-text.js';
import type { Migrations } from '../engine/migrations.js';
import type { Proposal } from '../engine/zone-verb.js';
import type { CommandContext } from './command-context.js';
import { invalidArgument, valueOrFail } from './command-failure.js';
import { exitCode } from './exit-code.js';
import { findMigration } from './find-migration.js';
import { operatorName } from './migration-request.js';

/** The flags of every verb that shows what it will write and asks. */
export interface ConfirmedOptions {
  readonly reason?: string;
  readonly yes?: boolean;
}

/** One verb that shows what it will write, asks, and writes exactly that. */
export interface ConfirmedWrite {
  readonly question: string;
  readonly propose: (migrations: Migrations, id: string) => Promise<Result<Proposal, Failure>>;
  /** Says what has been done; may wait for what follows. Resolves with the exit code. */
  readonly done: (migrations: Migrations, state: MigrationState, host: string) => Promise<number> | number;
}

/** Longer lines are cut; foreign text in them is stripped. */
const maxLineLength = 400;

/** Shows the difference between what stands and what would stand, asks unless told not to, and writes it if the zone is still so. */
export async function confirmAndWrite(
  { config, terminal }: CommandContext,
  typed: string | undefined,
  options: ConfirmedOptions,
  { question, propose, done }: ConfirmedWrite,
): Promise<number> {
  await using store = await openStore(config, false);
  const log = { warn: (line: string) => terminal.err(`shiftctl: ${line}`) };
  await using migrations = await composeMigrations(config, store, 'burst', log);
  const row = await findMigration(store, typed, config.stateDirectory.path);
  const proposal = valueOrFail(await propose(migrations, row.id));
  const host = displayName(row.hosts[0] ?? row.id);
  for (const line of proposal.differences) terminal.out(safeText(line, maxLineLength));
  if (proposal.differences.length > 0) terminal.out('- goes, + comes; the markers change with it');
  else terminal.out('the records stay as they are; only the markers change');
  terminal.out(proposal.summary);
  if (options.yes !== true) {
    if (!terminal.canAsk) throw invalidArgument('--yes', 'is needed where no question can be asked');
    const others = row.hosts.length > 1 ? ` and ${row.hosts.length - 1} more` : '';
    if (!(await isConfirmed(`${question} (${host}${others})`))) {
      terminal.err('shiftctl: nothing was written');
      return exitCode.refused;
    }
  }
  const operator = { by: operatorName(), because: options.reason ?? 'no reason given' };
  const state = valueOrFail(await migrations.carryOut(proposal, operator));
  return await done(migrations, state, host);
}

async function isConfirmed(message: string): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message, initialValue: false });
  return !isCancel(answer) && answer;
}
