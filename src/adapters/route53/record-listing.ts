import type { ListResourceRecordSetsRequest, ListResourceRecordSetsResponse } from '@aws-sdk/client-route-53';
import { displayName, type RecordName } from '../../core/record-name.js';
import type { RecordSet } from '../../core/record-set.js';
import { isNamed, UnexpectedAnswer } from './answer.js';
import { recordSetOf } from './mapping.js';

/** One name holds at most 100 weighted records for each of fewer than 20 types, so 20 pages of 100 are always enough. */
const maxPages = 20;
const pageSize = 100;

export type ListPage = (request: ListResourceRecordSetsRequest) => Promise<ListResourceRecordSetsResponse>;

/**
 * Every record set at exactly this name. The SDK has no paginator for this call; the next page begins at a name, a type
 * and, inside a weighted set, an identifier, and the three belong together.
 * @throws UnexpectedAnswer when the listing cannot be known to be whole; whatever `listPage` throws.
 */
export async function listName(zoneId: string, name: RecordName, listPage: ListPage): Promise<RecordSet[]> {
  const found: RecordSet[] = [];
  const seen = new Set<string>();
  let cursor: Cursor = { StartRecordName: name };
  for (let page = 0; page < maxPages; page += 1) {
    seen.add(JSON.stringify(cursor));
    const answer = await listPage({ HostedZoneId: zoneId, MaxItems: pageSize, ...cursor });
    // An empty answer with status 200 is read by the SDK without complaint; taken for an empty zone it would do harm.
    if (answer.ResourceRecordSets === undefined || answer.IsTruncated === undefined) {
      throw new UnexpectedAnswer('Route 53 answered without a listing of record sets');
    }
    for (const sdk of answer.ResourceRecordSets) {
      if (!isNamed(sdk.Name, name)) return found;
      found.push(recordSetOf(sdk, name));
    }
    if (!answer.IsTruncated || !isNamed(answer.NextRecordName, name)) return found;
    cursor = cursorOf(answer);
    if (seen.has(JSON.stringify(cursor))) {
      throw new UnexpectedAnswer(`the listing of ${displayName(name)} goes in a circle`);
    }
  }
  throw new UnexpectedAnswer(`the listing of ${displayName(name)} has more than ${maxPages} pages`);
}

type Cursor = Pick<
  ListResourceRecordSetsRequest,
  'StartRecordName' | 'StartRecordType' | 'StartRecordIdentifier'
>;

function cursorOf(answer: ListResourceRecordSetsResponse): Cursor {
  return {
    StartRecordName: answer.NextRecordName,
    StartRecordType: answer.NextRecordType,
    StartRecordIdentifier: answer.NextRecordIdentifier,
  };
}
