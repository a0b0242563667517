import type { Command } from 'commander';
import { openStore } from '../../compose/store.js';
import type { Config } from '../../config.js';
import { displayName } from '../../core/record-name.js';
import { safeText } from '../../core/safe-text.js';
import type { CommandContext } from '../command-context.js';
import { complete, type Candidate } from '../completion/candidates.js';
import { exitCode } from '../exit-code.js';
import { namedPolicies } from '../policy-file.js';

/** A shell shows no more of a meaning than this. */
const maxMeaning = 60;
/** A state directory of years has more migrations than a prompt can show. */
const maxMigrations = 200;

/** Prints what fits at the cursor, one candidate a line. Loads the journal only where a host fits, and nothing of a provider ever. */
export async function completeWords(
  { config, terminal }: CommandContext,
  words: readonly string[],
  _options: unknown,
  command: Command,
): Promise<number> {
  const { candidates, hasFiles } = await complete(command.parent ?? command, words, {
    policies: () => namedPolicies(config),
    migrations: (stateDirectory) =>
      migrations(
        stateDirectory === null
          ? config
          : { ...config, stateDirectory: { path: stateDirectory, from: '--state-dir' } },
      ).catch(() => []),
  });
  for (const { word, meaning } of candidates) {
    const shown = safeText(meaning, maxMeaning);
    terminal.out(shown === '' ? word : `${word}\t${shown}`);
  }
  if (hasFiles) terminal.out(':files');
  return exitCode.done;
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
