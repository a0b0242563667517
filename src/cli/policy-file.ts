import { readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHash } from 'node:crypto';
import type { PlanFile } from '../core/plan-file.js';
import type { Config } from '../config.js';
import type { Policy } from '../core/policy/policy.js';
import { CommandFailure, invalidArgument, validOrFail } from './command-failure.js';

const builtInFolder = fileURLToPath(new URL('../../policies', import.meta.url));

/** The largest file that is read at all; the parsers have stricter limits of their own. */
const maxBytes = 1_048_576;

/** Where policies are named: in the program's own folder, and in that of the configuration. */
export type PolicyFolder = Pick<Config, 'policiesDirectory'>;

/** The names of the policies that come with the program. */
export function builtInPolicies(): readonly string[] {
  return namesIn(builtInFolder);
}

/** All policies that have a name. One of one's own that is called like one of the program's cannot be named, only given as a file. */
export function namedPolicies({ policiesDirectory }: PolicyFolder): readonly string[] {
  const own = policiesDirectory === null ? [] : namesIn(policiesDirectory);
  return [...new Set([...builtInPolicies(), ...own])];
}

/** A folder that cannot be read has none. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => basename(file, '.yaml'))
      .filter((name) => namePattern.test(name))
      .sort();
  } catch {
    return [];
  }
}

const namePattern = /^[a-z0-9-]+$/;

/** The policy where neither a flag nor a file names one. */
export function defaultPolicy({ policy }: Config): string {
  return policy ?? 'standard';
}

/** Reads a policy by name (`standard`) or by path (`./my.yaml`); fails with all problems and their places. */
export async function loadPolicy(nameOrPath: string, folder: PolicyFolder): Promise<Policy> {
  return (await loadPolicyFile(nameOrPath, folder)).policy;
}

/** A policy and the file that it stands in, unless it comes with the program. */
export interface LoadedPolicy {
  readonly policy: Policy;
  readonly file?: PlanFile;
}

/** The same with the file that it stands in, so that somebody can be told when that is edited; none for a policy by name. */
export async function loadPolicyFile(nameOrPath: string, folder: PolicyFolder): Promise<LoadedPolicy> {
  const { parsePolicy } = await import('../core/policy/parse-policy.js');
  const { path, shown, isBuiltIn } = policyPath(nameOrPath, folder);
  const text = readText(path, '--policy');
  const policy = validOrFail(parsePolicy(text, shown));
  return isBuiltIn ? { policy } : { policy, file: planFileOf('policy', path, text) };
}

/** How a file is known again that a plan is made from. */
export function planFileOf(kind: PlanFile['kind'], path: string, text: string): PlanFile {
  return { kind, path: resolve(path), sha256: createHash('sha256').update(text).digest('hex') };
}

/** The file of a policy as it was written. */
export function policyText(nameOrPath: string, folder: PolicyFolder): string {
  return readText(policyPath(nameOrPath, folder).path, '--policy');
}

/** The JSON Schema that comes with the program. */
export function schemaText(kind: 'policy' | 'migration'): string {
  return readText(resolve(builtInFolder, `${kind}.schema.json`), 'policies');
}

interface PolicyPath {
  readonly path: string;
  readonly shown: string;
  readonly isBuiltIn: boolean;
}

function policyPath(nameOrPath: string, folder: PolicyFolder): PolicyPath {
  const path = resolve(builtInFolder, `${nameOrPath}.yaml`);
  if (builtInPolicies().includes(nameOrPath)) return { path, shown: path, isBuiltIn: true };
  if (!namePattern.test(nameOrPath))
    return { path: resolve(nameOrPath), shown: nameOrPath, isBuiltIn: false };
  const names = namedPolicies(folder);
  if (names.includes(nameOrPath)) {
    const own = resolve(folder.policiesDirectory ?? '', `${nameOrPath}.yaml`);
    return { path: own, shown: own, isBuiltIn: false };
  }
  throw invalidArgument('--policy', `there is no policy "${nameOrPath}"; take ${names.join(', ')} or a file`);
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
