import type {
  CreateHealthCheckRequest,
  HealthCheckConfig,
  HealthCheckObservation,
  Tag,
} from '@aws-sdk/client-route-53';
import type { HealthCheckSpec } from '../../core/failover/health-check.js';
import type { ProviderFailure } from '../../core/failure.js';
import type { Result } from '../../core/result.js';
import type { HealthCheckApi } from '../../engine/ports.js';
import { UnexpectedAnswer } from './answer.js';
import { call, repeatableLimits, type CallLimits } from './call.js';
import { createClients, type Clients, type Route53Sdk } from './clients.js';
import type { RequestBudget } from './request-budget.js';

export interface HealthChecksOptions {
  /** How long one call may take in all. Default 10,000. */
  readonly timeoutMs?: number;
  /** Overrides the SDK's endpoint. */
  readonly endpoint?: string;
  /** Shared with everything else of this process that calls Route 53. */
  readonly budget?: RequestBudget;
}

const defaultTimeoutMs = 10_000;

/** 100 of them on a page: far more than an account may have by default (200). */
const maxPages = 50;

/** Route 53's health checks through the AWS SDK, which is loaded by the first call: most migrations have none. */
export function createHealthChecks(options: HealthChecksOptions = {}): HealthCheckApi {
  return new Route53HealthChecks(options);
}

interface Opened {
  readonly sdk: Route53Sdk;
  readonly clients: Clients;
}

class Route53HealthChecks implements HealthCheckApi {
  readonly #options: HealthChecksOptions;
  #opened: Promise<Opened> | undefined;

  constructor(options: HealthChecksOptions) {
    this.#options = options;
  }

  /** The tags are set by a second call; where that fails the whole is asked for again, which creates nothing new. */
  async create(
    spec: HealthCheckSpec,
    signal: AbortSignal,
  ): Promise<Result<{ readonly healthCheckId: string }, ProviderFailure>> {
    const { sdk, clients } = await this.#open();
    return await call(this.#limits('CreateHealthCheck', signal, clients), async (options) => {
      const answer = await clients.reader.send(
        new sdk.CreateHealthCheckCommand(createRequestOf(spec)),
        options,
      );
      const healthCheckId = answer.HealthCheck?.Id;
      if (healthCheckId === undefined)
        throw new UnexpectedAnswer('Route 53 answered without the id of the health check');
      const tags = { ResourceType: 'healthcheck', ResourceId: healthCheckId, AddTags: tagsOf(spec) } as const;
      await clients.reader.send(new sdk.ChangeTagsForResourceCommand(tags), options);
      return { healthCheckId };
    });
  }

  async status(
    healthCheckId: string,
    signal: AbortSignal,
  ): Promise<Result<{ readonly healthy: number; readonly checkers: number }, ProviderFailure>> {
    const { sdk, clients } = await this.#open();
    return await call(this.#limits('GetHealthCheckStatus', signal, clients), async (options) => {
      const command = new sdk.GetHealthCheckStatusCommand({ HealthCheckId: healthCheckId });
      const { HealthCheckObservations } = await clients.reader.send(command, options);
      if (HealthCheckObservations === undefined)
        throw new UnexpectedAnswer('Route 53 answered without the observations of the health check');
      const reports = HealthCheckObservations.map(reportOf);
      return { healthy: reports.filter(isSuccess).length, checkers: reports.length };
    });
  }

  async delete(healthCheckId: string, signal: AbortSignal): Promise<Result<null, ProviderFailure>> {
    const { sdk, clients } = await this.#open();
    return await call(this.#limits('DeleteHealthCheck', signal, clients), async (options) => {
      await clients.reader.send(new sdk.DeleteHealthCheckCommand({ HealthCheckId: healthCheckId }), options);
      return null;
    });
  }

  async find(reference: string, signal: AbortSignal): Promise<Result<string | null, ProviderFailure>> {
    const { sdk, clients } = await this.#open();
    return await call(this.#limits('ListHealthChecks', signal, clients), async (options) => {
      let marker: string | undefined;
      for (let page = 0; page < maxPages; page += 1) {
        const command = new sdk.ListHealthChecksCommand(marker === undefined ? {} : { Marker: marker });
        const answer = await clients.reader.send(command, options);
        if (answer.HealthChecks === undefined || answer.IsTruncated === undefined)
          throw new UnexpectedAnswer('Route 53 answered without a listing of health checks');
        const found = answer.HealthChecks.find((check) => check.CallerReference === reference);
        if (found?.Id !== undefined) return found.Id;
        if (!answer.IsTruncated) return null;
        marker = answer.NextMarker;
        if (marker === undefined)
          throw new UnexpectedAnswer('Route 53 left out where the listing of health checks goes on');
      }
      throw new UnexpectedAnswer(`the listing of health checks has more than ${maxPages} pages`);
    });
  }

  #open(): Promise<Opened> {
    this.#opened ??= import('./sdk.js').then(async (sdk) => ({
      sdk,
      clients: await createClients(sdk, this.#options.endpoint, this.#options.budget),
    }));
    return this.#opened;
  }

  /** Every call may be repeated without harm, so all go through the client that tries twice. */
  #limits(operation: string, signal: AbortSignal, clients: Clients): CallLimits {
    const timeoutMs = this.#options.timeoutMs ?? defaultTimeoutMs;
    return repeatableLimits(operation, signal, timeoutMs, clients, 'guard');
  }
}

function createRequestOf(spec: HealthCheckSpec): CreateHealthCheckRequest {
  const config: HealthCheckConfig = {
    Type: spec.searchString === null ? 'HTTPS' : 'HTTPS_STR_MATCH',
    FullyQualifiedDomainName: spec.endpoint,
    Port: spec.port,
    ResourcePath: spec.path,
    RequestInterval: spec.intervalSeconds,
    FailureThreshold: spec.threshold,
    EnableSNI: true,
    Disabled: spec.disabled,
    ...(spec.searchString === null ? {} : { SearchString: spec.searchString }),
  };
  return { CallerReference: spec.reference, HealthCheckConfig: config };
}

function tagsOf({ label, migrationId }: HealthCheckSpec): Tag[] {
  return [
    { Key: 'Name', Value: label },
    { Key: 'shift:migration', Value: migrationId },
  ];
}

function reportOf({ StatusReport }: HealthCheckObservation): string {
  return StatusReport?.Status ?? '';
}

/** `Success: HTTP Status Code 200, OK` (API reference, GetHealthCheckStatus); everything else is no sign of health. */
function isSuccess(report: string): boolean {
  return report.startsWith('Success:');
}
