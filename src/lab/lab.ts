import { createCertificateAuthority } from './certificates.js';
import { claimSubnet } from './claim.js';
import { clientsArrived } from './clients/arrival.js';
import { startClients, type Clients } from './clients/clients.js';
import type { SideShare } from './clients/tally.js';
import { Closing } from './closing.js';
import type { NameServer } from './dns/name-server.js';
import { herokuApiKey, labEnvironment } from './environment.js';
import type { HealthChecks } from './health-checks/health-checks.js';
import { AppLogs } from './heroku/app-logs.js';
import type { HerokuApps } from './heroku/apps.js';
import { LogSessions } from './heroku/log-sessions.js';
import { startHerokuApi } from './heroku/platform-api.js';
import { defaultPopulation, planOf, type LabOptions, type LabPlan } from './lab-options.js';
import { startMetrics, type LabMetrics } from './metrics.js';
import { host, startNames, type Names } from './names.js';
import type { Population } from './population.js';
import { seededRandom, type Random } from './random.js';
import { startRoute53, type Route53Lab } from './route53/server.js';
import { createRunDirectory, removeRunDirectory, type RunDirectory } from './run-directory.js';
import { ScenarioDriver, type ScenarioEvent } from './scenario-driver.js';
import { scenarios } from './scenario.js';
import type { LabSettings } from './settings.js';
import { startSides, type Side, type Sides } from './side.js';
import { targetShareOf, type TargetShare } from './target-share.js';
import type { HostedZones } from './zone/hosted-zones.js';

/** The world on loopback, running. */
export interface Lab extends AsyncDisposable {
  readonly id: string;
  readonly settings: LabSettings;
  readonly directory: RunDirectory;
  /** Certificate authority that both sides' certificates come from, as PEM. */
  readonly caPem: string;
  /** The live hostname. */
  readonly host: string;
  /** Id of the account's hosted zone that the host is in. */
  readonly zoneId: string;
  readonly source: Side;
  readonly target: Side;
  readonly zones: HostedZones;
  readonly healthChecks: HealthChecks;
  readonly route53: Route53Lab;
  readonly apps: HerokuApps;
  readonly metrics: LabMetrics;
  readonly nameServers: readonly NameServer[];
  /** Undefined when they were not asked for. */
  readonly clients: Clients | undefined;
  /** How many clients there are, and how often they ask; undefined when they were not asked for. */
  readonly population: Population | undefined;
  /** Epoch milliseconds on the clock of all of the lab's parts, which never goes back. */
  now(): number;
  /** What the zone's records give to the target, changes that are still on their way included. */
  setShare(): TargetShare;
  /** Resolves once the clients are answered steadily, or when time has passed; at once without clients. */
  clientsArrived(timeoutMs: number): Promise<boolean>;
  /** Where the clients' requests went in the last so many full seconds and the one under way; undefined without clients. */
  measuredShare(fullSeconds: number): SideShare | undefined;
  /** What the scenario has done so far. */
  scenarioEvents(): readonly ScenarioEvent[];
  /** The settings of a process that is to work inside this lab. */
  environment(): Record<string, string>;
  close(): Promise<void>;
}

/** Resolvers that keep answers beyond their TTL, and for how long on average. */
const overstayFraction = 0.08;
const overstayMeanMs = 10_000;

/** How long after a TTL has passed the last well-behaved cache may still be read. */
const tailMs = 1_000;

/**
 * Starts the lab on a subnet of its own; resolves when everything answers.
 *
 * Errors: those of `claimSubnet`, and a RangeError for options that cannot be. What had been started is closed then.
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const plan = planOf(options);
  const closing = new Closing();
  try {
    return await assemble(plan, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function assemble(plan: LabPlan, closing: Closing): Promise<Lab> {
  const now = steadyClock();
  const randomFor = (part: string): Random => seededRandom(`${plan.seed}/${part}`);
  const claim = await claimSubnet(plan.subnet);
  closing.defer(() => claim.release());
  const { settings } = claim;
  const authority = await createCertificateAuthority();
  const caPem = authority.certificatePem;
  const directory = await createRunDirectory(settings, caPem);
  closing.defer(() => removeRunDirectory(directory));

  const base: Base = { plan, settings, randomFor, now, closing };
  const sides = await startSides({ ...base, host, authority });
  const { heroku, aws, apps } = sides;
  const [source, target] = plan.direction === 'heroku-to-aws' ? [heroku, aws] : [aws, heroku];
  const names = await startNames({ ...base, sides, source });
  const { zones, zoneId } = names;
  const route53 = await startApis(base, names, sides);
  const metrics = await startMetrics({ ...base, sides, source, target });
  const clients = await startPopulation(base, caPem);
  const targetName = `${target.dnsName}.`;
  const setShare = (): TargetShare => targetShareOf(zones.records(zoneId) ?? [], `${host}.`, targetName);
  const driver = startScenario(base, { source, target, route53, clients, setShare });
  const addresses = { source: source.origin.addresses, target: target.origin.addresses };
  const close = (): Promise<void> => closing.close();
  return {
    id: claim.id,
    settings,
    directory,
    caPem,
    host,
    source,
    target,
    ...names,
    route53,
    apps,
    metrics,
    clients,
    population: plan.clients === 'off' ? undefined : plan.clients,
    now,
    setShare,
    clientsArrived: (timeoutMs) => arrivalOf(base, clients, timeoutMs),
    measuredShare: (fullSeconds) =>
      clients?.share((Math.floor(now() / 1_000) - fullSeconds) * 1_000, addresses),
    scenarioEvents: () => driver.events(),
    environment: () => labEnvironment({ settings, ...directory }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What every part of the lab is started with. */
interface Base {
  readonly plan: LabPlan;
  readonly settings: LabSettings;
  readonly randomFor: (part: string) => Random;
  readonly now: () => number;
  readonly closing: Closing;
}

async function startApis(
  base: Base,
  { zones, healthChecks }: Names,
  { apps, heroku }: Sides,
): Promise<Route53Lab> {
  const { plan, settings, randomFor, now, closing } = base;
  const { addresses, apiPort: port } = settings;
  const random = randomFor('route53');
  const { permissions } = plan;
  const where = { host: addresses.route53Api, port, now, random };
  const route53 = await startRoute53({ zones, healthChecks, permissions, ...where });
  closing.add(route53);
  const logs = new AppLogs({ apps, metrics: heroku.metrics, random: randomFor('heroku-logs'), now });
  heroku.origin.onServed(logs.listener);
  const sessions = closing.add(new LogSessions({ logs, now }));
  const api = { apps, sessions, host: addresses.herokuApi, port, apiKey: herokuApiKey, now };
  closing.add(await startHerokuApi(api));
  return route53;
}

async function startPopulation(base: Base, caPem: string): Promise<Clients | undefined> {
  const { plan, settings, randomFor, now, closing } = base;
  if (plan.clients === 'off') return undefined;
  const clients = await startClients({
    ...plan.clients,
    host,
    overstayFraction,
    overstayMeanMs,
    nameServers: settings.addresses.nameServers.map((address) => ({ host: address, port: settings.dnsPort })),
    httpsPort: settings.httpsPort,
    ca: caPem,
    random: randomFor('clients'),
    now,
  });
  return closing.add(clients);
}

async function arrivalOf(
  { plan, now }: Base,
  clients: Clients | undefined,
  timeoutMs: number,
): Promise<boolean> {
  if (clients === undefined || plan.clients === 'off') return true;
  const perSecond = plan.clients.resolvers * plan.clients.requestsPerSecond;
  return clientsArrived(clients, { perSecond, now, timeoutMs });
}

function startScenario(
  base: Base,
  world: {
    source: Side;
    target: Side;
    route53: Route53Lab;
    clients: Clients | undefined;
    setShare: () => TargetShare;
  },
): ScenarioDriver {
  const { plan, now, closing } = base;
  const population = plan.clients === 'off' ? defaultPopulation : plan.clients;
  const driver = new ScenarioDriver({
    scenario: scenarios[plan.scenario],
    readShare: world.setShare,
    settleMs: (ttlSeconds) => plan.insyncDelayMs + ttlSeconds * 1_000 + tailMs,
    clientsPerSecond: population.resolvers * population.requestsPerSecond,
    source: world.source,
    target: world.target,
    clients: world.clients,
    apiFaults: world.route53.faults,
    now,
  });
  driver.start();
  return closing.add(driver);
}

/** The time of day when the lab was started, carried on by a clock that nobody sets. */
function steadyClock(): () => number {
  const startedAtMs = Date.now() - performance.now();
  return () => startedAtMs + performance.now();
}
