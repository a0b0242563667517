import { failoverCost, pricesReadOn } from '../../core/failover/cost.js';
import type { MigrationPlan } from '../../core/plan.js';
import { formatDuration } from '../../core/time.js';
import { labelled } from './labelled.js';

/** What `failover: health-checks` protects, what it costs, and when it turns against its owner. */
export function failoverLines(plan: MigrationPlan): string[] {
  const { failover } = plan.policy;
  const cost = failoverCost(plan);
  if (failover === undefined || cost === null) return [];
  const soonest = formatDuration(failover.intervalSeconds * failover.threshold * 1000);
  const price = `$${cost.dollarsPerMonth.toFixed(2)}`;
  const protects = `Route 53 itself gives the source everything while the target is down: ${soonest} and a TTL after that at the soonest, even with this program stopped.`;
  const waits = `The first stage waits until its checkers find the target healthy for ${formatDuration(failover.healthyForMs)}.`;
  const costs = `${cost.healthChecks} health checks, at most ${price} a month while they exist (prices of ${pricesReadOn}).`;
  const warns = 'Switch the source off only after finalize: until then they may send everyone there.';
  return labelled('failover', [protects, waits, costs, warns].join(' '));
}
