/** The only file that knows every concrete class. Each is loaded when it is needed, so that `status` never pays for the AWS SDK. */
import { refuseNonLoopback, type Config } from './config.js';
import type { Failure } from './core/failure.js';
import type { MigrationPlan } from './core/plan.js';
import type { Result } from './core/result.js';
import type { ControllerListener } from './engine/controller.js';
import type { Migrations } from './engine/migrations.js';
import type { MigrationRequest } from './engine/plan-migration.js';
import type { HerokuApi, Log, Store } from './engine/ports.js';
import type { StatelessOutcome, StatelessRequest } from './engine/roll-back-without-state.js';
import type { Check } from './engine/check.js';
import type { PreflightPorts } from './engine/preflight.js';

export { StoreError } from './store/store-error.js';

/** How long one call to the Heroku Platform API may take, all pages together. */
const herokuDeadlineMs = 10_000;

/** The journal alone: what every reading verb needs. With `readOnly` a state file that cannot be written is still readable. */
export async function openStore(config: Config, readOnly: boolean): Promise<Store> {
  const { openSqliteStore } = await import('./store/sqlite/open.js');
  return openSqliteStore({ directory: config.stateDirectory.path, readOnly });
}

/** Compares requests with the world; nothing in it writes. */
export interface Planner {
  plan(request: MigrationRequest, signal: AbortSignal): Promise<Result<MigrationPlan, Failure>>;
  check(plan: MigrationPlan, signal: AbortSignal): Promise<readonly Check[]>;
}

export async function composePlanner(config: Config): Promise<Planner> {
  const { createRoute53 } = await import('./adapters/route53/route53.js');
  const { createHeroku } = await import('./adapters/heroku/heroku.js');
  const { createRandomIds } = await import('./adapters/clock/random-ids.js');
  const { planMigration } = await import('./engine/plan-migration.js');
  const { preflight } = await import('./engine/preflight.js');
  const { herokuHost: host, herokuToken: token } = config;
  const probing = await composeProbing(config);
  const zones = await createRoute53(route53Options(config));
  const heroku = (): Promise<HerokuApi> => createHeroku({ host, token, deadlineMs: herokuDeadlineMs });
  const ports = { zones, heroku, clock: probing.clock, ids: createRandomIds() };
  return {
    plan: (request, signal) => planMigration(ports, request, signal),
    check: (plan, signal) => preflight(probing, plan, signal),
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
  const { noMetrics } = await import('./engine/metric-feed.js');
  const { Migrations } = await import('./engine/migrations.js');
  const { dns, prober, clock } = await composeProbing(config);
  return new Migrations({
    store,
    zones: await createRoute53(route53Options(config)),
    dns,
    metrics: noMetrics,
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
