import type { LabRecord } from './record.js';
import type { ZoneDraft } from './zone-snapshot.js';

const maxWeightedMembers = 100;

/**
 * Why a record set cannot stand where it would be put, given what stands there in the working copy without it.
 *
 * The texts come from the public issues named at each rule.
 */
export function placementFaults(draft: ZoneDraft, record: LabRecord): readonly string[] {
  const beside = draft.at(record.name);
  const sameType = beside.filter((other) => other.type === record.type);
  const otherTypes = beside.filter((other) => other.type !== record.type);
  return [
    ...cnameFaults(draft.apex, record, otherTypes),
    ...routingFaults(record, sameType),
    ...weightedSetFaults(record, sameType.filter(isWeighted)),
    ...wildcardFaults(record),
  ];
}

/** Sources: cloudfoundry/bosh-bootloader#310 (apex), aws/aws-sdk-java#1996 and boto/boto3#1475 (beside other types). */
function cnameFaults(apex: string, record: LabRecord, otherTypes: readonly LabRecord[]): readonly string[] {
  const { name, type } = record;
  if (type === 'CNAME') {
    if (name === apex)
      return [`RRSet of type CNAME with DNS name ${name} is not permitted at apex in zone ${apex}`];
    if (otherTypes.length === 0) return [];
    return [
      `RRSet of type CNAME with DNS name ${name} is not permitted as it conflicts with other records ` +
        `with the same DNS name in zone ${apex}`,
    ];
  }
  if (!otherTypes.some((other) => other.type === 'CNAME')) return [];
  return [
    `RRSet of type ${type} with DNS name ${name} is not permitted because a conflicting RRSet of type CNAME ` +
      `with the same DNS name already exists in zone ${apex}`,
  ];
}

/** Sources: kubernetes-sigs/external-dns#1411 and #3141 (weighted beside others), chef-boneyard/route53#100 (simple). */
function routingFaults(record: LabRecord, sameType: readonly LabRecord[]): readonly string[] {
  const policy = routingPolicy(record);
  if (sameType.every((other) => routingPolicy(other) === policy)) return [];
  const { name, type, setIdentifier } = record;
  if (policy === 'simple') {
    return [
      `RRSet with DNS name ${name}, type ${type} cannot be created as other RRSets exist with the same name and type.`,
    ];
  }
  // Source unconfirmed for policies other than weighted.
  return [
    `RRSet with DNS name ${name}, type ${type}, SetIdentifier ${setIdentifier ?? ''} cannot be created as a ` +
      `non-${policy} set exists with the same name and type.`,
  ];
}

/** Sources: aws/aws-sdk-go-v2#518 for the TTL; the text for too many members is unconfirmed, the limit is documented. */
function weightedSetFaults(record: LabRecord, members: readonly LabRecord[]): readonly string[] {
  if (!isWeighted(record)) return [];
  const { name, type, setIdentifier, ttl } = record;
  const faults: string[] = [];
  if (ttl !== undefined && members.some((member) => member.ttl !== undefined && member.ttl !== ttl)) {
    faults.push(
      `RRSet with DNS name ${name} and type ${type}, SetIdentifier ${setIdentifier ?? ''} cannot be created as ` +
        'weighted sets must contain the same TTL.',
    );
  }
  if (members.length >= maxWeightedMembers) {
    faults.push(
      `Exceeded limit of ${maxWeightedMembers} weighted RRSets with DNS name ${name}, type ${type}`,
    );
  }
  return faults;
}

/** DomainNameFormat forbids a wildcard for type NS; source of the text unconfirmed. */
function wildcardFaults({ name, type }: LabRecord): readonly string[] {
  return type === 'NS' && name.startsWith('\\052.')
    ? [`RRSet of type NS with DNS name ${name} is not permitted as it is a wildcard`]
    : [];
}

function isWeighted(record: LabRecord): boolean {
  return record.weight !== undefined;
}

function routingPolicy(record: LabRecord): string {
  if (isWeighted(record)) return 'weighted';
  return record.otherRouting?.field.toLowerCase() ?? 'simple';
}
