import type { Route53Client, Route53ClientConfig } from '@aws-sdk/client-route-53';
import type { ProviderFailure } from '../../core/failure.js';
import { renewable, type SharedFiles } from '../aws/renewable-credentials.js';
import type { RequestBudget, Turn } from './request-budget.js';
import type * as Sdk from './sdk.js';

/** Loaded when first needed: importing the SDK takes about as long as everything else a command does. */
export type Route53Sdk = typeof Sdk;

export interface Clients {
  /** What was set in place of the SDK's own endpoint of Route 53. */
  readonly endpoint: string | undefined;
  /** Two attempts. */
  readonly reader: Route53Client;
  /** One attempt: the SDK's own retry would make a change that went through look like a lost race. */
  readonly writer: Route53Client;
  /** Is told of every call that failed: after one whose credentials had ended, the next looks for new ones. */
  readonly hear: (failure: ProviderFailure) => void;
  /** Waits until this process may send one request more. */
  readonly turn: (turn: Turn, signal: AbortSignal) => Promise<void>;
}

const connectionTimeoutMs = 3000;
const defaultRegion = 'us-east-1';

/**
 * The two clients. Credentials, region and endpoint come from the SDK's own handling of environment and profile; Route 53
 * is one global service, so where no region is set us-east-1 is used instead of failing.
 */
export async function createClients(
  sdk: Route53Sdk,
  endpoint: string | undefined,
  budget?: RequestBudget,
  heardDate: (date: unknown) => void = () => undefined,
): Promise<Clients> {
  const region = process.env['AWS_REGION'] || (await configuredRegion(sdk));
  const shared: Route53ClientConfig & SharedFiles = {
    region,
    retryMode: 'standard',
    ignoreCache: true,
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  // Without throwOnRequestTimeout the handler only logs a warning and goes on waiting.
  const timeouts = { connectionTimeout: connectionTimeoutMs, throwOnRequestTimeout: true };
  // A kept connection may have died unseen, and a write has no second attempt to find that out with.
  const fresh = { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } };
  const reader = new sdk.Route53Client({ ...shared, maxAttempts: 2, requestHandler: timeouts });
  const { provider: credentials, renew } = renewable(reader.config.credentials);
  reader.config.credentials = credentials;
  const writer = new sdk.Route53Client({
    ...shared,
    credentials,
    maxAttempts: 1,
    requestHandler: { ...timeouts, ...fresh },
  });
  const hear = (failure: ProviderFailure): void => {
    if (failure.expired === true) renew();
    if (failure.reason === 'throttled') budget?.slowDown();
  };
  for (const client of [reader, writer]) askFirst(client, heardDate);
  const turn: Clients['turn'] = async (name, signal) => budget?.take(name, signal);
  return { endpoint, reader, writer, hear, turn };
}

/**
 * Every request waits for its turn right before it is sent, and the date of every answer is told. The handler is the one place that sees the second attempts too, and it is
 * given the options of `send`.
 */
function askFirst({ config }: Route53Client, heardDate: (date: unknown) => void): void {
  const handler = config.requestHandler;
  const handle = handler.handle.bind(handler);
  handler.handle = async (request, options) => {
    const asked: { readonly beforeRequest?: () => Promise<void> } = options ?? {};
    await asked.beforeRequest?.();
    const answer = await handle(request, options);
    // The SDK leaves the shape of its answers open where a handler of one's own could be given.
    const { headers } = answer.response as { readonly headers: Readonly<Record<string, unknown>> };
    heardDate(headers['date']);
    return answer;
  };
}

/** From wherever else the SDK looks; a client only to ask for it costs a rollback some milliseconds. */
async function configuredRegion(sdk: Route53Sdk): Promise<string> {
  return await new sdk.Route53Client({}).config.region().catch(() => defaultRegion);
}
