import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The Debian package that each binary comes from. */
const packages = { aws: 'awscli', dig: 'dnsutils', unbound: 'unbound' } as const;

export type Binary = keyof typeof packages;

/** Administrators' directories are not on everybody's path. */
const directories = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];

/** Absolute path of a binary, or undefined when it is not installed. */
export function find(binary: Binary): string | undefined {
  return directories.map((directory) => join(directory, binary)).find(isExecutable);
}

/** Absolute path of a binary that `missing` did not name. */
export function pathOf(binary: Binary): string {
  const path = find(binary);
  if (path === undefined) throw new Error(`${binary} is not installed`);
  return path;
}

/** What is not installed, as a line that says how to change that; undefined when everything is there. */
export function missing(): string | undefined {
  const absent = (Object.keys(packages) as Binary[]).filter((binary) => find(binary) === undefined);
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
