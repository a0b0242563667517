/** The only file that knows every concrete class. Each is loaded when it is needed, so that `status` never pays for the AWS SDK. */
import { refuseNonLoopback, type Config } from './config.js';
import type { CloudWatch } from './adapters/cloudwatch/cloudwatch.js';
import type { Failure } from './core/failure.js';
import type { MetricSourceKind } from './core/metric/metric-query.js';
import type { SourceHistory } from './core/forecast/source-history.js';
import type { MigrationPlan } from './core/plan.js';
import { unreachable, type Result } from './core/result.js';
import type { ControllerListener } from './engine/controller.js';
import type { Migrations } from './engine/migrations.js';
import type { MigrationRequest } from './engine/plan-migration.js';
import type { HerokuApi, LoadBalancerDirectory, Log, MetricSource, Store } from './engine/ports.js';
import type { StatelessOutcome, StatelessRequest } from './engine/roll-back-without-state.js';
import type { Check } from './engine/check.js';
import type { PreflightPorts } from './engine/preflight.js';

export { StoreError } from './store/store-error.js';

/** How long one call to the Heroku Platform API may take, all pages together. */
const herokuDeadlineMs = 10_000;

/** How long a router log is given to say something when a migration is planned. */
const logCheckMs = 15_000;

/** How long all metrics of one tick may take. */
const metricsTimeoutMs = 8_000;

/** How long the past of one host may take to be read before a forecast does without it. */
const historyTimeoutMs = 15_000;

/** The journal alone: what every reading verb needs. With `readOnly` a state file that cannot be written is still readable. */
export async function openStore(config: Config, readOnly: boolean): Promise<Store> {
  const { openSqliteStore } = await import('./store/sqlite/open.js');
  return openSqliteStore({ directory: config.stateDirectory.path, readOnly });
}

/** Compares requests with the world; nothing in it writes. */
export interface Planner extends AsyncDisposable {
  plan(request: MigrationRequest, signal: AbortSignal): Promise<Result<MigrationPlan, Failure>>;
  check(plan: MigrationPlan, signal: AbortSignal): Promise<readonly Check[]>;
  /** What users did at each source in the last buckets, as far as it is known, and how often a tick will ask each name server. */
  history(plan: MigrationPlan, buckets: number, signal: AbortSignal): Promise<PlanningHistory>;
}

export interface PlanningHistory {
  readonly hosts: readonly SourceHistory[];
  readonly questionsPerTick: number;
}

export async function composePlanner(config: Config): Promise<Planner> {
  const { createRoute53 } = await import('./adapters/route53/route53.js');
  const { createHeroku } = await import('./adapters/heroku/heroku.js');
  const { createRandomIds } = await import('./adapters/clock/random-ids.js');
  const { planMigration } = await import('./engine/plan-migration.js');
  const { preflight } = await import('./engine/preflight.js');
  const { metricChecks } = await import('./engine/metric-check.js');
  const { sourceHistories } = await import('./engine/source-history.js');
  const { samplesPerServer } = await import('./engine/engine.js');
  const { herokuHost: host, herokuToken: token } = config;
  const probing = await composeProbing(config);
  const zones = await createRoute53(route53Options(config));
  const heroku = (): Promise<HerokuApi> => createHeroku({ host, token, deadlineMs: herokuDeadlineMs });
  const { clock } = probing;
  const sources = new MetricSources(config, probing, 'background');
  const balancers = (): Promise<LoadBalancerDirectory> => sources.directory();
  const ports = { zones, heroku, balancers, clock, ids: createRandomIds() };
  return {
    plan: (request, signal) => planMigration(ports, request, signal),
    check: async (plan, signal) => {
      const looked = preflight(probing, plan, signal);
      const measured = metricChecks({ source: (kind) => sources.open(kind), clock }, plan, signal);
      return [...(await looked), ...(await measured)];
    },
    history: async (plan, buckets, signal) => {
      const reading = { source: sources.open.bind(sources), clock, timeoutMs: historyTimeoutMs };
      const hosts = await sourceHistories(reading, plan, buckets, signal);
      // One more than samples of the host, for its marker.
      return { hosts, questionsPerTick: samplesPerServer + 1 };
    },
    [Symbol.asyncDispose]: () => sources[Symbol.asyncDispose](),
  };
}

/**
 * Everything that can be done to migrations, over an open store. `feed` is `burst` for a process that ticks once and
 * `background` for one that stays and probes between ticks.
 */
export async function composeMigrations(
  config: Config,
  store: Store,
  feed: 'burst' | 'background',
  log: Log,
): Promise<Migrations> {
  const { createRoute53 } = await import('./adapters/route53/route53.js');
  const { createRandomIds } = await import('./adapters/clock/random-ids.js');
  const { createBreakGlass } = await import('./adapters/break-glass/files.js');
  const { createHolder } = await import('./adapters/process/holder.js');
  const { BackgroundFeed, burstFeed } = await import('./engine/probe-feed.js');
  const { SourceFeed } = await import('./engine/metric-feed.js');
  const { Migrations } = await import('./engine/migrations.js');
  const probing = await composeProbing(config);
  const { dns, prober, clock } = probing;
  const sources = new MetricSources(config, probing, feed);
  return new Migrations({
    store,
    zones: await createRoute53(route53Options(config)),
    dns,
    metrics: new SourceFeed({
      source: (kind) => sources.open(kind),
      clock,
      timeoutMs: metricsTimeoutMs,
      close: () => sources[Symbol.asyncDispose](),
    }),
    probes: feed === 'burst' ? burstFeed(prober, clock) : new BackgroundFeed(prober, clock),
    breakGlass: createBreakGlass({ directory: config.stateDirectory.path }),
    clock,
    ids: createRandomIds(),
    holder: createHolder(clock.bootId),
    log,
    objection: (plan) => (plan.policy.lab ? (refuseNonLoopback(config)[0]?.message ?? null) : null),
  });
}

/** A rollback that needs no journal: from the zone and its markers alone. */
export async function composeStatelessRollback(
  config: Config,
  log: Log,
): Promise<(request: StatelessRequest, signal: AbortSignal) => Promise<Result<StatelessOutcome, Failure>>> {
  const { createRoute53 } = await import('./adapters/route53/route53.js');
  const { createSystemClock } = await import('./adapters/clock/system-clock.js');
  const { createRandomIds } = await import('./adapters/clock/random-ids.js');
  const { rollBackWithoutState } = await import('./engine/roll-back-without-state.js');
  const zones = await createRoute53(route53Options(config));
  const ports = { zones, clock: createSystemClock(), ids: createRandomIds(), log };
  return (request, signal) => rollBackWithoutState(ports, request, signal);
}

/** Drives every live migration of an open store until the signal comes. */
export async function composeDaemon(
  config: Config,
  store: Store,
  log: Log,
  listener: ControllerListener,
  signal: AbortSignal,
): Promise<void> {
  const { runDaemon } = await import('./daemon/daemon.js');
  await using migrations = await composeMigrations(config, store, 'background', log);
  await using controller = migrations.controller(listener);
  await runDaemon(controller, log, signal);
}

/** Every system that counts requests, each opened when a migration first needs it and closed with the process's work. */
class MetricSources implements AsyncDisposable {
  readonly #config: Config;
  readonly #probing: PreflightPorts;
  readonly #feed: 'burst' | 'background';
  readonly #opened = new Map<MetricSourceKind, Promise<MetricSource & Partial<AsyncDisposable>>>();

  constructor(config: Config, probing: PreflightPorts, feed: 'burst' | 'background') {
    this.#config = config;
    this.#probing = probing;
    this.#feed = feed;
  }

  open(kind: MetricSourceKind): Promise<MetricSource> {
    const opened = this.#opened.get(kind) ?? this.#create(kind);
    this.#opened.set(kind, opened);
    return opened;
  }

  async directory(): Promise<LoadBalancerDirectory> {
    const cloudWatch = await this.#cloudWatch();
    return { find: (dnsName, signal) => cloudWatch.discoverLoadBalancer(dnsName, null, signal) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const opened of this.#opened.values()) await (await opened)[Symbol.asyncDispose]?.();
  }

  async #create(kind: MetricSourceKind): Promise<MetricSource & Partial<AsyncDisposable>> {
    switch (kind) {
      case 'cloudwatch':
        return this.#cloudWatch();
      case 'prometheus': {
        const { createPrometheus } = await import('./adapters/prometheus/prometheus.js');
        const { caFile } = this.#config;
        return createPrometheus({
          variable: (name) => process.env[name],
          caFile,
          clock: this.#probing.clock,
        });
      }
      case 'heroku-router':
        return this.#routerMetrics();
      default:
        return unreachable(kind);
    }
  }

  async #routerMetrics(): Promise<MetricSource & AsyncDisposable> {
    const { createRouterMetrics } = await import('./adapters/heroku-logs/router-metrics.js');
    const { createCanarySender } = await import('./adapters/heroku-logs/canary-request.js');
    const { trustedRoots } = await import('./adapters/probe/trusted-roots.js');
    const { caFile, herokuHost: host, herokuToken: token } = this.#config;
    const { dns, clock } = this.#probing;
    return createRouterMetrics({
      host,
      token,
      caFile,
      clock,
      sendCanary: createCanarySender({ dns, clock, roots: trustedRoots(caFile) }),
      isLongLived: this.#feed === 'background',
      deadlineMs: herokuDeadlineMs,
      checkTimeoutMs: logCheckMs,
    });
  }

  async #cloudWatch(): Promise<CloudWatch> {
    const { createCloudWatch } = await import('./adapters/cloudwatch/cloudwatch.js');
    const { cloudWatchEndpoint } = this.#config;
    const endpoint = cloudWatchEndpoint === null ? {} : { endpoint: cloudWatchEndpoint };
    return createCloudWatch({ clock: this.#probing.clock, ...endpoint });
  }
}

/** Said again although the SDK reads the same variable, so that no profile can lead a lab migration to another endpoint. */
function route53Options({ route53Endpoint }: Config): { endpoint?: string } {
  return route53Endpoint === null ? {} : { endpoint: route53Endpoint };
}

async function composeProbing(config: Config): Promise<PreflightPorts> {
  const { createDns } = await import('./adapters/dns/dns.js');
  const { createProber } = await import('./adapters/probe/prober.js');
  const { createSystemClock } = await import('./adapters/clock/system-clock.js');
  const { resolver, dnsPort, caFile } = config;
  const clock = createSystemClock();
  const dns = createDns({ resolver, dnsPort });
  return { dns, prober: createProber({ dns, caFile, clock }), clock };
}
