import type { Command } from 'commander';
import { openStore } from '../../compose/store.js';
import type { Config } from '../../config.js';
import { replay } from '../../core/migration.js';
import { displayName } from '../../core/record-name.js';
import { safeText } from '../../core/safe-text.js';
import type { MigrationRow } from '../../engine/ports.js';
import type { CommandContext } from '../command-context.js';
import { complete, type Candidate } from '../completion/candidates.js';
import { exitCode } from '../exit-code.js';
import { namedPolicies } from '../policy-file.js';

/** A shell shows no more of a meaning than this. */
const maxMeaning = 60;
/** A state directory of years has more migrations than a prompt can show. */
const maxMigrations = 200;
/** Their journals are read at a tab. */
const maxLiveMigrations = 5;

/** Prints what fits at the cursor, one candidate a line. Loads the journal only where a host fits, and nothing of a provider ever. */
export async function completeWords(
  { config, terminal }: CommandContext,
  words: readonly string[],
  _options: unknown,
  command: Command,
): Promise<number> {
  const at = (stateDirectory: string | null): Config =>
    stateDirectory === null
      ? config
      : { ...config, stateDirectory: { path: stateDirectory, from: '--state-dir' } };
  const { candidates, hasFiles } = await complete(command.parent ?? command, words, {
    policies: () => namedPolicies(config),
    // A journal that cannot be read completes nothing, and the verb itself will say why.
    migrations: (stateDirectory) => migrations(at(stateDirectory)).catch(() => []),
    stages: (stateDirectory, host) => stages(at(stateDirectory), host).catch(() => []),
    scenarios,
  });
  for (const { word, meaning } of candidates) {
    const shown = safeText(meaning, maxMeaning);
    terminal.out(shown === '' ? word : `${word}\t${shown}`);
  }
  if (hasFiles) terminal.out(':files');
  return exitCode.done;
}

/** Of the migration that is named, else of the live ones. */
async function stages(config: Config, host: string | null): Promise<Candidate[]> {
  await using store = await openStore(config, true);
  const rows = await store.list();
  const isNamed = ({ id, hosts }: MigrationRow): boolean =>
    id === host || hosts.some((one) => displayName(one) === host);
  const meant = host === null ? rows.filter(({ live }) => live) : rows.filter(isNamed).slice(0, 1);
  const shares = await Promise.all(
    meant.slice(0, maxLiveMigrations).map(async ({ id, hosts }) => {
      const { plan } = replay((await store.read(id, 0)).map(({ event }) => event));
      const meaning = `a stage of ${displayName(hosts[0] ?? id)}`;
      return plan.policy.stages.map(({ share }) => ({ word: String(share), meaning }));
    }),
  );
  return [...new Map(shares.flat().map((candidate) => [candidate.word, candidate])).values()];
}

async function scenarios(): Promise<Candidate[]> {
  const { labScenarios } = await import('./lab.js');
  return labScenarios().map(([word, meaning]) => ({ word, meaning }));
}

async function migrations(config: Config): Promise<Candidate[]> {
  await using store = await openStore(config, true);
  const rows = (await store.list()).slice(0, maxMigrations);
  const hosts = new Set(
    rows.filter(({ live }) => live).flatMap((row) => row.hosts.map((host) => displayName(host))),
  );
  return [
    ...[...hosts].map((word) => ({ word, meaning: 'a live migration' })),
    ...rows.map(({ id, live }) => ({
      word: id,
      meaning: live ? 'the id of a live one' : 'an ended migration',
    })),
  ];
}
