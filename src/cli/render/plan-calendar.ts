import type { MigrationPlan } from '../../core/plan.js';
import { nextOpening } from '../../core/calendar.js';
import { dwellEndsAt, dwellWords } from '../../core/dwell.js';
import { formatDuration, plus } from '../../core/time.js';

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
      beginsMs: opensMs(plan, 0),
      name: 'take over',
      weights: '100 / 0',
      then: `no traffic moves; settles ${formatDuration(takeOverMs)}`,
    },
  ];
  let beginsMs = opensMs(plan, 0) + takeOverMs;
  for (const [index, { share, needsApproval }] of policy.stages.entries()) {
    beginsMs = opensMs(plan, beginsMs);
    const watched = `settles ${formatDuration(settleMs)}, watched ${dwellWords(policy, index)}`;
    const then = needsApproval === true ? `${watched}; a person approves it first` : watched;
    steps.push({ beginsMs, name: `${share}%`, weights: `${100 - share} / ${share}`, then });
    const settled = plus(plan.createdAt, beginsMs + settleMs);
    beginsMs = dwellEndsAt(policy, index, settled) - plan.createdAt;
  }
  beginsMs = opensMs(plan, beginsMs);
  const then = `settles ${formatDuration(settleMs)}`;
  steps.push({ beginsMs, name: 'finalize', weights: 'none', then });
  steps.push({ beginsMs: beginsMs + settleMs, name: 'completed', weights: '', then: '' });
  return steps;
}

/** Not before the calendar of the policy opens; where it does not open again a person is asked, and that is told beside the steps. */
function opensMs({ createdAt, policy }: MigrationPlan, ms: number): number {
  const at = plus(createdAt, ms);
  const opens = policy.calendar === undefined ? at : (nextOpening(policy.calendar, at) ?? at);
  // Whole seconds are exact enough for a plan that nobody has confirmed yet.
  return opens === at ? ms : Math.ceil((opens - createdAt) / 1000) * 1000;
}
