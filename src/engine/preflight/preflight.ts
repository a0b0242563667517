import { setMaxListeners } from 'node:events';
import type { MigrationPlan } from '../../core/plan.js';
import type { Check } from '../check.js';
import { lookAtAccount } from './account-look.js';
import { lookAtClock } from './clock-look.js';
import { lookAtDelegation } from './delegation-look.js';
import { lookAtDnssec } from './dnssec-look.js';
import { lookAtHeroku } from './heroku-checks.js';
import { lookAtHerokuStatus } from './heroku-status-look.js';
import type { Look, PreflightPorts } from './look.js';
import { lookAtNameServers } from './name-servers-look.js';
import { lookAtNegativeCaching } from './negative-caching-look.js';
import { lookAtNeighbours } from './neighbours-look.js';
import { lookAtOwnership } from './ownership-look.js';
import { lookAtPermissions } from './permissions-look.js';
import { lookAtProtections } from './protections-look.js';
import { lookAtRecords } from './records-look.js';
import { lookAtResolvers } from './resolvers-look.js';
import { lookAtSides } from './sides-look.js';
import { lookAtZone } from './zone-look.js';

/** Everything that is looked at, in the order in which it is shown; the name is for one that broke down. */
const looks: readonly (readonly [name: string, look: Look])[] = [
  ['zone', lookAtZone],
  ['account', lookAtAccount],
  ['delegation', lookAtDelegation],
  ['dnssec', lookAtDnssec],
  ['records', lookAtRecords],
  ['neighbours', lookAtNeighbours],
  ['protections', lookAtProtections],
  ['ownership', lookAtOwnership],
  ['negative cache', lookAtNegativeCaching],
  ['permissions', lookAtPermissions],
  ['clock', lookAtClock],
  ['name servers', lookAtNameServers],
  ['resolvers', lookAtResolvers],
  ['heroku', lookAtHeroku],
  ['heroku status', lookAtHerokuStatus],
];

/**
 * Everything that can be seen without writing: the zone and its records, who answers for it, and that both sides serve the live
 * host name through their own targets. Never throws; a check that could not be made is never ok.
 */
export async function preflight(
  ports: PreflightPorts,
  plan: MigrationPlan,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  // Every look and each of its calls listens for the end; Node.js takes more than ten listeners on one signal for a leak.
  setMaxListeners(0, signal);
  const made = await Promise.all(looks.map(([name, look]) => attempt(name, look(ports, plan, signal))));
  // By itself, because a late answer to a probe refuses the start, and all the rest at once keeps a small machine busy.
  const sides = await attempt('sides', lookAtSides(ports, plan, signal));
  return [...made.flat(), ...sides];
}

async function attempt(name: string, look: Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await look;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const fact = `this could not be looked at: ${what}`;
    return [{ name, verdict: 'refused', fact, fix: 'run preflight again; if it stays, please report it' }];
  }
}
