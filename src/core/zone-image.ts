import { aliasRecords } from './alias-records.js';
import type { PairChecks } from './failover/health-check.js';
import { markerRecord, type Marker } from './marker.js';
import { firstOriginalOf, type HostPlan, type MigrationPlan, type RollbackPlan } from './plan.js';
import type { HostImage, RecordImage } from './record-image.js';
import type { RecordName } from './record-name.js';
import { plainCname, type RecordSet } from './record-set.js';
import { weightedPair } from './share.js';

/** What every write puts into the markers besides the records. */
export type MarkerSeed = Omit<Marker, 'migrationId' | 'hosts' | 'state'>;

/**
 * The zone at one share of a running migration: the weighted pair with the low TTL, with its health checks where a host has
 * them, and live markers. Share 0 is the take-over.
 */
export function pairImage(
  plan: MigrationPlan,
  share: number,
  seed: MarkerSeed,
  checks: ReadonlyMap<RecordName, PairChecks> = new Map(),
): RecordImage {
  return image(plan, seed, 'live', (host) =>
    weightedPair(host, share, plan.policy.ttlSeconds, checks.get(host.host)),
  );
}

/** The zone after a finished migration: an alias to the target where the plan says so, else a plain CNAME with the normal TTL. */
export function finalImage(plan: MigrationPlan, seed: MarkerSeed): RecordImage {
  return image(plan, seed, 'ended', (host) =>
    host.aliasEnd === undefined
      ? [plainCname(host.host, host.target.dnsName, finalTtlSeconds(plan, host))]
      : aliasRecords(host, host.aliasEnd),
  );
}

/** The zone after a rollback: a plain CNAME to the source with the low TTL, so that the next change is quick too. */
export function sourceImage(plan: MigrationPlan, seed: MarkerSeed): RecordImage {
  return image(plan, seed, 'ended', (host) => [sourceRecord(plan, host)]);
}

export function sourceRecord(plan: RollbackPlan, host: HostPlan): RecordSet {
  return plainCname(host.host, host.source.dnsName, plan.policy.ttlSeconds);
}

/** The ended marker that a rollback of this one host leaves. */
export function endedMarker(plan: RollbackPlan, host: HostPlan, seed: MarkerSeed): RecordSet {
  return markerRecord(host.host, marker(plan, seed, 'ended'), plan.policy.ttlSeconds);
}

/**
 * The TTL that stands after finalize: the policy's, else that of the record before the first of several migrations, because a rollback
 * leaves the low one, else 300 s (an alias has none of its own).
 */
function finalTtlSeconds(plan: MigrationPlan, host: HostPlan): number {
  const [original] = firstOriginalOf(plan, host).records;
  return plan.policy.finalTtlSeconds ?? original?.ttl ?? 300;
}

function image(
  plan: MigrationPlan,
  seed: MarkerSeed,
  state: Marker['state'],
  records: (host: HostPlan) => readonly RecordSet[],
): RecordImage {
  return plan.hosts.map((host): HostImage => ({
    host: host.host,
    records: records(host),
    marker: [markerRecord(host.host, marker(plan, seed, state), plan.policy.ttlSeconds)],
  }));
}

function marker(plan: RollbackPlan, seed: MarkerSeed, state: Marker['state']): Marker {
  return { ...seed, migrationId: plan.id, hosts: plan.hosts.map((host) => host.host), state };
}
