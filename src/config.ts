import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Location, Problem } from './core/failure.js';
import { netrcPassword } from './core/netrc.js';
import {
  isLoopback,
  readEndpoint,
  readHerokuHost,
  readOutput,
  readLoopbackUrl,
  readPort,
  readResolvers,
  readSocketAddress,
  readSwitch,
  readToken,
  type SocketAddress,
} from './config/setting-value.js';
import { err, ok, type Result } from './core/result.js';

/** Everything the environment and the global flags say, read once at the start and never changed. */
export interface Config {
  readonly stateDirectory: StateDirectory;
  /** Answers ordinary look-ups in place of the system's resolver, or null. */
  readonly resolver: SocketAddress | null;
  /** Resolvers whose answers preflight and `status --resolvers` tell; null for a choice that follows from `resolver`, empty for none. */
  readonly reportResolvers: readonly SocketAddress[] | null;
  /** Where name servers listen. */
  readonly dnsPort: number;
  /** A PEM file of certificate authorities that are trusted beside the built-in ones, or null. */
  readonly caFile: string | null;
  /** Base URL of the Heroku Platform API in place of the public one, or null. */
  readonly herokuHost: string | null;
  /** A secret, of HEROKU_API_KEY or else of `~/.netrc`: never printed, journalled or put into an error. */
  readonly herokuToken: string | null;
  /** Why a token that is there is not used, and what to type; null when none was passed over. */
  readonly herokuTokenTrouble: string | null;
  /** Base URL of Heroku's status page in place of https://status.heroku.com, or null. */
  readonly herokuStatusUrl: string | null;
  /** Known here only so that it can be checked; the AWS SDK reads the same variables itself. Null is the public endpoint. */
  readonly route53Endpoint: string | null;
  /** The same for CloudWatch. */
  readonly cloudWatchEndpoint: string | null;
  /** A base URL on loopback that stands in for Slack and PagerDuty, for tests and rehearsals; null for the public services. */
  readonly notifyStandIn: string | null;
  /** The policy where neither a flag nor a file names one; null is `standard`. */
  readonly policy: string | null;
  /** A folder with policies of one's own that are named like those that come with the program, or null. */
  readonly policiesDirectory: string | null;
  /** How reading verbs print where no flag says it. */
  readonly output: 'text' | 'json';
  /** Every screen says LAB. */
  readonly isLab: boolean;
}

export interface StateDirectory {
  /** Absolute. */
  readonly path: string;
  /** What chose it, in words for an error message. */
  readonly from:
    | '--state-dir'
    | 'SHIFT_STATE_DIR'
    | 'the config file'
    | 'the nearest state/shift.db'
    | 'XDG_STATE_HOME'
    | 'the home directory';
}

/** The flags that every verb knows. */
export interface ConfigFlags {
  readonly stateDir?: string | undefined;
}

/** What the configuration asks of the machine; passed in so that tests need no disk. */
export interface Surroundings {
  readonly workingDirectory: string;
  readonly homeDirectory: string;
  readonly fileExists: (path: string) => boolean;
  /** A small text file with secrets in it, or null where it cannot be read; absent where there are no such files. */
  readonly secretFile?: (path: string) => SecretFile | null;
}

export interface SecretFile {
  readonly text: string;
  /** False where others than its owner may read it. */
  readonly isPrivate: boolean;
}

/** A key of the config file that stands in for a variable which is not set. */
export interface FileSetting {
  readonly key: string;
  readonly variable: string;
  readonly value: string;
  readonly location: Location;
}

/** What is wrong with one setting. */
export interface SettingProblem extends Problem {
  /** The variable or the flag. */
  readonly setting: string;
}

/** A configuration in which settings that are wrong count as unset, and what is wrong with them. */
export interface Settings {
  readonly config: Config;
  readonly problems: readonly SettingProblem[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads environment and flags. Either a frozen Config or everything that is wrong at once; an empty variable counts as unset. */
export function readConfig(
  env: Environment,
  flags: ConfigFlags,
  surroundings: Surroundings,
): Result<Config, readonly Problem[]> {
  const { config, problems } = readSettings(env, flags, surroundings);
  return problems.length === 0 ? ok(config) : err(problems);
}

/**
 * The same for a verb that goes on without the settings that are wrong.
 *
 * @param fromFile the variables that the config file has filled in, to say where they stand
 */
export function readSettings(
  env: Environment,
  flags: ConfigFlags,
  surroundings: Surroundings,
  fromFile: readonly FileSetting[] = [],
): Settings {
  const problems: SettingProblem[] = [];
  const variable = <T>(name: string, read: (text: string) => Result<T, string>): T | null => {
    const text = env[name];
    if (text === undefined || text === '') return null;
    const value = read(text);
    if (value.ok) return value.value;
    const { location, key } = fromFile.find((one) => one.variable === name) ?? { location: null, key: name };
    problems.push({ setting: name, location, where: key, message: value.error });
    return null;
  };
  const route53Endpoint = variable('AWS_ENDPOINT_URL_ROUTE_53', readEndpoint);
  const cloudWatchEndpoint = variable('AWS_ENDPOINT_URL_CLOUDWATCH', readEndpoint);
  const endpoint = variable('AWS_ENDPOINT_URL', readEndpoint);
  const herokuHost = variable('HEROKU_HOST', readHerokuHost);
  const heroku = herokuLogin(variable('HEROKU_API_KEY', readToken), herokuHost, surroundings);
  const config: Config = {
    stateDirectory: findStateDirectory(env, flags, surroundings, fromFile),
    resolver: variable('SHIFT_RESOLVER', readSocketAddress),
    reportResolvers: variable('SHIFT_REPORT_RESOLVERS', readResolvers),
    dnsPort: variable('SHIFT_DNS_PORT', readPort) ?? 53,
    caFile: variable('SHIFT_CA_FILE', (text) => readExistingFile(text, surroundings)),
    herokuHost,
    herokuToken: heroku.token,
    herokuTokenTrouble: heroku.trouble,
    herokuStatusUrl: variable('HEROKU_STATUS_URL', (text) => readEndpoint(text, 'questions')),
    route53Endpoint: ignoresEndpoints(env) ? null : (route53Endpoint ?? endpoint),
    cloudWatchEndpoint: ignoresEndpoints(env) ? null : (cloudWatchEndpoint ?? endpoint),
    notifyStandIn: variable('SHIFT_NOTIFY_STAND_IN', readLoopbackUrl),
    policy: variable('SHIFT_POLICY', ok),
    policiesDirectory: variable('SHIFT_POLICIES_DIR', (text) => readExistingFile(text, surroundings)),
    output: variable('SHIFT_OUTPUT', readOutput) ?? 'text',
    isLab: variable('SHIFT_LAB', readSwitch) ?? false,
  };
  if (flags.stateDir === '')
    problems.push({
      setting: '--state-dir',
      location: null,
      where: '--state-dir',
      message: 'names no directory; leave it out or name one',
    });
  return { config: deepFreeze(config), problems };
}

/**
 * What stands between a policy with `lab: true` and this configuration: everything the product would talk to must be set to
 * a loopback address, so that times made for the lab never meet a real zone.
 */
export function refuseNonLoopback(config: Config): readonly Problem[] {
  const endpoints: readonly (readonly [string, string | null])[] = [
    ['AWS_ENDPOINT_URL_ROUTE_53', hostOf(config.route53Endpoint)],
    ['AWS_ENDPOINT_URL_CLOUDWATCH', hostOf(config.cloudWatchEndpoint)],
    ['HEROKU_HOST', hostOf(config.herokuHost)],
    ['HEROKU_STATUS_URL', hostOf(config.herokuStatusUrl)],
    ['SHIFT_RESOLVER', config.resolver?.address ?? null],
  ];
  return endpoints
    .filter(([, host]) => host === null || !isLoopback(host))
    .map(([where, host]) => ({
      location: null,
      where,
      message: `${host === null ? 'is not set' : `${host} is not loopback`}, and a policy with "lab: true" runs only against a lab; type: eval "$(shiftctl lab env)"`,
    }));
}

function findStateDirectory(
  env: Environment,
  flags: ConfigFlags,
  surroundings: Surroundings,
  fromFile: readonly FileSetting[],
): StateDirectory {
  const { workingDirectory, homeDirectory } = surroundings;
  const absolute = (path: string): string => resolve(workingDirectory, path);
  const explicit = flags.stateDir ?? '';
  if (explicit !== '') return { path: absolute(explicit), from: '--state-dir' };
  const fromEnv = env['SHIFT_STATE_DIR'] ?? '';
  const isFromFile = fromFile.some(({ variable }) => variable === 'SHIFT_STATE_DIR');
  const from = isFromFile ? 'the config file' : 'SHIFT_STATE_DIR';
  if (fromEnv !== '') return { path: absolute(fromEnv), from };
  const nearest = nearestState(surroundings);
  if (nearest !== undefined) return { path: nearest, from: 'the nearest state/shift.db' };
  // The XDG Base Directory Specification: "All paths must be absolute"; a relative one is to be ignored.
  const xdg = env['XDG_STATE_HOME'] ?? '';
  if (isAbsolute(xdg)) return { path: join(xdg, 'shift'), from: 'XDG_STATE_HOME' };
  return { path: join(homeDirectory, '.local', 'state', 'shift'), from: 'the home directory' };
}

/** Upwards from the working directory, as git looks for its own folder. */
function nearestState({ workingDirectory, fileExists }: Surroundings): string | undefined {
  let directory = resolve(workingDirectory);
  for (;;) {
    const state = join(directory, 'state');
    if (fileExists(join(state, 'shift.db'))) return state;
    const parent = dirname(directory);
    if (parent === directory) return undefined;
    directory = parent;
  }
}

function readExistingFile(
  text: string,
  { workingDirectory, fileExists }: Surroundings,
): Result<string, string> {
  const path = resolve(workingDirectory, text);
  return fileExists(path) ? ok(path) : err(`names a file that does not exist: ${path}`);
}

/**
 * As the Heroku CLI does it: HEROKU_API_KEY, else the password that `heroku login` left in `~/.netrc` for the API's host. Trouble with that
 * file is told where a token is needed and nowhere else: it must not stand in the way of a rollback.
 */
function herokuLogin(
  apiKey: string | null,
  host: string | null,
  { homeDirectory, secretFile }: Surroundings,
): { readonly token: string | null; readonly trouble: string | null } {
  if (apiKey !== null) return { token: apiKey, trouble: null };
  const file = secretFile?.(join(homeDirectory, '.netrc')) ?? null;
  const password = file === null ? null : netrcPassword(file.text, hostOf(host) ?? 'api.heroku.com');
  if (file === null || password === null) return { token: null, trouble: null };
  if (!file.isPrivate)
    return {
      token: null,
      trouble: 'others may read ~/.netrc, so its token is not used; type: chmod 600 ~/.netrc',
    };
  return readToken(password).ok
    ? { token: password, trouble: null }
    : { token: null, trouble: 'the password in ~/.netrc is no Heroku token; type: heroku login' };
}

/** The switch by which the AWS SDK ignores both endpoint variables (AWS SDKs reference, "Service-specific endpoints"). */
function ignoresEndpoints(env: Environment): boolean {
  return env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true';
}

function hostOf(endpoint: string | null): string | null {
  return endpoint === null ? null : new URL(endpoint).hostname;
}

function deepFreeze(config: Config): Config {
  Object.freeze(config.stateDirectory);
  if (config.resolver !== null) Object.freeze(config.resolver);
  return Object.freeze(config);
}
