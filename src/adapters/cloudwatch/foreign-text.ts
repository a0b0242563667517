import { safeText } from '../../core/safe-text.js';

/** Access key ids (IAM User Guide, "IAM identifiers"), and unbroken base64 longer than any name here: session tokens. */
const secrets = /\b(AKIA|ASIA)[A-Z0-9]{12,}\b|[A-Za-z0-9+/=]{64,}/g;

/** Text from outside, fit for a message: on one line, and without anything that looks like the credentials of the request. */
export function foreignText(text: string, maxLength: number): string {
  return safeText(safeText(text, 10_000).replace(secrets, '(hidden)'), maxLength);
}

/** A sample of something that should have been something else, for a person to see. */
export function sampleOf(value: unknown): string {
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString();
  }
  // JSON knows no NaN and no infinity, which are the samples most worth seeing.
  const isPlain = typeof value === 'number' || typeof value === 'bigint' || value === undefined;
  return foreignText(isPlain ? String(value) : JSON.stringify(value), 60);
}
