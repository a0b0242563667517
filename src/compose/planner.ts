import type { Config } from '../config.js';
import type { Failure } from '../core/failure.js';
import type { SourceHistory } from '../core/forecast/source-history.js';
import type { MigrationPlan } from '../core/plan.js';
import type { Result } from '../core/result.js';
import type { Check } from '../engine/check.js';
import type { MigrationRequest } from '../engine/plan-migration.js';
import type { HerokuStatusPage } from '../engine/inspection-ports.js';
import type { HerokuApi, LoadBalancerDirectory } from '../engine/ports.js';
import { herokuDeadlineMs, MetricSources } from './metric-sources.js';
import { composeProbing, type Probing } from './probing.js';
import { composeResolverAnswers } from './resolver-answers.js';
import { route53Options } from './route53-options.js';

/** How long the past of one host may take to be read before a forecast does without it. */
const historyTimeoutMs = 15_000;

/**
 * Compares requests with the world; nothing but the proof writes. Plans and checks reject with the signal's reason once it has aborted:
 * what was looked at while the program was told to stop is no word about the world.
 */
export interface Planner extends AsyncDisposable {
  plan(request: MigrationRequest, signal: AbortSignal): Promise<Result<MigrationPlan, Failure>>;
  check(plan: MigrationPlan, signal: AbortSignal): Promise<readonly Check[]>;
  /** Proves in the zone itself that a stale compare-and-swap is refused; writes one test record and removes it again. */
  prove(plan: MigrationPlan, signal: AbortSignal): Promise<Check>;
  /** What users did at each source in the last buckets, as far as it is known, and how often a tick will ask each name server. */
  history(plan: MigrationPlan, buckets: number, signal: AbortSignal): Promise<PlanningHistory>;
}

export interface PlanningHistory {
  readonly hosts: readonly SourceHistory[];
  readonly questionsPerTick: number;
}

export async function composePlanner(config: Config): Promise<Planner> {
  const { createRoute53 } = await import('../adapters/route53/route53.js');
  const { createHeroku } = await import('../adapters/heroku/heroku.js');
  const { createRandomIds } = await import('../adapters/clock/random-ids.js');
  const { planMigration } = await import('../engine/plan-migration.js');
  const { preflight } = await import('../engine/preflight/preflight.js');
  const { proveCompareAndSwap } = await import('../engine/preflight/prove.js');
  const { metricChecks } = await import('../engine/metric-check.js');
  const { sourceHistories } = await import('../engine/source-history.js');
  const { tellingChecks } = await import('../engine/telling-check.js');
  const { quietBaselineChecks } = await import('../engine/preflight/quiet-baseline-check.js');
  const { SourceFeed } = await import('../engine/metric-feed.js');
  const { samplesPerServer } = await import('../engine/engine.js');
  const { herokuHost: host, herokuToken: token, herokuTokenTrouble: tokenTrouble } = config;
  const probing = await composeProbing(config);
  const zones = await createRoute53(route53Options(config));
  const heroku = (): Promise<HerokuApi> =>
    createHeroku({ host, token, tokenTrouble, deadlineMs: herokuDeadlineMs });
  const { clock } = probing;
  const herokuStatus = (): Promise<HerokuStatusPage> => openStatusPage(config, clock);
  const sources = new MetricSources(config, probing, 'background');
  const balancers = (): Promise<LoadBalancerDirectory> => sources.directory();
  const ids = createRandomIds();
  const recent = new SourceFeed({
    source: (kind) => sources.open(kind),
    clock,
    timeoutMs: historyTimeoutMs,
    close: () => Promise.resolve(),
  });
  const { inspection } = zones;
  const resolvers = await composeResolverAnswers(config);
  const ports = { zones, inspection, heroku, balancers, dns: probing.dns, clock, ids };
  return {
    plan: async (request, signal) => {
      const planned = await planMigration(ports, request, signal);
      signal.throwIfAborted();
      return planned;
    },
    check: async (plan, signal) => {
      const looked = preflight(
        { ...probing, zones, inspection, ids, heroku, herokuStatus, resolvers },
        plan,
        signal,
      );
      const measured = metricChecks({ source: (kind) => sources.open(kind), clock }, plan, signal);
      const quiet = quietBaselineChecks({ metrics: recent, clock }, plan, signal);
      const checks = [...(await looked), ...(await measured), ...(await quiet), ...tellingChecks(plan)];
      signal.throwIfAborted();
      return checks;
    },
    prove: (plan, signal) => proveCompareAndSwap({ zones, clock, ids }, plan, signal),
    history: async (plan, buckets, signal) => {
      const reading = { source: sources.open.bind(sources), clock, timeoutMs: historyTimeoutMs };
      const hosts = await sourceHistories(reading, plan, buckets, signal);
      // One more than samples of the host, for its marker.
      return { hosts, questionsPerTick: samplesPerServer + 1 };
    },
    [Symbol.asyncDispose]: () => sources[Symbol.asyncDispose](),
  };
}

async function openStatusPage(
  { herokuStatusUrl, caFile }: Config,
  clock: Probing['clock'],
): Promise<HerokuStatusPage> {
  const { createStatusPage } = await import('../adapters/heroku/platform-status.js');
  const { trustedRoots } = await import('../adapters/probe/trusted-roots.js');
  return createStatusPage({ base: herokuStatusUrl, roots: trustedRoots(caFile), clock });
}
