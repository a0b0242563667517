import { createSystemClock } from '../adapters/clock/system-clock.js';
import { RequestBudget } from '../adapters/route53/request-budget.js';
import type { Config } from '../config.js';
import { isLoopback } from '../config/setting-value.js';

/** One for the process, which has the credentials of one account. */
let shared: RequestBudget | undefined;

/**
 * The endpoint is said again although the SDK reads the same variable, so that no profile can lead a lab migration to another one. A lab
 * on loopback has no account to share a quota with, and ticks many times a second.
 */
export function route53Options({ route53Endpoint }: Config): {
  endpoint?: string;
  budget?: RequestBudget;
} {
  if (route53Endpoint !== null && isLoopback(new URL(route53Endpoint).hostname))
    return { endpoint: route53Endpoint };
  const budget = (shared ??= new RequestBudget(createSystemClock()));
  return route53Endpoint === null ? { budget } : { endpoint: route53Endpoint, budget };
}
