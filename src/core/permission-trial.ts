import type { Change, ChangeBatch } from './change-batch.js';
import type { ProviderFailure } from './failure.js';
import type { RollbackPlan } from './plan.js';
import type { HostImage, RecordImage } from './record-image.js';
import { displayName, markerName, type RecordName } from './record-name.js';
import { plainCname, textRecord, weight, type RecordSet } from './record-set.js';
import type { Result } from './result.js';

/**
 * What a batch that can only fail tells. IAM is asked before the zone is looked at, so a denial means that the permission is
 * missing, and a refusal because of the records means that it is there.
 */
export type TrialOutcome =
  | { readonly outcome: 'granted' }
  | { readonly outcome: 'denied'; readonly because: string }
  /** Never expected: Route 53 took a batch that deletes what does not exist. */
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'unknown'; readonly because: string };

/**
 * A batch with the real names, types and one action of a migration that can only fail: its first change deletes a record that
 * cannot exist, and a batch is all or nothing. Beyond that no change but those of a missing marker could do anything by itself:
 * what is created or upserted is what stands there, what is deleted does not.
 */
export function trialBatch(
  action: Change['action'],
  plan: Pick<RollbackPlan, 'hosts'>,
  image: RecordImage,
  nonce: string,
): ChangeBatch {
  const changes = plan.hosts.flatMap(({ host, source }): Change[] => {
    const standing = image.find((each) => each.host === host) ?? { host, records: [], marker: [] };
    const records = trialRecords(action, standing, plainCname(host, source.dnsName, 60));
    return records.map((record) => ({ action, record }));
  });
  const [first] = plan.hosts;
  const impossible = first === undefined ? [] : [impossibleDelete(first.host, nonce)];
  return {
    changes: [...impossible, ...changes],
    comment: `shift: permission trial, changes nothing ${nonce}`,
  };
}

/** The same trial for each name and type of it alone, to find out which of them is not allowed. */
export function splitTrial(batch: ChangeBatch): readonly ChangeBatch[] {
  const [impossible, ...changes] = batch.changes;
  if (impossible === undefined) return [];
  const keys = [...new Set(changes.map(({ record }) => `${record.type} ${record.name}`))];
  return keys.map((key) => ({
    ...batch,
    changes: [impossible, ...changes.filter(({ record }) => `${record.type} ${record.name}` === key)],
  }));
}

/** `UPSERT of CNAME www.example.com`, for the last change of a trial. */
export function describeTrial({ changes }: ChangeBatch): string {
  const last = changes.at(-1);
  return last === undefined ? '' : `${last.action} of ${last.record.type} ${displayName(last.record.name)}`;
}

export function trialOutcome(result: Result<unknown, ProviderFailure>): TrialOutcome {
  if (result.ok) return { outcome: 'accepted' };
  const { reason, details, message } = result.error;
  if (reason === 'denied') return { outcome: 'denied', because: message };
  // Only a judged batch has messages; one that could not be read was perhaps not asked about at all.
  const wasJudged = (reason === 'conflict' || reason === 'invalid') && details.length > 0;
  return wasJudged ? { outcome: 'granted' } : { outcome: 'unknown', because: message };
}

function trialRecords(
  action: Change['action'],
  standing: HostImage,
  source: RecordSet,
): readonly RecordSet[] {
  const { host } = standing;
  const marker = standing.marker.length > 0 ? standing.marker : [textRecord(markerName(host), '"shift"', 60)];
  switch (action) {
    case 'CREATE':
    case 'UPSERT': {
      const own = standing.records.filter(({ foreignRouting }) => foreignRouting === null);
      const hasCname = own.some(({ type }) => type === 'CNAME');
      const upserted = own.filter(({ type }) => action === 'CREATE' || type === 'CNAME');
      return [...upserted, ...(hasCname ? [] : [source]), ...marker];
    }
    case 'DELETE': {
      const types = new Set(['CNAME', ...standing.records.map(({ type }) => type)]);
      const absent = [...types]
        .filter((type) => type in absentValues)
        .map((type) => absentRecord(host, type));
      return [...absent, textRecord(markerName(host), '"shift: no such value"', 1)];
    }
  }
}

/** Names that cannot exist (RFC 2606) and addresses that nobody has (RFC 5737, RFC 3849). */
const absentValues: Readonly<Record<string, string>> = {
  CNAME: 'no-such-target.invalid.',
  A: '192.0.2.1',
  AAAA: '2001:db8::1',
};

function absentRecord(host: RecordName, type: string): RecordSet {
  return { ...plainCname(host, 'no-such-target.invalid', 1), type, values: [absentValues[type] ?? ''] };
}

function impossibleDelete(host: RecordName, nonce: string): Change {
  const record = textRecord(markerName(host), '"shift: no such record"', 1);
  return { action: 'DELETE', record: { ...record, setIdentifier: `no-such-${nonce}`, weight: weight(0) } };
}
