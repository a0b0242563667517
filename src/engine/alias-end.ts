import type { AliasEnd } from '../core/alias-end.js';
import { aliasService, aliasZoneOf } from '../core/alias-zones.js';
import type { Failure } from '../core/failure.js';
import type { HostPlan, MigrationPlan } from '../core/plan.js';
import { displayName } from '../core/record-name.js';
import { err, ok, type Result } from '../core/result.js';
import { bareAliasName } from '../core/standing-records.js';
import type { Dns } from './ports.js';

/**
 * What the aliases of a plan's hosts would name: the hosted zone id, and whether the target answers over IPv6. A zone id that neither
 * the user's own records nor AWS's table tells has to be given; it is never guessed. A host whose target is not on AWS is left to the
 * verb, which refuses it.
 */
export async function aliasEnds(
  dns: Dns,
  plan: MigrationPlan,
  typedZoneId: string | null,
  signal: AbortSignal,
): Promise<Result<readonly AliasEnd[], Failure>> {
  const ends: AliasEnd[] = [];
  for (const host of plan.hosts) {
    if (host.target.platform !== 'aws') continue;
    const end = await aliasEnd(dns, plan, host, typedZoneId, signal);
    if (!end.ok) return end;
    ends.push(end.value);
  }
  return ok(ends);
}

async function aliasEnd(
  dns: Dns,
  plan: MigrationPlan,
  host: HostPlan,
  typedZoneId: string | null,
  signal: AbortSignal,
): Promise<Result<AliasEnd, Failure>> {
  const name = bareAliasName(host.target.dnsName);
  const recorded = [...plan.originals, ...(plan.restoreTo ?? [])]
    .flatMap(({ records }) => records)
    .flatMap(({ alias }) => (alias === null ? [] : [alias]));
  const hostedZoneId = typedZoneId ?? aliasZoneOf(name, recorded);
  if (hostedZoneId === null)
    return err({
      reason: 'refused',
      check: 'alias zone',
      message: `the hosted zone id for an alias to ${displayName(name)} is not known`,
      fix: 'give it: --alias-zone-id <id>; for a load balancer it is CanonicalHostedZoneId in: aws elbv2 describe-load-balancers',
    });
  const isPrefixed = aliasService(name)?.service === 'application-load-balancer';
  const dualstack = `dualstack.${name}`;
  if (isPrefixed) {
    const addresses = await addressesOf(dns, dualstack, signal);
    if (!addresses.ok) return addresses;
    if (addresses.value.length > 0)
      return ok({ hostedZoneId, dnsName: dualstack, hasIpv6: addresses.value.some(isIpv6) });
  }
  const addresses = await addressesOf(dns, name, signal);
  if (!addresses.ok) return addresses;
  if (addresses.value.length === 0)
    return err({
      reason: 'refused',
      check: 'alias',
      message: `${displayName(name)} has no address, so an alias to it would send users nowhere`,
      fix: 'check that the target exists; a migration that has ended goes back to its source with: shiftctl rollback',
    });
  return ok({ hostedZoneId, dnsName: name, hasIpv6: addresses.value.some(isIpv6) });
}

/** None where the name does not exist; an answer that is missing is a failure, because it says nothing about IPv6. */
async function addressesOf(
  dns: Dns,
  name: string,
  signal: AbortSignal,
): Promise<Result<readonly string[], Failure>> {
  const found = await dns.addresses(name, signal);
  if (found.ok) return found;
  if (found.error.reason === 'not-found') return ok([]);
  return err({ reason: 'provider', failure: found.error, changed: 'nothing was changed' });
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}
