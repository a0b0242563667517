import type { Change, ChangeBatch } from '../../core/change-batch.js';
import { assert } from '../../core/result.js';

/** What `aws route53 change-resource-record-sets --change-batch` takes (AWS CLI Command Reference). */
export interface AwsChangeBatch {
  readonly Comment: string;
  readonly Changes: readonly AwsChange[];
}

export interface AwsChange {
  readonly Action: Change['action'];
  readonly ResourceRecordSet: AwsRecordSet;
}

export interface AwsRecordSet {
  readonly Name: string;
  readonly Type: string;
  readonly SetIdentifier?: string;
  readonly Weight?: number;
  readonly TTL?: number;
  readonly ResourceRecords?: readonly { readonly Value: string }[];
  readonly AliasTarget?: {
    readonly HostedZoneId: string;
    readonly DNSName: string;
    readonly EvaluateTargetHealth: boolean;
  };
  readonly HealthCheckId?: string;
}

/** The batch as the AWS CLI takes it; what a record does not have is left out, because the CLI refuses null. */
export function toAwsJson(batch: ChangeBatch): AwsChangeBatch {
  return {
    Comment: batch.comment,
    Changes: batch.changes.map(({ action, record }) => {
      assert(record.foreignRouting === null, 'a batch holds only records this product handles');
      return { Action: action, ResourceRecordSet: recordSet(record) };
    }),
  };
}

function recordSet({ alias, ...record }: Change['record']): AwsRecordSet {
  return {
    Name: record.name,
    Type: record.type,
    ...(record.setIdentifier !== null && { SetIdentifier: record.setIdentifier }),
    ...(record.weight !== null && { Weight: record.weight }),
    ...(record.ttl !== null && { TTL: record.ttl }),
    ...(alias === null
      ? { ResourceRecords: record.values.map((value) => ({ Value: value })) }
      : {
          AliasTarget: {
            HostedZoneId: alias.hostedZoneId,
            DNSName: alias.dnsName,
            EvaluateTargetHealth: alias.evaluateTargetHealth,
          },
        }),
    ...(record.healthCheckId !== null && { HealthCheckId: record.healthCheckId }),
  };
}
