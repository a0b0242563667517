import type { MigrationPlan } from '../../core/plan.js';
import { stageDwellMs } from '../../core/share.js';
import { formatDuration } from '../../core/time.js';

/** One step of a migration and the earliest moment it can begin, counted from `start`. */
export interface Step {
  readonly beginsMs: number;
  readonly name: string;
  /** Weights of source and target, or what stands there instead of a pair. */
  readonly weights: string;
  readonly then: string;
}

/** How long resolvers keep the answer of an alias to a load balancer (Route 53 Developer Guide, "Choosing between alias and non-alias records"). */
const aliasTtlSeconds = 60;

/**
 * The steps in their order, each at its earliest: every change is on all name servers at once and every gate opens when its dwell
 * is over. The last step is the end.
 */
export function calendar(plan: MigrationPlan): readonly Step[] {
  const { policy } = plan;
  const settleMs = policy.ttlSeconds * 1000 + policy.tailMs;
  const oldTtls = plan.originals.flatMap(({ records }) => records.map(({ ttl }) => ttl ?? aliasTtlSeconds));
  const takeOverMs = Math.max(0, ...oldTtls) * 1000 + policy.tailMs;
  const steps: Step[] = [
    {
      beginsMs: 0,
      name: 'take over',
      weights: '100 / 0',
      then: `no traffic moves; settles ${formatDuration(takeOverMs)}`,
    },
  ];
  let beginsMs = takeOverMs;
  for (const [index, { share }] of policy.stages.entries()) {
    const dwellMs = stageDwellMs(policy, index);
    const then = `settles ${formatDuration(settleMs)}, watched ${formatDuration(dwellMs)}`;
    steps.push({ beginsMs, name: `${share}%`, weights: `${100 - share} / ${share}`, then });
    beginsMs += settleMs + dwellMs;
  }
  const then = `settles ${formatDuration(settleMs)}`;
  steps.push({ beginsMs, name: 'finalize', weights: 'none', then });
  steps.push({ beginsMs: beginsMs + settleMs, name: 'completed', weights: '', then: '' });
  return steps;
}
