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
    terminal.out(`${file} is ${await validated(config, file, kindOf(file))}`);
    return exitCode.done;
  }
  const { kind, problems } = await checked(config, file);
  const valid = problems.length === 0;
  const output: PolicyValidateOutput = { version: policyValidateVersion, file, kind, valid, problems };
  terminal.out(jsonText(output));
  return valid ? exitCode.done : exitCode.invalidInput;
}

type Kind = PolicyValidateOutput['kind'];

function kindOf(file: string): Kind {
  const isMigration = /\.ya?ml$/i.test(file) && /^hosts\s*:/m.test(readText(file, 'file'));
  return isMigration ? 'migration' : 'policy';
}

/** What the file is, in words; fails with all problems. */
async function validated(folder: PolicyFolder, file: string, kind: Kind): Promise<string> {
  if (kind === 'migration') {
    const { parseMigrationFile } = await import('../../core/policy/migration-file.js');
    const { hosts } = validOrFail(parseMigrationFile(readText(file, 'file'), file));
    return `a valid migration file with ${hosts.length === 1 ? 'one host' : `${hosts.length} hosts`}`;
  }
  const { stages } = await loadPolicy(file, folder);
  return `a valid policy: ${stages.map(({ share }) => `${share}%`).join(' -> ')}`;
}

/** A file that cannot be read counts as a policy. */
async function checked(
  folder: PolicyFolder,
  file: string,
): Promise<Pick<PolicyValidateOutput, 'kind' | 'problems'>> {
  let kind: Kind = 'policy';
  try {
    kind = kindOf(file);
    await validated(folder, file, kind);
    return { kind, problems: [] };
  } catch (error) {
    if (error instanceof CommandFailure && error.failure.reason === 'invalid-input')
      return { kind, problems: error.failure.problems };
    throw error;
  }
}
