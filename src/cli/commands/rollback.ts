import { composeMigrations } from '../../compose/migrations.js';
import { composeStatelessRollback } from '../../compose/stateless-rollback.js';
import { openStore } from '../../compose/store.js';
import type { MigrationState } from '../../core/migration-state.js';
import { wentToOldTarget } from '../../core/platform/left-behind.js';
import { displayName, hostName } from '../../core/record-name.js';
import { hostsAfterRollback } from '../../core/hosts-after-rollback.js';
import { undrained } from '../../core/undrained.js';
import type { Store } from '../../engine/ports.js';
import type { Migrations } from '../../engine/migrations.js';
import type { CommandContext } from '../command-context.js';
import { invalidArgument, valueOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { operatorName } from '../migration-request.js';
import { rollbackMomentLines } from '../render/rollback-lines.js';

/** A rollback waits no longer than this for its journal. */
const openMs = 500;

export interface RollbackOptions {
  readonly reason?: string;
  readonly wait: boolean;
  readonly state: boolean;
  readonly to?: string;
  readonly only?: boolean;
  readonly zone?: string;
}

/**
 * Everything back to the source, now. Exit 0 once Route 53 has accepted and, unless told not to wait, no name server hands out the
 * target. A journal that does not open in time is no obstacle: the zone and its markers tell enough.
 */
export async function rollback(
  context: CommandContext,
  host: string | undefined,
  options: RollbackOptions,
): Promise<number> {
  if (!options.state) return await rollbackWithoutState(context, host, options);
  const opened = await openInTime(context);
  if (opened.store === null) {
    context.terminal.err(`shiftctl: ${opened.why}; rolling back from the zone alone`);
    return await rollbackWithoutState(context, host, options);
  }
  await using store = opened.store;
  return await rollbackWithState(context, store, host, options);
}

async function openInTime({
  config,
}: CommandContext): Promise<{ store: Store } | { store: null; why: string }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ store: null; why: string }>((resolve) => {
    timer = setTimeout(
      () => resolve({ store: null, why: `the journal did not open in ${openMs} ms` }),
      openMs,
    );
  });
  const opening = openStore(config, false).then(
    (store) => ({ store }),
    (error: unknown) => ({ store: null, why: error instanceof Error ? error.message : String(error) }),
  );
  const first = await Promise.race([opening, late]);
  clearTimeout(timer);
  return first;
}

async function rollbackWithState(
  context: CommandContext,
  store: Store,
  host: string | undefined,
  options: RollbackOptions,
): Promise<number> {
  const { config, terminal, signal } = context;
  const log = { warn: (line: string) => terminal.err(`shiftctl: ${line}`) };
  await using migrations = await composeMigrations(config, store, 'burst', log);
  const row = await findMigration(store, host, config.stateDirectory.path);
  const operator = { by: operatorName(), because: options.reason ?? 'asked for by an operator' };
  const state = valueOrFail(await migrations.rollBack(row.id, operator, signal));
  const { phase } = state.phase;
  if (phase === 'rolling-back' || phase === 'halted') {
    terminal.err(
      `shiftctl: not accepted yet (${phase}); run it again, or apply break-glass/${row.id}/drain.json in ${config.stateDirectory.path}`,
    );
    return phase === 'halted' ? exitCode.conflict : exitCode.interrupted;
  }
  const told = hostsAfterRollback(state);
  for (const line of told.back) terminal.out(`accepted: ${line}`);
  for (const line of [...told.untouched, ...wentToOldTarget(state)]) terminal.err(`shiftctl: ${line}`);
  return options.wait ? await waitUntilClean(context, migrations, state) : exitCode.done;
}

async function rollbackWithoutState(
  { config, terminal, signal }: CommandContext,
  typed: string | undefined,
  options: RollbackOptions,
): Promise<number> {
  const host = hostName(typed ?? '');
  if (!host.ok) throw invalidArgument('host', `${host.error}; without the journal the host must be named`);
  const to = options.to === undefined ? null : hostName(options.to);
  if (to?.ok === false) throw invalidArgument('--to', to.error);
  const roll = await composeStatelessRollback(config, { warn: (line) => terminal.err(`shiftctl: ${line}`) });
  const request = {
    host: host.value,
    to: to?.value ?? null,
    only: options.only === true,
    zoneId: options.zone ?? null,
  };
  const { written, untouched } = valueOrFail(await roll(request, signal));
  for (const line of written) terminal.out(`accepted: ${line}`);
  if (written.length > 0)
    terminal.out(
      `name servers and caches follow; to see what stands: shiftctl status ${displayName(host.value)} --no-state`,
    );
  for (const line of untouched) terminal.err(`shiftctl: ${line}`);
  return untouched.length === 0 ? exitCode.done : exitCode.conflict;
}

async function waitUntilClean(
  context: CommandContext,
  migrations: Migrations,
  begun: MigrationState,
): Promise<number> {
  const { terminal, signal } = context;
  const state = await migrations.untilDrained(begun, signal);
  if (state.phase.phase !== 'rolled-back') {
    const host = displayName(state.plan.hosts[0]?.host ?? state.plan.id);
    terminal.err('shiftctl: accepted by Route 53, but not seen clean on every name server:');
    for (const lack of undrained(state)) terminal.err(`  ${lack}`);
    terminal.err(`nothing has to be done again; look with: shiftctl status ${host}`);
    return exitCode.interrupted;
  }
  const { times } = state.phase;
  if (times !== null) {
    terminal.out('rolled back; after the request:');
    for (const { moment, meaning } of rollbackMomentLines(times, Date.now()))
      terminal.out(`  ${moment}${meaning}`);
  }
  return exitCode.done;
}
