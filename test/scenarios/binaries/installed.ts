import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The Debian package that each binary comes from. */
const packages = {
  aws: 'awscli',
  dig: 'dnsutils',
  prometheus: 'prometheus',
  unbound: 'unbound',
} as const;

export type Binary = keyof typeof packages;

/** Administrators' directories are not on everybody's path. Each is there once, whatever links lead to it. */
const directories = [
  ...new Set(
    [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin']
      .filter((directory) => existsSync(directory))
      .map((directory) => realpathSync(directory)),
  ),
];

/** Absolute path of a binary, or undefined when it is not installed. */
export function find(binary: Binary): string | undefined {
  return findAll(binary)[0];
}

/** Absolute paths of all binaries of that name: a distribution's may stand beside another one. */
export function findAll(binary: Binary): readonly string[] {
  return directories.map((directory) => join(directory, binary)).filter(isExecutable);
}

/** Absolute path of a binary that `missing` did not name. */
export function pathOf(binary: Binary): string {
  const path = find(binary);
  if (path === undefined) throw new Error(`${binary} is not installed`);
  return path;
}

/** Which of these is not installed, as a line that says how to change that; undefined when everything is there. */
export function missing(...binaries: readonly Binary[]): string | undefined {
  const absent = binaries.filter((binary) => find(binary) === undefined);
  if (absent.length === 0) return undefined;
  return `${absent.join(', ')} not found; install ${absent.map((binary) => packages[binary]).join(' ')}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
