import type { AliasEnd } from '../core/alias-end.js';
import { endingOn } from '../core/alias-records.js';
import type { Failure } from '../core/failure.js';
import { describeEndpoint, type MigrationPlan } from '../core/plan.js';
import { displayName } from '../core/record-name.js';
import { err, ok, type Result } from '../core/result.js';
import { aliasEnds } from './alias-end.js';
import type { Dns } from './ports.js';

/**
 * The aliases on which every host of a plan would end. Refused where a target is not on AWS, has no address, or is in a region whose zone
 * id nothing tells.
 */
export function finalAliases(
  dns: Dns,
  plan: MigrationPlan,
  typedZoneId: string | null,
  signal: AbortSignal,
): Promise<Result<readonly AliasEnd[], Failure>> {
  const heroku = plan.hosts.find((host) => host.target.platform === 'heroku');
  if (heroku === undefined) return aliasEnds(dns, plan, typedZoneId, signal);
  return Promise.resolve(
    err({
      reason: 'refused',
      check: 'alias',
      message: `${displayName(heroku.host)} ends at ${describeEndpoint(heroku.target)}, and Route 53 has aliases to services of AWS only`,
      fix: 'leave out the alias: finalAs: cname',
    }),
  );
}

/** The plan with the aliases that its policy wants at the end, settled before anything is written: the end comes when nobody watches. */
export async function withFinalAliases(
  dns: Dns,
  plan: MigrationPlan,
  typedZoneId: string | null,
  signal: AbortSignal,
): Promise<Result<MigrationPlan, Failure>> {
  if (plan.policy.finalAs === undefined) return ok(plan);
  const ends = await finalAliases(dns, plan, typedZoneId, signal);
  return ends.ok ? ok(endingOn(plan, ends.value)) : ends;
}
