import { aliasFaults } from './alias-target.js';
import { limitFaults } from './batch-limits.js';
import { isWithin, normaliseName } from './name.js';
import { placementFaults } from './placement.js';
import { protectionFault } from './protections.js';
import type { Protections } from './protections.js';
import { repeatsStored } from './record-match.js';
import type { SubmittedChange } from './record-schema.js';
import { valueFaults } from './record-value.js';
import type { LabChange, LabRecord } from './record.js';
import { invalidChangeBatch, refusal } from './refusal.js';
import type { Refusal } from './refusal.js';
import { sameKey } from './zone-snapshot.js';
import type { ZoneDraft, ZoneSnapshot } from './zone-snapshot.js';

/** What a batch is judged against. */
export interface BatchContext {
  readonly zoneId: string;
  readonly current: ZoneSnapshot;
  readonly protections: Protections;
  hasHealthCheck(id: string): boolean;
}

export interface AcceptedBatch {
  readonly kind: 'accepted';
  /** The changes with their records normalised, in the order sent. */
  readonly changes: readonly LabChange[];
  /** The zone after the batch. */
  readonly after: ZoneSnapshot;
}

/**
 * Judges a batch that has passed the schema: all or nothing, every fault of it in one list.
 *
 * Changes act in sequence on a working copy (cookpad/roadworker#89, kubernetes-sigs/external-dns#1411); one that fails leaves
 * the copy as it was, so a refused DELETE makes the CREATE behind it fail too (aws/aws-sdk-kotlin#1435).
 */
export function judgeBatch(
  context: BatchContext,
  submitted: readonly SubmittedChange[],
): AcceptedBatch | Refusal {
  const readings = submitted.map(readChange);
  const changes = readings.filter((reading) => typeof reading !== 'string');
  const unknownCheck = changes
    .filter(({ action }) => action !== 'DELETE')
    .map(({ record }) => record.healthCheckId)
    .find((id) => id !== undefined && !context.hasHealthCheck(id));
  if (unknownCheck !== undefined) {
    // Source unconfirmed: the code is documented, the published texts differ.
    return refusal('NoSuchHealthCheck', 404, `A health check with id ${unknownCheck} does not exist.`);
  }
  const draft = context.current.draft();
  const messages = [...limitFaults(changes)];
  readings.forEach((reading, index) => {
    if (typeof reading === 'string') {
      messages.push(reading);
      return;
    }
    const others = {
      earlier: readings.slice(0, index).filter((other) => typeof other !== 'string'),
      later: readings.slice(index + 1).filter((other) => typeof other !== 'string'),
    };
    const faults = changeFaults(context, draft, reading, others);
    if (faults.length > 0) messages.push(...faults);
    else if (reading.action === 'DELETE') draft.remove(reading.record);
    else draft.put(reading.record);
  });
  messages.push(...apexFaults(draft));
  return messages.length > 0
    ? invalidChangeBatch(messages)
    : { kind: 'accepted', changes, after: draft.snapshot() };
}

interface OtherChanges {
  readonly earlier: readonly LabChange[];
  readonly later: readonly LabChange[];
}

function changeFaults(
  context: BatchContext,
  draft: ZoneDraft,
  change: LabChange,
  others: OtherChanges,
): readonly string[] {
  const { action, record } = change;
  const { name, type } = record;
  // Public text: getmoto/moto#916.
  if (!isWithin(name, draft.apex))
    return [`RRSet with DNS name ${name} is not permitted in zone ${draft.apex}`];
  const protection = context.protections.covering(name, type);
  if (protection !== undefined) return [protectionFault(protection)];
  const stored = draft.find(record);
  switch (action) {
    case 'DELETE':
      return deleteFaults(record, stored, others.earlier);
    case 'CREATE':
      // Public text: aws/aws-sdk-kotlin#1435.
      if (stored !== undefined)
        return [`Tried to create resource record set ${label(record)} but it already exists`];
      return newRecordFaults(context, draft, record, others);
    case 'UPSERT':
      return newRecordFaults(context, draft.without(record), record, others);
    default:
      return action satisfies never;
  }
}

/** Public texts: DNSControl/dnscontrol#3493, aws/aws-sdk-kotlin#1433 and #1435. */
function deleteFaults(
  record: LabRecord,
  stored: LabRecord | undefined,
  earlier: readonly LabChange[],
): readonly string[] {
  // That an UPSERT before the DELETE of the same key is refused in this way too is unconfirmed.
  const contradicts = earlier.some(
    (other) =>
      (other.action === 'CREATE' && other.record.name === record.name && other.record.type === record.type) ||
      (other.action === 'UPSERT' && sameKey(other.record, record)),
  );
  if (contradicts) {
    return [
      `The request contains an invalid set of changes for a resource record set '${record.type} ${record.name}'`,
    ];
  }
  const tried = `Tried to delete resource record set ${label(record)}`;
  if (stored === undefined) return [`${tried} but it was not found`];
  return repeatsStored(record, stored)
    ? []
    : [`${tried} but the values provided do not match the current values`];
}

function newRecordFaults(
  context: BatchContext,
  draft: ZoneDraft,
  record: LabRecord,
  others: OtherChanges,
): readonly string[] {
  const createdLater = others.later.filter(({ action }) => action !== 'DELETE').map((other) => other.record);
  return [
    ...valueFaults(record),
    ...placementFaults(draft, record),
    ...aliasFaults(draft, context.zoneId, record, createdLater),
  ];
}

/** The SOA may stand nowhere but at the apex; it and the NS may be replaced, not removed (texts quoted by public code). */
function apexFaults(draft: ZoneDraft): readonly string[] {
  const at = (type: string): number => draft.at(draft.apex).filter((record) => record.type === type).length;
  return [
    ...(at('SOA') === 1 && draft.count('SOA') === 1
      ? []
      : ['A HostedZone must contain exactly one SOA record.']),
    ...(at('NS') > 0 ? [] : ['A HostedZone must contain at least one NS record for the zone itself.']),
  ];
}

/** The change with its names normalised, or the fault that prevents it. */
function readChange(change: SubmittedChange): LabChange | string {
  // The schema, which is judged first, lets only the three actions pass.
  const action = change.action as LabChange['action'];
  const name = normaliseName(change.record.name);
  if (name.kind === 'fault') return name.fault;
  const record = { ...change.record, name: name.name };
  if (record.alias === undefined) return { action, record };
  const target = normaliseName(record.alias.dnsName);
  if (target.kind === 'fault') return target.fault;
  return { action, record: { ...record, alias: { ...record.alias, dnsName: target.name } } };
}

function label({ name, type, setIdentifier }: LabRecord): string {
  const identifier = setIdentifier === undefined ? '' : `, set-identifier='${setIdentifier}'`;
  return `[name='${name}', type='${type}'${identifier}]`;
}
