import { createHash } from 'node:crypto';
import { CloudWatchRefusal } from './refusal.js';

/** Where the next page begins, and what it is a page of. */
export interface PageToken {
  /** Entries that earlier pages had. */
  readonly offset: number;
  /** The instant of the first page: later pages tell nothing that was not told then, so that they fit together. */
  readonly nowMs: number;
}

/** A token for the same request only. */
export function writeToken(token: PageToken, request: unknown): string {
  return Buffer.from(JSON.stringify([token.offset, token.nowMs, digest(request)])).toString('base64url');
}

/** Throws InvalidNextToken for a token that is not of such a request. */
export function readToken(text: string, request: unknown): PageToken {
  try {
    const [offset, nowMs, made] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    if (typeof offset === 'number' && typeof nowMs === 'number' && made === digest(request)) {
      return { offset, nowMs };
    }
  } catch {
    // Not ours: refused below.
  }
  throw new CloudWatchRefusal('InvalidNextToken', 'The next token specified is invalid.');
}

function digest(request: unknown): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 16);
}
