import type { Change as SdkChange, ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Change } from '../../core/change-batch.js';
import type { RecordName } from '../../core/record-name.js';
import { weight, withFinalDot, type RecordSet } from '../../core/record-set.js';

/** Fields that name a routing policy or an owner this product does not handle (Route 53 API reference, ResourceRecordSet). */
const foreignFields = [
  'Region',
  'GeoLocation',
  'Failover',
  'MultiValueAnswer',
  'GeoProximityLocation',
  'CidrRoutingConfig',
  'TrafficPolicyInstanceId',
] as const satisfies readonly (keyof ResourceRecordSet)[];

/**
 * A record set as the SDK returns it, in this program's form. `name` is its normalised name.
 * @throws Error when the answer breaks the API's own rules: no type, or a weight outside 0 to 255.
 */
export function recordSetOf(sdk: ResourceRecordSet, name: RecordName): RecordSet {
  if (sdk.Type === undefined) throw new Error('a record set in the answer has no type');
  const alias = sdk.AliasTarget;
  return {
    name,
    type: sdk.Type,
    setIdentifier: sdk.SetIdentifier ?? null,
    weight: sdk.Weight === undefined ? null : weight(sdk.Weight),
    ttl: sdk.TTL ?? null,
    values: (sdk.ResourceRecords ?? []).map((record) => record.Value ?? ''),
    alias:
      alias === undefined
        ? null
        : {
            hostedZoneId: alias.HostedZoneId ?? '',
            dnsName: withFinalDot(alias.DNSName ?? ''),
            evaluateTargetHealth: alias.EvaluateTargetHealth ?? false,
          },
    healthCheckId: sdk.HealthCheckId ?? null,
    foreignRouting: foreignFields.find((field) => sdk[field] !== undefined) ?? null,
  };
}

/**
 * A change as the SDK sends it. Absent parts are left out: an empty `ResourceRecords` element is refused (aws/aws-cdk#20858).
 * Foreign routing is not written; `change` refuses such a record before it gets here.
 */
export function sdkChangeOf({ action, record }: Change): SdkChange {
  return { Action: action, ResourceRecordSet: sdkRecordSetOf(record) };
}

function sdkRecordSetOf(record: RecordSet): ResourceRecordSet {
  return {
    Name: record.name,
    // The SDK's type lists the types it knows; the API decides.
    Type: record.type as NonNullable<ResourceRecordSet['Type']>,
    ...(record.setIdentifier === null ? {} : { SetIdentifier: record.setIdentifier }),
    ...(record.weight === null ? {} : { Weight: record.weight }),
    ...(record.ttl === null ? {} : { TTL: record.ttl }),
    ...(record.values.length === 0 ? {} : { ResourceRecords: record.values.map((Value) => ({ Value })) }),
    ...(record.alias === null
      ? {}
      : {
          AliasTarget: {
            HostedZoneId: record.alias.hostedZoneId,
            DNSName: record.alias.dnsName,
            EvaluateTargetHealth: record.alias.evaluateTargetHealth,
          },
        }),
    ...(record.healthCheckId === null ? {} : { HealthCheckId: record.healthCheckId }),
  };
}
