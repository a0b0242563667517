import type { Problem } from '../../core/failure.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { CommandFailure, validOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { loadPolicy, readText, type PolicyFolder } from '../policy-file.js';
import { jsonText } from '../render/json-text.js';

/** The shape of `policy validate -o json`; the number grows when a field changes its meaning or goes away. */
const policyValidateVersion = 1;

/** What `policy validate -o json` prints, whether or not the file is valid; the exit code is 0 or 2. */
export interface PolicyValidateOutput {
  readonly version: number;
  /** As it was typed: a path, or the name of a built-in policy. */
  readonly file: string;
  /** Which rules were applied. */
  readonly kind: 'policy' | 'migration';
  readonly valid: boolean;
  /** Everything that is wrong, in reading order; empty when it is valid. */
  readonly problems: readonly Problem[];
}

/** Checks a policy or a migration file and says everything that is wrong with it at once. */
export async function policyValidate(
  { config, terminal }: CommandContext,
  file: string,
  options: { output: OutputFormat },
): Promise<number> {
  if (options.output === 'text') {
    terminal.out(await validated(config, file, isMigration(file)));
    return exitCode.done;
  }
  const kind = isMigration(file) ? 'migration' : 'policy';
  const problems = await problemsOf(validated(config, file, kind === 'migration'));
  const valid = problems.length === 0;
  const output: PolicyValidateOutput = { version: policyValidateVersion, file, kind, valid, problems };
  terminal.out(jsonText(output));
  return valid ? exitCode.done : exitCode.invalidInput;
}

function isMigration(file: string): boolean {
  return /\.ya?ml$/i.test(file) && /^hosts\s*:/m.test(readText(file, 'file'));
}

/** What the file is, in words; fails with all problems. */
async function validated(folder: PolicyFolder, file: string, asMigration: boolean): Promise<string> {
  if (asMigration) {
    const { parseMigrationFile } = await import('../../core/policy/migration-file.js');
    const { hosts } = validOrFail(parseMigrationFile(readText(file, 'file'), file));
    return `${file} is a valid migration file with ${hosts.length === 1 ? 'one host' : `${hosts.length} hosts`}`;
  }
  const { stages } = await loadPolicy(file, folder);
  return `${file} is a valid policy: ${stages.map(({ share }) => `${share}%`).join(' -> ')}`;
}

async function problemsOf(validating: Promise<string>): Promise<readonly Problem[]> {
  try {
    await validating;
    return [];
  } catch (error) {
    if (error instanceof CommandFailure && error.failure.reason === 'invalid-input')
      return error.failure.problems;
    throw error;
  }
}
