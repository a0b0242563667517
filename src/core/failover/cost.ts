import { endpoint, type MigrationPlan } from '../plan.js';
import type { SideName } from '../probe.js';
import { healthCheckSpec, type HealthCheckSpec } from './health-check.js';

/**
 * Dollars a month for one health check and for each of its options, by where its endpoint is (Amazon Route 53 pricing, "Health
 * checks", as published on 2026-09-20). The first 50 of an account that ask endpoints in AWS have no base price; that is not counted on.
 */
const prices = { aws: { check: 0.5, option: 1 }, heroku: { check: 0.75, option: 2 } } as const;

/** The day on which the prices were read. */
export const pricesReadOn = '2026-09-20';

/** What a migration's health checks cost, at most; null without `failover: health-checks`. */
export interface FailoverCost {
  readonly healthChecks: number;
  /** While they exist, from the take-over to the end of the migration. */
  readonly dollarsPerMonth: number;
}

/** Adds up what the migration would create: one check for each target, and a disabled one for all sources, which costs too. */
export function failoverCost(plan: MigrationPlan): FailoverCost | null {
  const [first] = plan.hosts;
  if (plan.policy.failover === undefined || first === undefined) return null;
  const wanted: { side: SideName; of: typeof first }[] = [
    { side: 'source', of: first },
    ...plan.hosts.map((of) => ({ side: 'target' as const, of })),
  ];
  const dollars = wanted.map(({ side, of }) => {
    const spec = healthCheckSpec(plan, { side, host: of.host, reference: '' });
    const { check, option } = prices[endpoint(of, side).platform];
    return check + option * optionsOf(spec);
  });
  return {
    healthChecks: wanted.length,
    dollarsPerMonth: dollars.reduce((sum, each) => sum + each, 0),
  };
}

/** HTTPS, a text to look for and an interval of 10 seconds each count. */
function optionsOf({ searchString, intervalSeconds }: HealthCheckSpec): number {
  return 1 + (searchString === null ? 0 : 1) + (intervalSeconds === 10 ? 1 : 0);
}
