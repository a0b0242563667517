import type { MigrationPlan } from '../../core/plan.js';
import { displayName } from '../../core/record-name.js';
import type { Check } from '../check.js';
import type { HostedZone } from '../ports.js';
import { passed, refused, unseen, warned, type Look } from './look.js';

/** The zone that the plan has pinned: that it is there, that it is public, and that no private one hides it. */
export const lookAtZone: Look = async ({ zones, inspection }, plan, signal) => {
  const { zone } = plan;
  const [described, found] = await Promise.all([
    inspection.describe(zone.id, signal),
    zones.zonesFor(plan.hosts[0]?.host ?? zone.name, signal),
  ]);
  if (!described.ok) {
    const fact = `zone ${zone.id} could not be read: ${described.error.message}`;
    return [refused('zone', fact, 'use credentials of the account that holds the zone (AWS_PROFILE)')];
  }
  const shadows = found.ok ? shadowsOf(zone, found.value) : [unseen('zone', 'the other zones', found.error)];
  return [
    zoneCheck(plan, described.value.zone),
    ...shadows,
    recoveryCheck(plan.zone.id, described.value.acceleratedRecovery),
  ];
};

function zoneCheck({ zone, hosts }: MigrationPlan, found: HostedZone): Check {
  const name = displayName(zone.name);
  if (found.private || found.name !== zone.name) {
    const fact = `zone ${zone.id} is ${found.private ? 'private' : `called ${displayName(found.name)}`}, not the public zone ${name}`;
    return refused('zone', fact, 'name the public zone with --zone <id>');
  }
  const fact = `${name} is the public zone ${zone.id}, the longest that contains ${hosts.length === 1 ? displayName(hosts[0]?.host ?? '') : 'the hosts'}, served by ${zone.nameServers.length} name servers; the plan is pinned to this id`;
  return passed('zone', fact);
}

/** Machines inside the VPCs of a private zone never ask the public one. */
function shadowsOf(zone: MigrationPlan['zone'], all: readonly HostedZone[]): readonly Check[] {
  const hiding = all.filter((other) => other.private && other.name.length >= zone.name.length);
  if (hiding.length === 0) return [];
  const ids = hiding.map(({ name, id }) => `${displayName(name)} (${id})`).join(', ');
  const fact = `a private zone contains the host too: ${ids}; machines in its VPCs resolve the host there and do not follow this migration`;
  return [warned('zone', fact, 'change the private zone yourself if those machines shall move too')];
}

/** Route 53 Developer Guide, "Accelerated recovery": changes fail over to us-west-2 when us-east-1 cannot take them. */
function recoveryCheck(zoneId: string, status: string | null): Check {
  const name = 'recovery';
  if (status === 'ENABLED')
    return passed(name, 'accelerated recovery is on: records can be changed even while us-east-1 is down');
  if (status?.endsWith('_LOCKED') === true) {
    const fact = `accelerated recovery is being switched (${status}), and the zone takes no changes meanwhile`;
    return refused(name, fact, 'wait until GetHostedZone shows ENABLED or DISABLED');
  }
  const now = status === null || status === 'DISABLED' ? 'off' : status;
  const fact = `accelerated recovery is ${now}: while us-east-1 is down no record can be changed, so no rollback can be written either`;
  const fix = `switch it on well before or after a migration, never during one; it is free: aws route53 update-hosted-zone-features --hosted-zone-id ${zoneId} --enable-accelerated-recovery`;
  return warned(name, fact, fix);
}
