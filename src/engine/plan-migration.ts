import { isPastDeadline } from '../core/calendar.js';
import { askingProblem } from '../core/failover/askable.js';
import type { Failure, Problem, ProviderFailure } from '../core/failure.js';
import { formatLocal } from '../core/local-time.js';
import type { Endpoint, HostPlan, MigrationPlan, PlannedZone } from '../core/plan.js';
import type { PlanFile } from '../core/plan-file.js';
import type { MetricsText } from '../core/policy/metrics-text.js';
import type { Policy } from '../core/policy/policy.js';
import type { SideSpec } from '../core/policy/side-spec.js';
import type { RecordImage } from '../core/record-image.js';
import { displayName, isInZone, type RecordName } from '../core/record-name.js';
import { withFinalDot } from '../core/record-set.js';
import { err, ok, type Result } from '../core/result.js';
import type { Instant } from '../core/time.js';
import { bareAliasName, standingRecords } from '../core/standing-records.js';
import { withFinalAliases } from './final-alias.js';
import { readImage } from './observe.js';
import { planMetrics, type OpenDirectory } from './plan-metrics.js';
import { publicZone } from './public-zone.js';
import type { ZoneInspection } from './inspection-ports.js';
import type { Clock, Dns, HerokuApi, HostedZone, Ids, ZoneApi } from './ports.js';

/** What a person asked for, parsed but not yet compared with the world. */
export interface MigrationRequest {
  readonly hosts: readonly RequestedHost[];
  readonly policy: Policy;
  readonly by: string;
  /** The files that hosts, sides and policy were read from. */
  readonly files?: readonly PlanFile[];
  /** Pins the hosted zone when several have the same name; null finds it. */
  readonly zoneId: string | null;
  /** Confirms a source whose records point elsewhere than `--from` resolves to. */
  readonly sourceEndpoint: string | null;
  /** The hosted zone that an alias at the end names, where nothing else tells it. */
  readonly aliasZoneId?: string;
}

export interface RequestedHost {
  readonly host: RecordName;
  readonly from: SideSpec;
  readonly to: SideSpec;
  /** Where its users' requests are counted; found from the endpoints when it is left out. */
  readonly metrics?: MetricsText;
}

export interface PlanningPorts {
  readonly zones: ZoneApi;
  readonly inspection: Pick<ZoneInspection, 'account'>;
  /** Opened only when a side is on Heroku. */
  readonly heroku: () => Promise<HerokuApi>;
  readonly balancers: OpenDirectory;
  /** Asked only where the policy ends on an alias. */
  readonly dns: Dns;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Compares a request with the zone, the records and the platforms, and freezes the plan. Reads only. A refusal names what was
 * seen and what to do about it; nothing is ever written here.
 */
export async function planMigration(
  ports: PlanningPorts,
  request: MigrationRequest,
  signal: AbortSignal,
): Promise<Result<MigrationPlan, Failure>> {
  const late = deadlineProblem(request.policy, ports.clock.now());
  if (late !== null) return err(late);
  // Asked beside everything else: where there is no way to whoever knows it, the answer takes seconds, and it is only one more proof.
  const asking = new AbortController();
  const account = accountOf(ports, AbortSignal.any([signal, asking.signal]));
  try {
    return await planPinned(ports, request, account, signal);
  } finally {
    asking.abort();
  }
}

async function planPinned(
  ports: PlanningPorts,
  request: MigrationRequest,
  account: Promise<string | null>,
  signal: AbortSignal,
): Promise<Result<MigrationPlan, Failure>> {
  const zone = await findZone(ports, request, signal);
  if (!zone.ok) return zone;
  const apex = request.hosts.find((host) => host.host === zone.value.name);
  if (apex !== undefined) return err(apexProblem(apex.host));
  const hosts = await resolveHosts(ports, request, signal);
  if (!hosts.ok) return hosts;
  const image = await readImage(ports, { zone: zone.value, hosts: hosts.value }, signal);
  if (!image.ok) return err(providerFailure(image.error));
  const taken = takeSources(hosts.value, image.value, request.sourceEndpoint);
  if (!taken.ok) return taken;
  const askless = askingProblem(request.policy, taken.value);
  if (askless !== null) return err(refused('failover', askless.message, askless.fix));
  const measured = await measureHosts(ports, request, taken.value, signal);
  if (!measured.ok) return measured;
  const plan: MigrationPlan = {
    id: migrationId(taken.value, ports.ids),
    createdAt: ports.clock.now(),
    by: request.by,
    zone: pinnedZone(zone.value, await account),
    hosts: measured.value,
    policy: request.policy,
    ...(request.files === undefined || request.files.length === 0 ? {} : { files: request.files }),
    originals: image.value,
  };
  return await withFinalAliases(ports.dns, plan, request.aliasZoneId ?? null, signal);
}

/** A migration that begins after its deadline would only ask a person at every stage. */
function deadlineProblem({ calendar, name }: Policy, now: Instant): Failure | null {
  if (calendar?.deadline == null || !isPastDeadline(calendar, now)) return null;
  const deadline = formatLocal(calendar.timeZone, calendar.deadline);
  return refused(
    'deadline',
    `the deadline of policy ${name}, ${deadline}, has passed, so nothing would advance by itself`,
    'give the policy a later deadline, or leave it out',
  );
}

/** Null where the credentials do not say it and nobody else does in time; preflight tells why. Never rejects. */
async function accountOf({ inspection }: PlanningPorts, signal: AbortSignal): Promise<string | null> {
  const account = await inspection.account(signal).catch(() => null);
  return account?.ok === true ? account.value : null;
}

function pinnedZone({ id, name, nameServers }: HostedZone, accountId: string | null): PlannedZone {
  const pinned = { id, name, nameServers };
  return accountId === null ? pinned : { ...pinned, accountId };
}

/** The one public zone with the longest name that contains every host; its id is pinned in the plan. */
async function findZone(
  { zones }: PlanningPorts,
  request: MigrationRequest,
  signal: AbortSignal,
): Promise<Result<HostedZone, Failure>> {
  const [first] = request.hosts;
  if (first === undefined) return err(invalid('hosts', 'a migration needs at least one host'));
  const found = await publicZone(zones, first.host, request.zoneId, signal);
  if (!found.ok) return found;
  const zone = found.value;
  const outside = request.hosts.find((other) => !isInZone(other.host, zone.name));
  if (outside !== undefined) {
    return err(
      refused(
        'zone',
        `${displayName(outside.host)} is not in zone ${displayName(zone.name)}`,
        'two zones are never changed atomically; use one migration for each',
      ),
    );
  }
  return ok(zone);
}

/** Route 53 allows no CNAME at the zone's own name, and Heroku gives no addresses to point an A record at (Heroku Dev Center, "Custom domains"). */
function apexProblem(host: RecordName): Failure {
  const name = displayName(host);
  return invalid(
    name,
    `${name} is the apex of its zone, where DNS allows no CNAME, so it cannot be split with Heroku; move www.${name} and redirect the apex to it`,
  );
}

async function resolveHosts(
  ports: PlanningPorts,
  request: MigrationRequest,
  signal: AbortSignal,
): Promise<Result<HostPlan[], Failure>> {
  const plans: HostPlan[] = [];
  for (const { host, from, to } of request.hosts) {
    const source = await resolveSide(ports, host, from, signal);
    if (!source.ok) return source;
    const target = await resolveSide(ports, host, to, signal);
    if (!target.ok) return target;
    plans.push({ host, source: source.value, target: target.value });
  }
  return ok(plans);
}

async function resolveSide(
  ports: PlanningPorts,
  host: RecordName,
  side: SideSpec,
  signal: AbortSignal,
): Promise<Result<Endpoint, Failure>> {
  if (side.platform === 'aws') return ok({ platform: 'aws', dnsName: withFinalDot(side.dnsName) });
  const heroku = await ports.heroku();
  const domain = await heroku.domain(side.app, host, signal);
  if (!domain.ok) {
    if (domain.error.reason !== 'not-found') return err(providerFailure(domain.error));
    const fix = `check the app's name (heroku apps) and its domains (heroku domains -a ${side.app})`;
    return err(refused('heroku', domain.error.message, fix));
  }
  if (domain.value.cname === null) {
    const message = `Heroku has not finished adding ${displayName(host)} to ${side.app}: it has no DNS target yet`;
    return err(refused('heroku', message, `wait for: heroku domains:wait -a ${side.app}`));
  }
  return ok({ platform: 'heroku', app: side.app, dnsName: withFinalDot(domain.value.cname) });
}

/** The source member copies the value that stands in the zone; it must be what `--from` resolves to, or be confirmed. */
function takeSources(
  hosts: readonly HostPlan[],
  image: RecordImage,
  confirmed: string | null,
): Result<HostPlan[], Failure> {
  const taken: HostPlan[] = [];
  for (const [index, host] of hosts.entries()) {
    const standing = standingRecords(image[index] ?? { host: host.host, records: [], marker: [] });
    if (!standing.ok) return err(refused('records', standing.error.message, standing.error.fix));
    const { dnsName, idle, description } = standing.value;
    if (bareAliasName(dnsName) === bareAliasName(host.target.dnsName)) {
      const message = `${displayName(host.host)} does not point at the source but at the target already: ${description}`;
      return err(refused('records', message, 'check --from and --to; there is nothing to move'));
    }
    const isExpected = bareAliasName(host.source.dnsName) === bareAliasName(dnsName);
    if (!isExpected && (confirmed === null || bareAliasName(confirmed) !== bareAliasName(dnsName))) {
      const message = `${displayName(host.host)} does not point at the source: --from is ${displayName(host.source.dnsName)}, but there stands ${description}`;
      const fix = `check --from; if that record is the source all the same, confirm it with --source-endpoint ${displayName(dnsName)}`;
      return err(refused('records', message, fix));
    }
    const foreign = idle.find(
      (name) => name !== dnsName && bareAliasName(name) !== bareAliasName(host.target.dnsName),
    );
    if (foreign !== undefined) {
      const message = `${displayName(host.host)} has a weighted record to ${displayName(foreign)}, which is neither side: ${description}`;
      return err(refused('records', message, 'remove it first, or name it as --to'));
    }
    taken.push({ ...host, source: { ...host.source, dnsName } });
  }
  return ok(taken);
}

async function measureHosts(
  { balancers }: PlanningPorts,
  request: MigrationRequest,
  hosts: readonly HostPlan[],
  signal: AbortSignal,
): Promise<Result<HostPlan[], Failure>> {
  const measured: HostPlan[] = [];
  for (const [index, host] of hosts.entries()) {
    const wanted = request.hosts[index]?.metrics ?? null;
    const metrics = await planMetrics(balancers, host, wanted, request.policy, signal);
    if (!metrics.ok) return metrics;
    measured.push(metrics.value === null ? host : { ...host, metrics: metrics.value });
  }
  return ok(measured);
}

/** Readable and safe as a file name: the first host and six random characters. */
function migrationId(hosts: readonly HostPlan[], ids: Ids): string {
  const name = displayName(hosts[0]?.host ?? '')
    .replaceAll('.', '-')
    .slice(0, 50);
  return `${name}-${ids.next().slice(0, 6)}`;
}

function refused(check: string, message: string, fix: string): Failure {
  return { reason: 'refused', check, message, fix };
}

function invalid(where: string, message: string): Failure {
  const problem: Problem = { location: null, where, message };
  return { reason: 'invalid-input', problems: [problem] };
}

function providerFailure(failure: ProviderFailure): Failure {
  return { reason: 'provider', failure, changed: 'nothing was changed' };
}
