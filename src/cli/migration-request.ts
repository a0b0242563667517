import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import { refuseNonLoopback, type Config } from '../config.js';
import type { Problem } from '../core/failure.js';
import type { PolicyReference } from '../core/policy/migration-file.js';
import type { SidePair, SideSpec } from '../core/policy/side-spec.js';
import { hostName, type RecordName } from '../core/record-name.js';
import type { Result } from '../core/result.js';
import { safeText } from '../core/safe-text.js';
import type { MigrationRequest, RequestedHost } from '../engine/plan-migration.js';
import { CommandFailure, invalidArgument, validOrFail } from './command-failure.js';
import { typedZoneId } from './zone-id.js';
import { defaultPolicy, loadPolicyFile, planFileOf, readText, type LoadedPolicy } from './policy-file.js';

/** The flags that `plan`, `preflight` and `start` share, as commander hands them over. */
export interface RequestOptions {
  readonly from?: string;
  readonly to?: string;
  readonly file?: string;
  readonly policy?: string;
  readonly zone?: string;
  readonly sourceEndpoint?: string;
  readonly aliasZoneId?: string;
  readonly loadBalancer?: string;
  readonly targetGroup?: string;
}

/** What was asked for, from the flags or from a migration file; everything wrong with it is reported at once. */
export async function readRequest(
  config: Config,
  host: string | undefined,
  options: RequestOptions,
): Promise<MigrationRequest> {
  const request =
    options.file === undefined
      ? await fromFlags(config, host, options)
      : await fromFile(config, options.file, host, options);
  const problems = request.policy.lab ? refuseNonLoopback(config) : [];
  if (problems.length > 0) throw new CommandFailure({ reason: 'invalid-input', problems });
  return request;
}

/** Longer names are cut. */
const maxOperatorLength = 60;

/** Who runs this program, for the history: SHIFT_OPERATOR, else whoever typed sudo, else the user of this process. */
export function operatorName(): string {
  const named = [process.env['SHIFT_OPERATOR'], process.env['SUDO_USER']].map((name) => (name ?? '').trim());
  return safeText(named.find((name) => name !== '') ?? userName(), maxOperatorLength);
}

/** A container may run under a number that no user has; that must not keep anybody from rolling back. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

async function fromFlags(
  config: Config,
  host: string | undefined,
  options: RequestOptions,
): Promise<MigrationRequest> {
  if (host === undefined && options.from === undefined && options.to === undefined) throw nothingNamed();
  const { parseSide, sidePair } = await import('../core/policy/side-spec.js');
  const problems: Problem[] = [];
  const read = <T>(
    where: string,
    typed: string | undefined,
    example: string,
    parse: (text: string) => Result<T, string>,
  ): T | null => {
    const result =
      typed === undefined || typed === ''
        ? { ok: false as const, error: `is missing; ${example}` }
        : parse(typed);
    if (result.ok) return result.value;
    problems.push({ location: null, where, message: result.error });
    return null;
  };
  const name = read<RecordName>('host', host, 'write for example www.example.com', hostName);
  const from = read<SideSpec>('--from', options.from, 'write heroku:<app> or aws:<dns name>', parseSide);
  const to = read<SideSpec>('--to', options.to, 'write heroku:<app> or aws:<dns name>', parseSide);
  const pair = from !== null && to !== null ? read('--to', options.to, '', () => sidePair(from, to)) : null;
  const loaded = await policyOf(config, options.policy ?? defaultPolicy(config), problems);
  if (name === null || pair === null || loaded === null)
    throw new CommandFailure({ reason: 'invalid-input', problems });
  const metrics = metricsOf(options, pair);
  const { policy, file } = loaded;
  const files = file === undefined ? [] : [file];
  return { hosts: [{ host: name, ...pair, ...metrics }], policy, files, ...shared(options) };
}

/** What `init` writes when it is not told otherwise; a person who has just made it forgets to name it. */
const usualFile = 'migration.yaml';

function nothingNamed(): CommandFailure {
  const file = existsSync(resolve(usualFile))
    ? `name the migration file that stands here: -f ${usualFile}`
    : 'name a migration file with -f; shiftctl init writes one';
  return invalidArgument('host', `is missing, and so are --from and --to; or ${file}`);
}

/** The flags name the load balancer of whichever side is on AWS. */
function metricsOf(options: RequestOptions, { from }: SidePair): Pick<RequestedHost, 'metrics'> {
  const { loadBalancer, targetGroup } = options;
  if (loadBalancer === undefined) {
    if (targetGroup === undefined) return {};
    throw invalidArgument('--target-group', 'says nothing without --load-balancer <arn>');
  }
  const aws = targetGroup === undefined ? { loadBalancer } : { loadBalancer, targetGroup };
  const sides =
    from.platform === 'aws'
      ? { source: aws, target: 'auto' as const }
      : { source: 'auto' as const, target: aws };
  return { metrics: { ...sides, gauges: {}, sharedTarget: false } };
}

async function fromFile(
  config: Config,
  path: string,
  host: string | undefined,
  options: RequestOptions,
): Promise<MigrationRequest> {
  if (host !== undefined || options.from !== undefined || options.to !== undefined) {
    throw invalidArgument('--file', 'already names the hosts and sides; leave out host, --from and --to');
  }
  const { parseMigrationFile } = await import('../core/policy/migration-file.js');
  const text = readText(path, '--file');
  const file = validOrFail(parseMigrationFile(text, path));
  const { policy, file: policyFile } =
    options.policy === undefined
      ? await referencedPolicy(config, file.policy, path)
      : await loadPolicyFile(options.policy, config);
  const { zoneId, ...rest } = shared(options);
  const files = [planFileOf('migration', path, text), ...(policyFile === undefined ? [] : [policyFile])];
  return { hosts: file.hosts, policy, files, zoneId: zoneId ?? file.zone, ...rest };
}

async function referencedPolicy(
  config: Config,
  reference: PolicyReference | null,
  file: string,
): Promise<LoadedPolicy> {
  if (reference === null) return loadPolicyFile(defaultPolicy(config), config);
  if (reference.type === 'inline') return { policy: reference.policy };
  const named = reference.type === 'name' ? reference.name : resolve(dirname(file), reference.path);
  return loadPolicyFile(named, config);
}

async function policyOf(
  config: Config,
  nameOrPath: string,
  problems: Problem[],
): Promise<LoadedPolicy | null> {
  try {
    return await loadPolicyFile(nameOrPath, config);
  } catch (error) {
    if (!(error instanceof CommandFailure) || error.failure.reason !== 'invalid-input') throw error;
    problems.push(...error.failure.problems);
    return null;
  }
}

function shared(
  options: RequestOptions,
): Pick<MigrationRequest, 'by' | 'zoneId' | 'sourceEndpoint' | 'aliasZoneId'> {
  const aliasZoneId = typedZoneId(options.aliasZoneId);
  return {
    by: operatorName(),
    zoneId: options.zone ?? null,
    sourceEndpoint: options.sourceEndpoint ?? null,
    ...(aliasZoneId === null ? {} : { aliasZoneId }),
  };
}
