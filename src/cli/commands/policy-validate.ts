import type { CommandContext } from '../command-context.js';
import { validOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { loadPolicy, readText } from '../policy-file.js';

/** Checks a policy or a migration file and says everything that is wrong with it at once. */
export async function policyValidate({ terminal }: CommandContext, file: string): Promise<number> {
  const isMigration = file.endsWith('.yaml') && /^hosts\s*:/m.test(readText(file, 'file'));
  if (isMigration) {
    const { parseMigrationFile } = await import('../../core/policy/migration-file.js');
    const migration = validOrFail(parseMigrationFile(readText(file, 'file'), file));
    terminal.out(`${file} is a valid migration file with ${migration.hosts.length} host(s)`);
    return exitCode.done;
  }
  const policy = await loadPolicy(file);
  const stages = policy.stages.map((stage) => `${stage.share}%`).join(' -> ');
  terminal.out(`${file} is a valid policy: ${stages}`);
  return exitCode.done;
}
