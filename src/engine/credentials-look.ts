import { credentialsNoticeMs } from '../core/foundation/credentials.js';
import type { CredentialsReading } from '../core/foundation/foundation-reading.js';
import { plus, type Instant } from '../core/time.js';
import type { ZoneInspection } from './inspection-ports.js';

/**
 * When the credentials end, and whether they renew themselves. Trying is the only way to know: a role's are short by nature and last
 * for as long as the session behind them does. Null where it cannot be learned.
 */
export async function readCredentials(
  inspection: Pick<ZoneInspection, 'credentialsEnd'>,
  now: Instant,
  signal: AbortSignal,
): Promise<CredentialsReading | null> {
  const held = await inspection.credentialsEnd('as-held', signal);
  if (!held.ok) return null;
  if (held.value === null || held.value >= plus(now, credentialsNoticeMs))
    return { endsAt: held.value, renews: false };
  const anew = await inspection.credentialsEnd('anew', signal);
  if (!anew.ok) return { endsAt: held.value, renews: false };
  return { endsAt: anew.value, renews: anew.value !== null && anew.value > held.value };
}
