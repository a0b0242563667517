import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Environment, FileSetting, Surroundings } from '../config.js';
import type { Problem } from '../core/failure.js';
import type { ConfigEntry, ConfigKey } from '../core/policy/config-file.js';

/** What the config file says, as far as flags and environment leave room for it. */
export interface ConfigFile {
  readonly settings: readonly FileSetting[];
  readonly problems: readonly Problem[];
}

/** Larger files are no config files. */
const maxBytes = 65_536;

/** What there is without one. */
export const noConfigFile: ConfigFile = { settings: [], problems: [] };

/**
 * The defaults that a person wrote down: SHIFT_CONFIG, else `$XDG_CONFIG_HOME/shift/config.yaml`, else `~/.config/shift/config.yaml`. Without
 * such a file this is one look at the disk. What is no regular file, /dev/null above all, says nothing.
 */
export async function readConfigFile(env: Environment, look: () => Surroundings): Promise<ConfigFile> {
  const surroundings = look();
  const path = pathOf(env, surroundings);
  const isNamed = (env['SHIFT_CONFIG'] ?? '') !== '';
  const content = contentOf(path, isNamed);
  if (typeof content !== 'string') return content;
  if (content === '') return noConfigFile;
  // The parser is loaded for those who have a file, and for nobody else: a rollback must not wait for it.
  const { parseConfigFile } = await import('../core/policy/config-file.js');
  const { entries, problems } = parseConfigFile(content, path);
  const settings = entries.flatMap((entry) => settingOf(entry, env, dirname(path), surroundings));
  return { settings, problems };
}

/** Whatever went wrong with it: a verb that needs no setting goes on. */
export function noConfigFileBecause(error: unknown): ConfigFile {
  const because = error instanceof Error ? error.message : String(error);
  const message = `the config file cannot be looked for: ${because}`;
  return { settings: [], problems: [{ location: null, where: 'SHIFT_CONFIG', message }] };
}

function pathOf(env: Environment, { workingDirectory, homeDirectory }: Surroundings): string {
  const named = env['SHIFT_CONFIG'] ?? '';
  if (named !== '') return resolve(workingDirectory, named);
  // The XDG Base Directory Specification: "All paths must be absolute"; a relative one is to be ignored.
  const xdg = env['XDG_CONFIG_HOME'] ?? '';
  return join(isAbsolute(xdg) ? xdg : join(homeDirectory, '.config'), 'shift', 'config.yaml');
}

function contentOf(path: string, isNamed: boolean): string | ConfigFile {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined && !isNamed) return '';
    if (found?.isFile() === false) return '';
    if ((found?.size ?? 0) > maxBytes) return unreadable(path, `is larger than ${maxBytes} bytes`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return unreadable(path, `cannot be read (${code})`);
  }
}

function unreadable(path: string, because: string): ConfigFile {
  return {
    settings: [],
    problems: [{ location: null, where: 'SHIFT_CONFIG', message: `the config file ${path} ${because}` }],
  };
}

/** The variable that a key stands in for, and those that leave no room for it. */
interface StandIn {
  readonly variable: string;
  readonly yieldsTo: readonly string[];
}

/**
 * Credentials in the environment are not to be overruled by a profile: with both the AWS SDK would take the profile. Colour has two
 * variables, and the one that is set counts.
 */
export const configKeys: Readonly<Record<ConfigKey, StandIn>> = {
  stateDir: { variable: 'SHIFT_STATE_DIR', yieldsTo: [] },
  policy: { variable: 'SHIFT_POLICY', yieldsTo: [] },
  policiesDir: { variable: 'SHIFT_POLICIES_DIR', yieldsTo: [] },
  operator: { variable: 'SHIFT_OPERATOR', yieldsTo: [] },
  output: { variable: 'SHIFT_OUTPUT', yieldsTo: [] },
  color: { variable: 'FORCE_COLOR', yieldsTo: ['NO_COLOR'] },
  awsProfile: { variable: 'AWS_PROFILE', yieldsTo: ['AWS_ACCESS_KEY_ID'] },
  awsRegion: { variable: 'AWS_REGION', yieldsTo: [] },
  resolver: { variable: 'SHIFT_RESOLVER', yieldsTo: [] },
  caFile: { variable: 'SHIFT_CA_FILE', yieldsTo: [] },
};

/** Keys whose value is a path; a relative one begins at the folder of the config file. */
const paths: readonly ConfigKey[] = ['stateDir', 'policiesDir', 'caFile'];

function settingOf(
  { key, value, location }: ConfigEntry,
  env: Environment,
  folder: string,
  { homeDirectory }: Surroundings,
): FileSetting[] {
  const { variable, yieldsTo } = configKeys[key];
  if ([variable, ...yieldsTo].some((name) => (env[name] ?? '') !== '')) return [];
  const own = (text: string): FileSetting[] => [{ key, variable, value: text, location }];
  if (key === 'color') return value === 'auto' ? [] : own(value === 'always' ? '1' : '0');
  const isOwnPolicy = key === 'policy' && /[./]/.test(value);
  if (!paths.includes(key) && !isOwnPolicy) return own(value);
  return own(value.startsWith('~/') ? join(homeDirectory, value.slice(2)) : resolve(folder, value));
}
