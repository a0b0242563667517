import { refuseNonLoopback, type Config } from '../config.js';
import type { Migrations } from '../engine/migrations.js';
import type { Log, Store } from '../engine/ports.js';
import { herokuDeadlineMs, MetricSources } from './metric-sources.js';
import { composeLazyProbing, composeProbing } from './probing.js';
import { route53Options } from './route53-options.js';
import { composeTelling } from './telling.js';

/** How long all metrics of one tick may take. */
const metricsTimeoutMs = 8_000;

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
  const { createRoute53 } = await import('../adapters/route53/route53.js');
  const { createHealthChecks } = await import('../adapters/route53/health-checks.js');
  const { createRandomIds } = await import('../adapters/clock/random-ids.js');
  const { createBreakGlass } = await import('../adapters/break-glass/files.js');
  const { createHolder } = await import('../adapters/process/holder.js');
  const { BackgroundFeed, burstFeed } = await import('../engine/probe-feed.js');
  const { SourceFeed } = await import('../engine/metric-feed.js');
  const { AskingFeed } = await import('../engine/platform-feed.js');
  const { HourlyFoundations } = await import('../engine/foundation-feed.js');
  const { WatchedPlanFiles } = await import('../engine/plan-file-feed.js');
  const { createPlanFiles } = await import('../adapters/plan-files/plan-files.js');
  const { Migrations } = await import('../engine/migrations.js');
  // A process that ticks once may be a rollback, which has no time to load what it asks only afterwards.
  const probing = await (feed === 'burst' ? composeLazyProbing : composeProbing)(config);
  const { dns, prober, clock } = probing;
  const sources = new MetricSources(config, probing, feed);
  const heardDate = (date: unknown): void => sources.heard.hear(date);
  const zones = await createRoute53({ ...route53Options(config), heardDate });
  const ids = createRandomIds();
  return new Migrations({
    store,
    zones,
    urgentZones: zones.inTurn('rollback'),
    healthChecks: createHealthChecks(route53Options(config)),
    dns,
    metrics: new SourceFeed({
      source: (kind) => sources.open(kind),
      clock,
      timeoutMs: metricsTimeoutMs,
      serverTime: sources.heard,
      close: () => sources[Symbol.asyncDispose](),
    }),
    platforms: new AskingFeed({
      dns,
      clock,
      heroku: async () => {
        const { createHeroku } = await import('../adapters/heroku/heroku.js');
        return createHeroku({
          host: config.herokuHost,
          token: config.herokuToken,
          tokenTrouble: config.herokuTokenTrouble,
          deadlineMs: herokuDeadlineMs,
        });
      },
    }),
    foundations: new HourlyFoundations({
      zones: zones.inTurn('background'),
      inspection: zones.inspection,
      dns,
      clock,
      ids,
    }),
    planFiles: new WatchedPlanFiles(createPlanFiles(), clock),
    probes: feed === 'burst' ? burstFeed(prober, clock) : new BackgroundFeed(prober, clock),
    breakGlass: createBreakGlass({ directory: config.stateDirectory.path }),
    clock,
    serverTime: sources.heard,
    ids,
    holder: createHolder(clock.bootId),
    log,
    telling: await composeTelling(config, { store, dns, clock, log }),
    objection: (plan) => (plan.policy.lab ? (refuseNonLoopback(config)[0]?.message ?? null) : null),
  });
}
