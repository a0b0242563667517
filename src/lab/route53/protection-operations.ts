import { compareNames, compareText } from '../zone/list-order.js';
import { normaliseName } from '../zone/name.js';
import type { Protection } from '../zone/protections.js';
import { invalidInput, refusal } from '../zone/refusal.js';
import { answer } from './answer.js';
import { notValid, pageSize } from './operation.js';
import type { Operation } from './operation.js';
import {
  RefusedRequest,
  checkChildren,
  children,
  readXml,
  requiredChild,
  requiredText,
  text,
} from './xml.js';

export const createProtections: Operation = ({ zones, id, body }) => {
  const entries = readEntries(
    body,
    'CreateResourceRecordSetProtectionsRequest',
    'ResourceRecordSetProtectionConfig',
  );
  return zones.createProtections(id, entries) ?? answer('CreateResourceRecordSetProtectionsResponse', {});
};

export const deleteProtections: Operation = ({ zones, id, body }) => {
  const entries = readEntries(
    body,
    'DeleteResourceRecordSetProtectionsRequest',
    'ResourceRecordSetProtectionKey',
  );
  return zones.deleteProtections(id, entries) ?? answer('DeleteResourceRecordSetProtectionsResponse', {});
};

/** Pages of up to 300; a token wins over a start position (API reference, ListResourceRecordSetProtections). */
export const listProtections: Operation = ({ zones, id, query }) => {
  const size = pageSize(query.get('maxresults'), 300, 300);
  const kept = zones.protections(id);
  if ('kind' in kept) return kept;
  const start = query.get('nexttoken') === null ? positionByName(query, kept) : tokenPosition(query);
  const page = kept.slice(start, start + size);
  return answer('ListResourceRecordSetProtectionsResponse', {
    ResourceRecordSetProtections: {
      ResourceRecordSetProtection: page.map(({ name, type, comment }) => ({
        RecordName: name,
        RecordType: type,
        Comment: comment,
      })),
    },
    NextToken: start + size < kept.length ? `from-${start + size}` : undefined,
  });
};

function positionByName(query: URLSearchParams, kept: readonly Protection[]): number {
  const [name, type] = [query.get('name'), query.get('type')];
  if (name === null && type !== null) throw new RefusedRequest(notValid());
  if (name === null) return 0;
  const reading = normaliseName(name);
  if (reading.kind === 'fault') throw new RefusedRequest(invalidInput(reading.fault));
  const start = kept.findIndex((entry) => {
    const byName = compareNames(entry.name, reading.name);
    return byName > 0 || (byName === 0 && compareText(entry.type, type ?? '') >= 0);
  });
  return start === -1 ? kept.length : start;
}

function tokenPosition(query: URLSearchParams): number {
  const position = /^from-(\d{1,6})$/.exec(query.get('nexttoken') ?? '')?.[1];
  if (position === undefined) {
    throw new RefusedRequest(refusal('InvalidPaginationToken', 400, 'The pagination token is not valid.'));
  }
  return Number(position);
}

function readEntries(body: string, rootName: string, entryName: string): readonly Protection[] {
  const root = readXml(
    body,
    rootName,
    refusal('MalformedInput', 400, `The request is not valid, expected ${rootName}`),
  );
  checkChildren(rootName, root, ['Protections']);
  return children(requiredChild(rootName, root, 'Protections'), entryName).map((entry) => {
    checkChildren(entryName, entry, ['RecordName', 'RecordType', 'Comment']);
    const comment = text(entry, 'Comment');
    return {
      name: requiredText(entryName, entry, 'RecordName'),
      type: requiredText(entryName, entry, 'RecordType'),
      ...(comment === undefined ? {} : { comment }),
    };
  });
}
