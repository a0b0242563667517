import type { ChangeInfo } from '../zone/change-ledger.js';
import type { LabChange } from '../zone/record.js';
import type { Refusal } from '../zone/refusal.js';
import { writeXml } from './xml.js';
import type { XmlContent } from './xml.js';

/** A successful answer before it is written. */
export interface Answer {
  readonly kind: 'answer';
  readonly httpStatus: number;
  readonly root: string;
  readonly content: Readonly<Record<string, XmlContent>>;
  /** Value of the `Location` header, where the API sends one. */
  readonly location?: string;
  /** The batch that this request committed. */
  readonly committed?: CommittedBatch;
}

export interface CommittedBatch {
  /** Without the `/change/` prefix. */
  readonly changeId: string;
  readonly changes: readonly LabChange[];
  readonly comment?: string;
}

export function answer(root: string, content: Readonly<Record<string, XmlContent>>): Answer {
  return { kind: 'answer', httpStatus: 200, root, content };
}

export function changeInfo(change: ChangeInfo): XmlContent {
  return {
    Id: `/change/${change.id}`,
    Status: change.status,
    SubmittedAt: new Date(change.submittedAtMs).toISOString(),
    Comment: change.comment,
  };
}

/**
 * The body of a refusal. The older root `InvalidChangeBatch` is no longer sent (aws/aws-sdk-kotlin#1433); where the entries of
 * a refused protection request stand in the document is unconfirmed.
 */
export function errorBody(refusal: Refusal, requestId: string): string {
  const { code, message, entries = [] } = refusal;
  const errors = entries.map((entry) => ({
    RecordName: entry.name,
    RecordType: entry.type,
    Code: entry.code,
    Message: entry.message,
  }));
  return writeXml('ErrorResponse', {
    Error: {
      Type: refusal.httpStatus >= 500 ? 'Receiver' : 'Sender',
      Code: code,
      Message: message,
      Errors: errors.length === 0 ? undefined : { ProtectionError: errors },
    },
    RequestId: requestId,
  });
}
