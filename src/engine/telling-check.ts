import type { MigrationPlan } from '../core/plan.js';
import type { Check } from './check.js';

/** Whether anybody would hear of trouble: somebody is paged, and the controller's own silence is noticed. Never refuses; none in a lab. */
export function tellingChecks({ policy }: MigrationPlan): readonly Check[] {
  return policy.lab ? [] : [tellingCheck(policy)];
}

function tellingCheck(policy: MigrationPlan['policy']): Check {
  const name = 'people';
  const channels = policy.notify?.channels ?? [];
  const paged = channels.filter(({ on }) => on.includes('page')).map((channel) => channel.name);
  const isHeard = policy.notify !== undefined && policy.notify.heartbeat !== null;
  const told =
    channels.length === 0 ? 'nobody is told' : `${channels.map((one) => one.name).join(', ')} told`;
  if (paged.length > 0 && isHeard)
    return {
      name,
      verdict: 'ok',
      fact: `pages go to ${paged.join(', ')}, and a heartbeat tells that ticks go on`,
      fix: null,
    };
  if (paged.length > 0)
    return {
      name,
      verdict: 'warning',
      fact: `pages go to ${paged.join(', ')}, but nobody would notice a controller that has stopped`,
      fix: 'add notify.heartbeat to the policy: a URL that alarms when it is not pinged any more',
    };
  return {
    name,
    verdict: 'warning',
    fact: `${told}, and no channel is paged: a rollback, a halt or a question would wait until somebody looks${isHeard ? '' : '; a controller that has stopped would not be noticed either'}`,
    fix: 'add notify.channels (pagerduty, slack or webhook) and notify.heartbeat to the policy',
  };
}
