import type { Route53Client } from '@aws-sdk/client-route-53';

/** What every client of the SDK has in its configuration. */
export type CredentialsProvider = Route53Client['config']['credentials'];

/** Handed on to the SDK's own chain of credentials: read the files of the profile again each time instead of once for the process. */
export interface SharedFiles {
  readonly ignoreCache: boolean;
}

/**
 * The SDK keeps credentials that name no end for ever, such as a session token that a person copied into the credentials file. Once
 * a service calls them expired, `renew` lets the next call look for new ones.
 */
export function renewable(held: CredentialsProvider): {
  readonly provider: CredentialsProvider;
  readonly renew: () => void;
} {
  let isStale = false;
  const provider: CredentialsProvider = async (properties) => {
    if (!isStale) return held(properties);
    const found = await held({ ...properties, forceRefresh: true });
    isStale = false;
    return found;
  };
  // Without this the SDK would put a memory of its own before it, which keeps what names no end.
  return { provider: Object.assign(provider, { memoized: true }), renew: () => (isStale = true) };
}
