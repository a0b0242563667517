import { isWithin } from './name.js';
import type { LabRecord } from './record.js';
import type { ZoneDraft } from './zone-snapshot.js';
import { awsServiceSuffix } from './service-zones.js';

/**
 * Why an alias is refused: its target must be a record set of the same type in the same hosted zone that exists at this point
 * of the batch, or a name of an AWS service under the hosted zone id of that service.
 *
 * Route 53 reports both texts for a name outside the given zone (harmony-one/harmony-ops#491, aws/aws-cdk#19643); only the
 * second for a missing one (rust-lang/simpleinfra#907). An UPSERT later in the batch counts as "not yet created", even when
 * the record stood before (octodns/octodns#366): `createdLater` holds those.
 */
export function aliasFaults(
  draft: ZoneDraft,
  zoneId: string,
  record: LabRecord,
  createdLater: readonly LabRecord[],
): readonly string[] {
  const { alias, type } = record;
  if (alias === undefined) return [];
  const suffix = alias.hostedZoneId === zoneId ? draft.apex : awsServiceSuffix(alias.hostedZoneId);
  const start = `Tried to create an alias that targets ${alias.dnsName}, type ${type} in zone ${alias.hostedZoneId},`;
  const notFound = `${start} but that target was not found`;
  if (suffix === undefined || !isWithin(alias.dnsName, suffix)) {
    return [`${start} but the alias target name does not lie within the target zone`, notFound];
  }
  if (alias.hostedZoneId !== zoneId) return type === 'A' || type === 'AAAA' ? [] : [notFound];
  const isTarget = (other: LabRecord): boolean => other.name === alias.dnsName && other.type === type;
  return draft.at(alias.dnsName).some(isTarget) && !createdLater.some(isTarget) ? [] : [notFound];
}
