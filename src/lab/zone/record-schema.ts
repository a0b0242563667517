import { invalidInput } from './refusal.js';
import type { Refusal } from './refusal.js';
import type { LabRecord } from './record.js';

/** A record set as a client sent it: any `LabRecord`, and what only a wrong request can hold. */
export interface SubmittedRecord extends LabRecord {
  /** Names of routing fields beyond the one that `weight` or `otherRouting` holds. */
  readonly furtherRouting?: readonly string[];
}

/** A change as a client sent it, before anything about it has been judged. */
export interface SubmittedChange {
  readonly action: string;
  readonly record: SubmittedRecord;
}

export const recordTypes: readonly string[] = [
  ...['SOA', 'A', 'TXT', 'NS', 'CNAME', 'MX', 'NAPTR', 'PTR', 'SRV', 'SPF', 'AAAA', 'CAA', 'DS'],
  ...['TLSA', 'SSHFP', 'SVCB', 'HTTPS'],
];
const actions = ['CREATE', 'DELETE', 'UPSERT'];
const maxTtlSeconds = 2_147_483_647;
const maxCommentLength = 256;
const maxNameLength = 1024;
const maxValueLength = 4000;
const maxSetIdentifierLength = 128;
const maxWeight = 255;

/** The XML namespace of the API's requests and answers. */
export const apiNamespace = 'https://route53.amazonaws.com/doc/2013-04-01/';

/**
 * The faults that Route 53 finds in a request before it looks at the zone; names appear in the texts as they were sent.
 *
 * The XML schema comes first, then the rules about which fields go together. Only the first fault is reported.
 */
export function schemaFault(
  changes: readonly SubmittedChange[],
  comment: string | undefined,
): Refusal | undefined {
  if (changes.length === 0) return incomplete('Changes', 'Change');
  if (comment !== undefined && comment.length > maxCommentLength) {
    return outOfLength(comment, 0, maxCommentLength);
  }
  for (const change of changes) {
    const fault = xmlFault(change);
    if (fault !== undefined) return fault;
  }
  for (const change of changes) {
    const fault = routingFault(change.record) ?? contentFault(change.record);
    if (fault !== undefined) return invalidInput(`Invalid request: ${fault} in Change with ${label(change)}`);
  }
  return undefined;
}

/** An element whose required child is missing (public texts: boto/boto#2096, chilts/nice-route53#8). */
export function incomplete(element: string, child: string): Refusal {
  return invalidInput(
    `Invalid XML ; cvc-complex-type.2.4.b: The content of element '${element}' is not complete. ` +
      `One of '{"${apiNamespace}":${child}}' is expected.`,
  );
}

function xmlFault({ action, record }: SubmittedChange): Refusal | undefined {
  if (!actions.includes(action)) return notFacetValid(action, actions);
  if (!recordTypes.includes(record.type)) return notFacetValid(record.type, recordTypes);
  if (record.name.length > maxNameLength) return outOfLength(record.name, 0, maxNameLength);
  if (record.values?.length === 0) return incomplete('ResourceRecords', 'ResourceRecord');
  const longValue = record.values?.find((value) => value.length > maxValueLength);
  if (longValue !== undefined) return outOfLength(longValue, 0, maxValueLength);
  const { setIdentifier, weight, ttl } = record;
  if (setIdentifier !== undefined && !isBetween(setIdentifier.length, 1, maxSetIdentifierLength)) {
    return outOfLength(setIdentifier, 1, maxSetIdentifierLength);
  }
  if (weight !== undefined && !isBetween(weight, 0, maxWeight)) return outOfRange(weight, 0, maxWeight);
  if (ttl !== undefined && !isBetween(ttl, 0, maxTtlSeconds)) return outOfRange(ttl, 0, maxTtlSeconds);
  return undefined;
}

function routingFault(record: SubmittedRecord): string | undefined {
  const count =
    (record.weight === undefined ? 0 : 1) +
    (record.otherRouting === undefined ? 0 : 1) +
    (record.furtherRouting?.length ?? 0);
  const choice = 'Expected exactly one of [Weight, Region, Failover, GeoLocation, or MultiValueAnswer]';
  // Public text: hashicorp/terraform-provider-aws#1668 for "none"; "more than one" is unconfirmed here and public for contentFault.
  if (count > 1) return `${choice}, but found more than one`;
  if (count === 0 && record.setIdentifier !== undefined) return `${choice}, but found none`;
  // Public text: boto/boto3#2240. MultiValueAnswer=false counts as a routing field (aws/aws-sdk#75).
  if (count === 1 && record.setIdentifier === undefined) return "Missing field 'SetIdentifier'";
  return undefined;
}

/** Public texts: awslabs/aws-sdk-rust#924 for "none", agorapulse/grails-aws-sdk#95 for "more than one". */
function contentFault(record: SubmittedRecord): string | undefined {
  const choice =
    'Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]';
  const plainFields = (record.ttl === undefined ? 0 : 1) + (record.values === undefined ? 0 : 1);
  const others =
    (record.alias === undefined ? 0 : 1) + (record.trafficPolicyInstanceId === undefined ? 0 : 1);
  if (others + Math.min(plainFields, 1) > 1) return `${choice}, but found more than one`;
  if (others === 0 && plainFields < 2) return `${choice}, but found none`;
  return undefined;
}

function label({ action, record }: SubmittedChange): string {
  return `[Action=${action}, Name=${record.name}, Type=${record.type}, SetIdentifier=${record.setIdentifier ?? 'null'}]`;
}

function notFacetValid(value: string, allowed: readonly string[]): Refusal {
  return invalidInput(
    `Invalid XML ; cvc-enumeration-valid: Value '${value}' is not facet-valid with respect to enumeration ` +
      `'[${allowed.join(', ')}]'. It must be a value from the enumeration.`,
  );
}

/** Source unconfirmed: the limits are those of the API model, the texts are those of an XML schema validator. */
function outOfRange(value: number, least: number, most: number): Refusal {
  return invalidInput(
    value < least
      ? `Invalid XML ; cvc-minInclusive-valid: Value '${value}' is not facet-valid with respect to minInclusive '${least}'.`
      : `Invalid XML ; cvc-maxInclusive-valid: Value '${value}' is not facet-valid with respect to maxInclusive '${most}'.`,
  );
}

/** Source unconfirmed, as for `outOfRange`. */
function outOfLength(value: string, least: number, most: number): Refusal {
  const [facet, limit] = value.length < least ? ['minLength', least] : ['maxLength', most];
  return invalidInput(
    `Invalid XML ; cvc-${facet}-valid: Value '${value.slice(0, 64)}' with length = '${value.length}' is not facet-valid ` +
      `with respect to ${facet} '${limit}'.`,
  );
}

/** False for a fraction and for NaN too. */
function isBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
