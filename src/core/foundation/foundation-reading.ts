import type { Instant } from '../time.js';

/** How long the credentials of this process last. */
export interface CredentialsReading {
  /** Null where nobody says when they end, or where the machine is given new ones without anybody's doing. */
  readonly endsAt: Instant | null;
  /** True when they could be renewed at the time of the look, as a role's are while the session behind it lasts. */
  readonly renews: boolean;
}

/** What everything else stands on, looked at once an hour: the zone, who answers for it, and the permission to roll back. */
export interface FoundationReading {
  readonly at: Instant;
  readonly zone:
    | { readonly status: 'there' }
    /** Deleted, re-created under another id, or in the account of other credentials. */
    | { readonly status: 'gone'; readonly because: string }
    | { readonly status: 'unknown' };
  readonly delegation:
    | { readonly status: 'ours' }
    | { readonly status: 'elsewhere'; readonly servers: readonly string[] }
    | { readonly status: 'unknown' };
  readonly rollback:
    | { readonly status: 'granted' }
    /** `missing` names each action, type and name that is denied. */
    | { readonly status: 'denied'; readonly missing: readonly string[]; readonly because: string }
    | { readonly status: 'unknown' };
  /** The account of the credentials; null where they do not say it. */
  readonly account: string | null;
  /** Null or absent where a look did not learn it. */
  readonly credentials?: CredentialsReading | null;
}

/** What a look did not see leaves what an earlier one saw; the time is the latest look's. */
export function remember(
  before: FoundationReading | null,
  reading: FoundationReading | undefined,
): FoundationReading | null {
  if (reading === undefined || before === null) return reading ?? before;
  return {
    at: reading.at,
    zone: reading.zone.status === 'unknown' ? before.zone : reading.zone,
    delegation: reading.delegation.status === 'unknown' ? before.delegation : reading.delegation,
    rollback: reading.rollback.status === 'unknown' ? before.rollback : reading.rollback,
    account: reading.account ?? before.account,
    credentials: reading.credentials ?? before.credentials ?? null,
  };
}
