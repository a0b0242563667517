import { Readable } from 'node:stream';
import type * as CloudWatchModule from '@aws-sdk/client-cloudwatch';
import type { CloudWatchClient, CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch';
import type { ProviderFailure } from '../../core/failure.js';
import { renewable, type SharedFiles } from '../aws/renewable-credentials.js';
import { limited } from './answer-limit.js';

/** Loaded when first needed: importing the SDK takes about as long as everything else a command does. */
export type CloudWatchSdk = typeof CloudWatchModule;

const connectionTimeoutMs = 3000;

/** One client for each region, made when it is first asked for. Credentials come from the SDK's own handling of the environment. */
export class Clients {
  readonly sdk: CloudWatchSdk;
  readonly #endpoint: string | undefined;
  readonly #heardDate: (date: unknown) => void;
  readonly #byRegion = new Map<string, CloudWatchClient>();
  readonly #renewals: (() => void)[] = [];

  constructor(
    sdk: CloudWatchSdk,
    endpoint: string | undefined,
    heardDate: (date: unknown) => void = () => undefined,
  ) {
    this.sdk = sdk;
    this.#heardDate = heardDate;
    this.#endpoint = endpoint;
  }

  in(region: string): CloudWatchClient {
    const known = this.#byRegion.get(region);
    if (known !== undefined) return known;
    const config: CloudWatchClientConfig & SharedFiles = {
      region,
      ignoreCache: true,
      retryMode: 'standard',
      maxAttempts: 2,
      // Without throwOnRequestTimeout the handler only logs a warning and goes on waiting.
      requestHandler: { connectionTimeout: connectionTimeoutMs, throwOnRequestTimeout: true },
      ...(this.#endpoint === undefined ? {} : { endpoint: this.#endpoint }),
    };
    const client = new this.sdk.CloudWatchClient(config);
    const { provider, renew } = renewable(client.config.credentials);
    client.config.credentials = provider;
    this.#renewals.push(renew);
    limitAnswers(client, this.#heardDate);
    this.#byRegion.set(region, client);
    return client;
  }

  /** Is told of every call that failed: after one whose credentials had ended, the next looks for new ones. */
  hear(failure: ProviderFailure): void {
    if (failure.expired !== true) return;
    for (const renew of this.#renewals) renew();
  }
}

/** Stands between the connection and the part of the SDK that reads whole bodies into memory; tells the date of each answer. */
function limitAnswers(client: CloudWatchClient, heardDate: (date: unknown) => void): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body?: unknown; headers?: Readonly<Record<string, unknown>> };
      heardDate(response.headers?.['date']);
      if (response.body instanceof Readable) response.body = limited(response.body);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'answerLimit' },
  );
}
