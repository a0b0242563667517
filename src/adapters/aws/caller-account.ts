import type { STSClientConfig } from '@aws-sdk/client-sts';

export interface CallerOptions {
  readonly region: string;
  readonly credentials: NonNullable<STSClientConfig['credentials']>;
  readonly connectionTimeoutMs: number;
}

/**
 * The account of these credentials as AWS itself says it, twelve digits; null where the answer holds none. No permission is needed, even an
 * explicit denial does not keep anybody from it (AWS STS API Reference, "GetCallerIdentity"). Loads the client of STS; the endpoint is the
 * SDK's own choice, with AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL. Rejects as the SDK does.
 */
export async function callerAccount(options: CallerOptions, signal: AbortSignal): Promise<string | null> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const { region, credentials, connectionTimeoutMs } = options;
  const client = new STSClient({
    region,
    credentials,
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: connectionTimeoutMs,
      throwOnRequestTimeout: true,
    },
  });
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
    return Account !== undefined && /^\d{12}$/.test(Account) ? Account : null;
  } finally {
    client.destroy();
  }
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
