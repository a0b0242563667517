import type { STSClientConfig } from '@aws-sdk/client-sts';

export interface CallerOptions {
  readonly region: string;
  readonly credentials: NonNullable<STSClientConfig['credentials']>;
}

/**
 * The longest that STS is waited for, all attempts together. Where there is no way to it, or a proxy that hangs, everything that begins
 * with knowing the account would begin that much later; it answers in a fraction of a second, and does not have to be known.
 */
export const callerTimeoutMs = 2_000;

/** Asks for the account of some credentials; ends with the signal. Rejects as the SDK does. */
export type AskCaller = (signal: AbortSignal) => Promise<string | null>;

/**
 * The account of these credentials as AWS itself says it, twelve digits; null where the answer holds none. No permission is needed, even an
 * explicit denial does not keep anybody from it (AWS STS API Reference, "GetCallerIdentity"). Loads the client of STS, which is no part of
 * the time that an answer may take; the endpoint is the SDK's own choice, with AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL.
 */
export async function callerAccount({ region, credentials }: CallerOptions): Promise<AskCaller> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  return async (signal) => {
    const client = new STSClient({ region, credentials, maxAttempts: 2 });
    try {
      const { Account } = await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
      return Account !== undefined && /^\d{12}$/.test(Account) ? Account : null;
    } finally {
      client.destroy();
    }
  };
}

/**
 * True where STS would be asked in another world than Route 53: with an endpoint for the one alone, made-up credentials of a lab would be
 * shown to the real other.
 */
export function isApartFromSts(
  route53Endpoint: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const named = [env['AWS_ENDPOINT_URL_STS'], env['AWS_ENDPOINT_URL']];
  return route53Endpoint !== undefined && named.every((endpoint) => (endpoint ?? '') === '');
}
