import { hostName, displayName } from '../core/record-name.js';
import type { MigrationRow, Store } from '../engine/ports.js';
import { CommandFailure, invalidArgument } from './command-failure.js';

/**
 * The migration a person means: by one of its hosts (the live one, else the newest), by its id, or, when nothing was typed, the
 * only live one. Fails with what could have been typed instead.
 */
export async function findMigration(
  store: Store,
  typed: string | undefined,
  directory: string,
): Promise<MigrationRow> {
  const rows = await store.list();
  if (typed === undefined) return onlyLive(rows, directory);
  const byId = rows.find((row) => row.id === typed);
  const host = hostName(typed);
  const byHost = host.ok ? rows.filter((row) => row.hosts.includes(host.value)) : [];
  const found = byId ?? byHost.find((row) => row.live) ?? byHost[0];
  if (found !== undefined) return found;
  const known = rows.flatMap((row) => row.hosts.map((name) => displayName(name)));
  const hint =
    known.length === 0
      ? 'there is no migration at all'
      : `known: ${[...new Set(known)].slice(0, 10).join(', ')}`;
  const message = `no migration of ${typed} in ${directory}; ${hint}`;
  throw new CommandFailure({
    reason: 'refused',
    check: 'migration',
    message,
    fix: 'shiftctl list, or another --state-dir; a rollback without the journal: --no-state',
  });
}

function onlyLive(rows: readonly MigrationRow[], directory: string): MigrationRow {
  const live = rows.filter((row) => row.live);
  const [only, ...others] = live.length > 0 ? live : rows.slice(0, 1);
  if (only === undefined) {
    const message = `there is no migration in ${directory}`;
    throw new CommandFailure({
      reason: 'refused',
      check: 'migration',
      message,
      fix: 'shiftctl start, or another --state-dir; a rollback without the journal: --no-state',
    });
  }
  if (others.length === 0) return only;
  const hosts = live.flatMap((row) => row.hosts.map((name) => displayName(name)));
  throw invalidArgument('host', `several migrations are live; name one of ${hosts.join(', ')}`);
}
