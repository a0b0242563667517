import { openStore, StoreError } from '../compose/store.js';
import { composeZoneReader } from '../compose/zone-reader.js';
import type { MigrationState } from '../core/migration-state.js';
import { replay } from '../core/migration.js';
import type { Policy } from '../core/policy/policy.js';
import { hostName, type RecordName } from '../core/record-name.js';
import type { CommandContext } from './command-context.js';
import { CommandFailure, invalidArgument, valueOrFail } from './command-failure.js';
import { findMigration } from './find-migration.js';
import { readRequest } from './migration-request.js';

/** How a helper is told what it is about: a host, a migration file or nothing, which means the one live migration. */
export interface ScopeOptions {
  readonly file?: string;
  readonly zone?: string;
}

/** The hosts that belong together and their zone; the state where the journal knows them. */
export interface MigrationScope {
  readonly hosts: readonly RecordName[];
  readonly zoneId: string;
  readonly policy: Policy | null;
  readonly state: MigrationState | null;
}

/**
 * The journal is asked first, then the account. With `--zone` neither is needed, so that a policy can be printed before anybody
 * has any permission.
 */
export async function readScope(
  context: CommandContext,
  typed: string | undefined,
  options: ScopeOptions,
): Promise<MigrationScope> {
  const { config } = context;
  if (options.file !== undefined) {
    const { hosts, zoneId, policy } = await readRequest(config, typed, options);
    const names = hosts.map(({ host }) => host);
    return { hosts: names, zoneId: zoneId ?? (await zoneOf(context, names)), policy, state: null };
  }
  const state = await stateOf(context, typed);
  if (state !== null && (options.zone ?? state.plan.zone.id) === state.plan.zone.id) {
    const { plan } = state;
    return { hosts: plan.hosts.map(({ host }) => host), zoneId: plan.zone.id, policy: plan.policy, state };
  }
  const host = hostName(typed ?? '');
  if (!host.ok) throw invalidArgument('host', `${host.error}; name a host, or give --file <migration.yaml>`);
  const zoneId = options.zone ?? (await zoneOf(context, [host.value]));
  return { hosts: [host.value], zoneId, policy: null, state: null };
}

/** Null where the journal does not know what was typed, or where there is no journal yet. */
async function stateOf(
  { config }: CommandContext,
  typed: string | undefined,
): Promise<MigrationState | null> {
  try {
    await using store = await openStore(config, true);
    const row = await findMigration(store, typed, config.stateDirectory.path);
    return replay((await store.read(row.id, 0)).map((entry) => entry.event));
  } catch (error) {
    const isUnknown = typed !== undefined && error instanceof CommandFailure;
    const isMissing = error instanceof StoreError && error.reason === 'missing';
    if (isUnknown || isMissing) return null;
    throw error;
  }
}

async function zoneOf({ config, signal }: CommandContext, hosts: readonly RecordName[]): Promise<string> {
  const [first] = hosts;
  if (first === undefined) throw invalidArgument('hosts', 'name at least one host');
  const reader = await composeZoneReader(config);
  return valueOrFail(await reader.find(first, null, signal)).id;
}
