import type { BodyText } from './body.js';

/** What a side answered, as far as it was read. */
export interface Answer extends BodyText {
  readonly status: number;
  /** By name in lower case; the values of a header that came more than once stand in one text, with commas between them. */
  readonly headers: ReadonlyMap<string, string>;
}

/** The Content-Encoding in lower case; `identity`, which nobody should send (RFC 9110 section 8.4), where there is none. */
export function contentEncoding(headers: Answer['headers']): string {
  return headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
}
