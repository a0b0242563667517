import type { AliasEnd } from './alias-end.js';
import { aliasService } from './alias-zones.js';
import type { HostPlan, MigrationPlan } from './plan.js';
import { aliasRecord, type RecordSet } from './record-set.js';
import { aliasTarget, bareAliasName } from './standing-records.js';

/** Alias A, and AAAA, of one host. A CloudFront alias may not evaluate its target's health (Route 53 API Reference, "AliasTarget"). */
export function aliasRecords(host: HostPlan, { hostedZoneId, dnsName, hasIpv6 }: AliasEnd): RecordSet[] {
  const evaluateTargetHealth = aliasService(dnsName)?.service !== 'cloudfront';
  const alias = { hostedZoneId, dnsName, evaluateTargetHealth };
  const types = hasIpv6 ? (['A', 'AAAA'] as const) : (['A'] as const);
  return types.map((type) => aliasRecord(host.host, type, alias));
}

/** The plan that ends on these aliases, one for each host in order; without any it ends as it did. */
export function endingOn(plan: MigrationPlan, ends: readonly AliasEnd[] | undefined): MigrationPlan {
  if (ends === undefined) return plan;
  const hosts = plan.hosts.map((host, index): HostPlan => {
    const aliasEnd = ends[index];
    return aliasEnd === undefined ? host : { ...host, aliasEnd };
  });
  return { ...plan, hosts };
}

/** True for one alias A, with or without one alias AAAA, to the host's target in one hosted zone and nothing else. */
export function isAliasTo(host: HostPlan, records: readonly RecordSet[]): boolean {
  const zones = new Set(records.map(({ alias }) => alias?.hostedZoneId));
  return zones.size === 1 && aliasTarget(records) === bareAliasName(host.target.dnsName);
}
