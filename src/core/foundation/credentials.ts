import type { Alarm } from '../gate/verdict.js';
import type { MigrationState } from '../migration-state.js';
import { isoTime } from '../notify/iso-time.js';
import { elapsed, plus, type Instant } from '../time.js';
import type { CredentialsReading } from './foundation-reading.js';

/** How long before their end a person is told; also how short they must be before renewing them is tried. */
export const credentialsNoticeMs: number = 3_600_000;

/** Credentials that were renewed a moment ago may be short all the same; whether that goes on is looked at this often. */
const againMs = 15 * 60_000;

/** Whether it is time to look again because of them: when the last hour begins, and now and then while it lasts. */
export function credentialsAreDue(
  reading: CredentialsReading | null | undefined,
  lookedAt: Instant,
  now: Instant,
): boolean {
  if (reading?.endsAt == null) return false;
  const lastHour = plus(reading.endsAt, -credentialsNoticeMs);
  return now >= lastHour && (lookedAt < lastHour || elapsed(lookedAt, now) >= againMs);
}

/** What a person must know about the credentials, the gravest first. Neither changes what is written: without them nothing is. */
export function credentialsTroubles(state: MigrationState, now: Instant): readonly Alarm[] {
  const reading = state.foundation?.credentials ?? null;
  const endsAt = reading?.endsAt ?? null;
  const troubles: Alarm[] = [];
  const zone = state.latest?.zone;
  if (zone?.status === 'unknown' && zone.failure.reason === 'denied') {
    const isOver = zone.failure.expired === true || (endsAt !== null && now >= endsAt);
    const because = `Route 53 cannot be called any more: ${zone.failure.message}; everything stays as it is, a rollback neither works until they are renewed, and then it goes on by itself`;
    if (isOver) troubles.push({ topic: 'credentials-expired', because });
  }
  if (endsAt !== null && reading?.renews === false && now >= plus(endsAt, -credentialsNoticeMs)) {
    const because = `the AWS credentials end at ${isoTime(endsAt)} and cannot be renewed from here; sign in again (aws sso login) or put new ones in their place before that, or nothing can be written any more, a rollback neither`;
    troubles.push({ topic: 'credentials-expiring', because });
  }
  return troubles;
}
