import { readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Policy } from '../core/policy/policy.js';
import { CommandFailure, invalidArgument, validOrFail } from './command-failure.js';

const builtInFolder = fileURLToPath(new URL('../../policies', import.meta.url));

/** The largest file that is read at all; the parsers have stricter limits of their own. */
const maxBytes = 1_048_576;

/** The names of the policies that come with the program. */
export function builtInPolicies(): readonly string[] {
  return readdirSync(builtInFolder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'));
}

/** Reads a policy by name (`standard`) or by path (`./my.yaml`); fails with all problems and their places. */
export async function loadPolicy(nameOrPath: string): Promise<Policy> {
  const { parsePolicy } = await import('../core/policy/parse-policy.js');
  const { path, shown } = policyPath(nameOrPath);
  return validOrFail(parsePolicy(readText(path, '--policy'), shown));
}

/** The file of a policy as it was written. */
export function policyText(nameOrPath: string): string {
  return readText(policyPath(nameOrPath).path, '--policy');
}

/** The JSON Schema that comes with the program. */
export function schemaText(kind: 'policy' | 'migration'): string {
  return readText(resolve(builtInFolder, `${kind}.schema.json`), 'policies');
}

function policyPath(nameOrPath: string): { readonly path: string; readonly shown: string } {
  const path = resolve(builtInFolder, `${nameOrPath}.yaml`);
  if (builtInPolicies().includes(nameOrPath)) return { path, shown: path };
  if (!/^[a-z0-9-]+$/.test(nameOrPath)) return { path: resolve(nameOrPath), shown: nameOrPath };
  throw invalidArgument(
    '--policy',
    `there is no policy "${nameOrPath}"; take ${builtInPolicies().join(', ')} or a file`,
  );
}

/** The text of a file a person named; a missing or huge one is their input being wrong, not a crash. */
export function readText(path: string, where: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.length <= maxBytes) return text;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CommandFailure({
      reason: 'invalid-input',
      problems: [{ location: null, where, message: `${path} cannot be read (${code}); check the path` }],
    });
  }
  throw invalidArgument(
    where,
    `${path} is larger than ${maxBytes} bytes; it cannot be a policy or migration file`,
  );
}
