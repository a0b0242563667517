import type { HostPlan } from '../plan.js';
import type { Policy } from '../policy/policy.js';
import { displayName } from '../record-name.js';

/**
 * Why Route 53's checkers could not reach a target of this plan, or null. They send the name they connect to as Host, and
 * Heroku's router knows an app by its domains, not by their DNS targets.
 */
export function askingProblem(
  { failover }: Policy,
  hosts: readonly HostPlan[],
): { readonly message: string; readonly fix: string } | null {
  const target =
    failover?.askAt === null ? hosts.find((host) => host.target.platform === 'heroku') : undefined;
  if (target === undefined) return null;
  return {
    message: `Route 53's health checks cannot ask ${displayName(target.target.dnsName)}: Heroku answers that name with 404`,
    fix: "give the app's own name, as in failover: { askAt: my-app-0a1b2c.herokuapp.com }",
  };
}
