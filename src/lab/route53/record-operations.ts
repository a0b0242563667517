import { isAtOrAfter } from '../zone/list-order.js';
import type { ListPosition } from '../zone/list-order.js';
import { normaliseName } from '../zone/name.js';
import type { LabRecord } from '../zone/record.js';
import { invalidInput, noSuchHostedZone, refusal } from '../zone/refusal.js';
import { answer, changeInfo } from './answer.js';
import { readChangeRequest } from './change-request.js';
import { notValid, pageSize } from './operation.js';
import type { Operation } from './operation.js';
import { RefusedRequest } from './xml.js';
import type { XmlContent } from './xml.js';

export const changeRecordSets: Operation = ({ zones, id, body }) => {
  const { changes, comment } = readChangeRequest(body);
  const outcome = zones.change(id, changes, comment);
  if (outcome.kind === 'refused') return outcome;
  return {
    ...answer('ChangeResourceRecordSetsResponse', { ChangeInfo: changeInfo(outcome.change) }),
    committed: {
      changeId: outcome.change.id,
      changes: outcome.changes,
      ...(comment === undefined ? {} : { comment }),
    },
  };
};

export const getChange: Operation = ({ zones, id }) => {
  const change = zones.changeStatus(id);
  // Source of the text unconfirmed.
  if (change === undefined) return refusal('NoSuchChange', 404, `Could not find resource with ID: ${id}`);
  return answer('GetChangeResponse', { ChangeInfo: changeInfo(change) });
};

export const listRecordSets: Operation = ({ zones, id, query }) => {
  const start = startPosition(query);
  const size = pageSize(query.get('maxitems'), 300, 100);
  const records = zones.records(id);
  if (records === undefined) return noSuchHostedZone(id);
  const rest = start === undefined ? records : records.filter((record) => isAtOrAfter(record, start));
  const next = rest[size];
  return answer('ListResourceRecordSetsResponse', {
    ResourceRecordSets: { ResourceRecordSet: rest.slice(0, size).map(recordSet) },
    IsTruncated: next !== undefined,
    NextRecordName: next?.name,
    NextRecordType: next?.type,
    NextRecordIdentifier: next?.setIdentifier,
    MaxItems: size,
  });
};

function startPosition(query: URLSearchParams): ListPosition | undefined {
  const [name, type, setIdentifier] = ['name', 'type', 'identifier'].map(
    (field) => query.get(field) ?? undefined,
  );
  if (name === undefined) {
    if (type !== undefined || setIdentifier !== undefined) throw new RefusedRequest(notValid());
    return undefined;
  }
  const reading = normaliseName(name);
  if (reading.kind === 'fault') throw new RefusedRequest(invalidInput(reading.fault));
  if (type === undefined && setIdentifier !== undefined) throw new RefusedRequest(notValid());
  return {
    name: reading.name,
    ...(type === undefined ? {} : { type }),
    ...(setIdentifier === undefined ? {} : { setIdentifier }),
  };
}

/** Fields in the order of the API model; an alias has neither TTL nor an empty `ResourceRecords` (aws/aws-cdk#20858). */
function recordSet(record: LabRecord): XmlContent {
  const { alias, otherRouting } = record;
  return {
    Name: record.name,
    Type: record.type,
    SetIdentifier: record.setIdentifier,
    Weight: record.weight,
    ...(otherRouting === undefined ? {} : { [otherRouting.field]: otherRouting.value as XmlContent }),
    TTL: record.ttl,
    ResourceRecords:
      record.values === undefined
        ? undefined
        : { ResourceRecord: record.values.map((value) => ({ Value: value })) },
    AliasTarget:
      alias === undefined
        ? undefined
        : {
            HostedZoneId: alias.hostedZoneId,
            DNSName: alias.dnsName,
            EvaluateTargetHealth: alias.evaluateTargetHealth,
          },
    HealthCheckId: record.healthCheckId,
    TrafficPolicyInstanceId: record.trafficPolicyInstanceId,
  };
}
