import type { Location, Problem } from '../failure.js';
import { displayName, hostName, type RecordName } from '../record-name.js';
import { err, ok, type Result } from '../result.js';
import type { MetricsText } from './metrics-text.js';
import { migrationSchema, type MigrationText } from './migration-schema.js';
import { policyAt } from './parse-policy.js';
import type { Policy } from './policy.js';
import { inReadingOrder } from './problem-list.js';
import { checkSchema, locateFinding, wrongKind } from './schema-check.js';
import { parseSide, sidePair, type SidePair, type SideSpec } from './side-spec.js';
import { readYaml, type YamlDocument } from './yaml-document.js';
import { forbiddenCharacter, formatPath, type YamlPath } from './yaml-path.js';

/** What a person wrote about one migration; nothing in it has been looked up yet. */
export interface MigrationFile {
  /** Bare id of the hosted zone, or null to find it by the host names. */
  readonly zone: string | null;
  /** Null when the file leaves the policy to the command line. */
  readonly policy: PolicyReference | null;
  readonly hosts: readonly HostSides[];
}

export type PolicyReference =
  /** The name of a policy that comes with the product. */
  | { readonly type: 'name'; readonly name: string; readonly location: Location }
  /** A policy file; a relative path starts at the migration file's folder. */
  | { readonly type: 'path'; readonly path: string; readonly location: Location }
  /** Written into the migration file. */
  | { readonly type: 'inline'; readonly policy: Policy };

export interface HostSides extends SidePair {
  readonly host: RecordName;
  readonly metrics?: MetricsText;
}

/** Reads a migration file, or finds everything that is wrong with it at once. */
export function parseMigrationFile(text: string, file: string): Result<MigrationFile, readonly Problem[]> {
  const { document, problems } = readYaml(text, file);
  if (document === null) return err(inReadingOrder(problems));
  const checked = checkSchema(migrationSchema, document.root);
  const found = [...problems];
  if (!checked.ok) found.push(...checked.findings.map((finding) => locateFinding(finding, document, [])));
  const policy = readPolicy(document);
  if (!policy.ok) found.push(...policy.error);
  const hosts = readHosts(document);
  if (!hosts.ok) found.push(...hosts.error);
  if (!checked.ok || !policy.ok || !hosts.ok || found.length > 0) return err(inReadingOrder(found));
  return ok({
    zone: zoneId(checked.value),
    policy: policy.value,
    hosts: withMetrics(hosts.value, checked.value),
  });
}

/** The schema has filled in what the file leaves out. */
function withMetrics(hosts: readonly HostSides[], { hosts: texts }: MigrationText): readonly HostSides[] {
  const metrics = new Map(Object.entries(texts).map(([key, text]) => [hostKey(key), text.metrics]));
  return hosts.map((host) => {
    const own = metrics.get(host.host);
    return own === undefined ? host : { ...host, metrics: own };
  });
}

function hostKey(key: string): RecordName | null {
  const host = hostName(key);
  return host.ok ? host.value : null;
}

function zoneId({ zone }: MigrationText): string | null {
  return zone === undefined ? null : zone.replace('/hostedzone/', '');
}

function readPolicy(document: YamlDocument): Result<PolicyReference | null, readonly Problem[]> {
  const path = ['policy'];
  const value = member(document.root, 'policy');
  if (!document.has(path)) return ok(null);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const policy = policyAt(document, path, value, 'inline');
    return policy.ok ? ok({ type: 'inline', policy: policy.value }) : policy;
  }
  const location = document.locate(path);
  if (typeof value === 'string' && value.trim() !== '') return ok(reference(value, location));
  const given = value === '' ? null : value;
  const message = wrongKind('the name or path of a policy, or a policy itself', given);
  return err([{ location, where: formatPath(path), message }]);
}

/** Anything with a slash or a file's ending is a path; everything else names a policy. */
function reference(text: string, location: Location): PolicyReference {
  if (/[/\\]|\.(ya?ml|json)$/i.test(text)) return { type: 'path', path: text, location };
  return { type: 'name', name: text, location };
}

/** Reads what can be read of the hosts, whether or not the schema is content with all of them. */
function readHosts(document: YamlDocument): Result<readonly HostSides[], readonly Problem[]> {
  const entries = member(document.root, 'hosts');
  if (typeof entries !== 'object' || entries === null || Array.isArray(entries)) return ok([]);
  const problems: Problem[] = [];
  const hosts: HostSides[] = [];
  const seen = new Map<RecordName, string>();
  for (const [key, value] of Object.entries(entries)) {
    const path = ['hosts', key];
    const host = readHost(key, seen);
    if (!host.ok)
      problems.push({ location: document.locateKey(path), where: formatPath(path), message: host.error });
    const pair = readPair(document, path, value);
    if (!pair.ok) problems.push(...pair.error);
    else if (host.ok && pair.value !== null) hosts.push({ host: host.value, ...pair.value });
  }
  return problems.length > 0 ? err(problems) : ok(hosts);
}

function readHost(key: string, seen: Map<RecordName, string>): Result<RecordName, string> {
  if (forbiddenCharacter(key) !== undefined) return err('is not a host name');
  const host = hostName(key);
  if (!host.ok) return host;
  const before = seen.get(host.value);
  if (before !== undefined)
    return err(`is ${displayName(host.value)} a second time; "${before}" names it already`);
  seen.set(host.value, key);
  return host;
}

/** Null where a side is missing or no text, which the schema has already said. */
function readPair(
  document: YamlDocument,
  host: YamlPath,
  value: unknown,
): Result<SidePair | null, Problem[]> {
  const problems: Problem[] = [];
  const refuse = (key: string, message: string): void => {
    const path = [...host, key];
    problems.push({ location: document.locate(path), where: formatPath(path), message });
  };
  const read = (key: 'from' | 'to'): SideSpec | null => {
    const text = member(value, key);
    if (typeof text !== 'string') return null;
    const side = parseSide(text);
    if (!side.ok) refuse(key, side.error);
    return side.ok ? side.value : null;
  };
  const from = read('from');
  const to = read('to');
  if (from !== null && to !== null) {
    const pair = sidePair(from, to);
    if (pair.ok) return pair;
    refuse('to', pair.error);
  }
  return problems.length > 0 ? err(problems) : ok(null);
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
