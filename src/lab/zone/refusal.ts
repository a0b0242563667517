/** Why Route 53 would not do what was asked. */
export interface Refusal {
  readonly kind: 'refused';
  /** The error code of the API, for instance `InvalidChangeBatch`. */
  readonly code: string;
  readonly httpStatus: number;
  readonly message: string;
  /** Single entries that failed; only the requests about protections answer with them. */
  readonly entries?: readonly RefusedEntry[];
}

export interface RefusedEntry {
  readonly name: string;
  readonly type: string;
  readonly code: string;
  readonly message: string;
}

export function refusal(code: string, httpStatus: number, message: string): Refusal {
  return { kind: 'refused', code, httpStatus, message };
}

/** All faults of one batch in one bracketed list (aws/aws-sdk-kotlin#1435). */
export function invalidChangeBatch(messages: readonly string[]): Refusal {
  return refusal('InvalidChangeBatch', 400, `[${messages.join(', ')}]`);
}

export function invalidInput(message: string): Refusal {
  return refusal('InvalidInput', 400, message);
}

export function noSuchHostedZone(zoneId: string): Refusal {
  return refusal('NoSuchHostedZone', 404, `No hosted zone found with ID: ${zoneId}`);
}
