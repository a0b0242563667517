import type * as Route53Module from '@aws-sdk/client-route-53';
import type { Route53Client, Route53ClientConfig } from '@aws-sdk/client-route-53';

/** Loaded when first needed: importing the SDK takes about as long as everything else a command does. */
export type Route53Sdk = typeof Route53Module;

export interface Clients {
  /** Two attempts. */
  readonly reader: Route53Client;
  /** One attempt: the SDK's own retry would make a change that went through look like a lost race. */
  readonly writer: Route53Client;
}

const connectionTimeoutMs = 3000;
const defaultRegion = 'us-east-1';

/**
 * The two clients. Credentials, region and endpoint come from the SDK's own handling of environment and profile; Route 53
 * is one global service, so where no region is set us-east-1 is used instead of failing.
 */
export async function createClients(sdk: Route53Sdk, endpoint: string | undefined): Promise<Clients> {
  const region = await new sdk.Route53Client({}).config.region().catch(() => defaultRegion);
  const shared: Route53ClientConfig = {
    region,
    retryMode: 'standard',
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  // Without throwOnRequestTimeout the handler only logs a warning and goes on waiting.
  const timeouts = { connectionTimeout: connectionTimeoutMs, throwOnRequestTimeout: true };
  // A kept connection may have died unseen, and a write has no second attempt to find that out with.
  const fresh = { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } };
  return {
    reader: new sdk.Route53Client({ ...shared, maxAttempts: 2, requestHandler: timeouts }),
    writer: new sdk.Route53Client({ ...shared, maxAttempts: 1, requestHandler: { ...timeouts, ...fresh } }),
  };
}
