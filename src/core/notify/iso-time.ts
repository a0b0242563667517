import type { Instant } from '../time.js';

/** `2026-11-20T18:42:07.000Z`: RFC 3339 in UTC, as machines read it. */
export function isoTime(at: Instant): string {
  // eslint-disable-next-line no-restricted-globals -- of a given time, so no clock is read
  return new Date(at).toISOString();
}
