import type { SubmittedChange, SubmittedRecord } from '../zone/record-schema.js';
import type { LabAlias } from '../zone/record.js';
import { refusal } from '../zone/refusal.js';
import {
  boolean,
  checkChildren,
  child,
  children,
  integer,
  readXml,
  requiredChild,
  requiredText,
  text,
} from './xml.js';
import type { XmlNode } from './xml.js';

/** The batch in the body of a ChangeResourceRecordSets request. */
export interface ChangeRequest {
  readonly changes: readonly SubmittedChange[];
  readonly comment?: string;
}

const otherRoutingFields = [
  ...['Region', 'GeoLocation', 'Failover', 'MultiValueAnswer', 'CidrRoutingConfig', 'GeoProximityLocation'],
];
const recordFields = [
  ...['Name', 'Type', 'SetIdentifier', 'Weight', 'TTL', 'ResourceRecords', 'AliasTarget', 'HealthCheckId'],
  ...['TrafficPolicyInstanceId', ...otherRoutingFields],
];

/**
 * Reads the body; the order of elements does not matter, because clients differ in it (boto/boto#2096).
 *
 * Throws `RefusedRequest` for what an XML schema would refuse and a `SubmittedChange` cannot hold.
 */
export function readChangeRequest(body: string): ChangeRequest {
  const rootName = 'ChangeResourceRecordSetsRequest';
  // Public text: stalwartlabs/dns-update#44.
  const wrongRoot = refusal('MalformedInput', 400, `ChangeBatch is not valid, expected ${rootName}`);
  const root = readXml(body, rootName, wrongRoot);
  checkChildren(rootName, root, ['ChangeBatch']);
  const batch = requiredChild(rootName, root, 'ChangeBatch');
  checkChildren('ChangeBatch', batch, ['Comment', 'Changes']);
  const comment = text(batch, 'Comment');
  return {
    changes: children(requiredChild('ChangeBatch', batch, 'Changes'), 'Change').map(readChange),
    ...(comment === undefined ? {} : { comment }),
  };
}

function readChange(change: XmlNode): SubmittedChange {
  checkChildren('Change', change, ['Action', 'ResourceRecordSet']);
  return {
    action: requiredText('Change', change, 'Action'),
    record: readRecord(requiredChild('Change', change, 'ResourceRecordSet')),
  };
}

function readRecord(node: XmlNode): SubmittedRecord {
  checkChildren('ResourceRecordSet', node, recordFields);
  const [otherRouting, ...further] = otherRoutingFields.flatMap((field) => readRouting(node, field));
  return {
    name: requiredText('ResourceRecordSet', node, 'Name'),
    type: requiredText('ResourceRecordSet', node, 'Type'),
    ...given('setIdentifier', text(node, 'SetIdentifier')),
    ...given('weight', integer(node, 'Weight')),
    ...given('otherRouting', otherRouting),
    ...(further.length === 0 ? {} : { furtherRouting: further.map(({ field }) => field) }),
    ...given('ttl', integer(node, 'TTL')),
    ...given('values', readValues(child(node, 'ResourceRecords'))),
    ...given('alias', readAlias(child(node, 'AliasTarget'))),
    ...given('healthCheckId', text(node, 'HealthCheckId')),
    ...given('trafficPolicyInstanceId', text(node, 'TrafficPolicyInstanceId')),
  };
}

function readRouting(node: XmlNode, field: string): readonly { field: string; value: unknown }[] {
  const found = child(node, field);
  if (found === undefined) return [];
  return [{ field, value: field === 'MultiValueAnswer' ? boolean(node, field) : plain(found) }];
}

function readValues(node: XmlNode | undefined): readonly string[] | undefined {
  if (node === undefined) return undefined;
  return children(node, 'ResourceRecord').map((record) => requiredText('ResourceRecord', record, 'Value'));
}

function readAlias(node: XmlNode | undefined): LabAlias | undefined {
  if (node === undefined) return undefined;
  checkChildren('AliasTarget', node, ['HostedZoneId', 'DNSName', 'EvaluateTargetHealth']);
  requiredText('AliasTarget', node, 'EvaluateTargetHealth');
  return {
    hostedZoneId: requiredText('AliasTarget', node, 'HostedZoneId'),
    dnsName: requiredText('AliasTarget', node, 'DNSName'),
    evaluateTargetHealth: boolean(node, 'EvaluateTargetHealth') ?? false,
  };
}

/** The first of each child, as an object that a listing can write again. */
function plain(node: XmlNode): unknown {
  if (typeof node === 'string') return node;
  return Object.fromEntries(Object.entries(node).map(([name, [first]]) => [name, plain(first ?? '')]));
}

/** An object with the field, or without it where it is undefined. */
function given<Field extends string, Value>(
  field: Field,
  value: Value | undefined,
): Partial<Record<Field, Value>> {
  return value === undefined ? {} : ({ [field]: value } as Record<Field, Value>);
}
