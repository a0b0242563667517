import type { ChangeBatch } from '../../core/change-batch.js';
import type { ProviderFailure } from '../../core/failure.js';
import { displayName, type RecordName } from '../../core/record-name.js';
import type { RecordSet } from '../../core/record-set.js';
import { err, type Result } from '../../core/result.js';
import type { ZoneInspection } from '../../engine/inspection-ports.js';
import type { HostedZone, ZoneApi } from '../../engine/ports.js';
import { bareId, UnexpectedAnswer } from './answer.js';
import { call, repeatableLimits, type CallLimits } from './call.js';
import { failure } from './classify.js';
import { createClients, type Clients, type Route53Sdk } from './clients.js';
import { sdkChangeOf } from './mapping.js';
import { listName } from './record-listing.js';
import type { RequestBudget, Turn } from './request-budget.js';
import { ZoneInspector } from './zone-inspector.js';
import { findZones } from './zone-search.js';

export interface Route53Options {
  /** How long one reading call may take in all; a write brings its own limit. Default 10,000. */
  readonly timeoutMs?: number;
  /** Overrides the SDK's endpoint. */
  readonly endpoint?: string;
  /** Shared by everything of this process that calls Route 53; without one nothing waits. */
  readonly budget?: RequestBudget;
  /** Told the date of every answer. */
  readonly heardDate?: (date: unknown) => void;
}

const defaultTimeoutMs = 10_000;
/** Names listed at the same time; Route 53 allows an account 10 requests a second (Developer Guide, "Throttling API requests"). */
const parallelListings = 4;

/** Route 53 through the AWS SDK. Loads the SDK, so create it only where it is used. Sends nothing yet. */
export async function createRoute53(options: Route53Options = {}): Promise<Route53Zones> {
  const sdk = await import('./sdk.js');
  const clients = await createClients(sdk, options.endpoint, options.budget, options.heardDate);
  return new Route53(sdk, clients, options.timeoutMs ?? defaultTimeoutMs);
}

/** Beside its records: what preflight asks about a zone. */
export interface InspectedZones {
  readonly inspection: ZoneInspection;
}

export interface Route53Zones extends ZoneApi, InspectedZones {
  /** The same, all its calls in this turn; otherwise a change is a `write` and everything else the `guard`'s. */
  inTurn(turn: Turn): ZoneApi;
}

class Route53 implements Route53Zones {
  readonly inspection: ZoneInspection;
  readonly #sdk: Route53Sdk;
  readonly #clients: Clients;
  readonly #timeoutMs: number;
  readonly #turn: Turn | undefined;

  constructor(sdk: Route53Sdk, clients: Clients, timeoutMs: number, turn?: Turn) {
    this.#sdk = sdk;
    this.#clients = clients;
    this.#timeoutMs = timeoutMs;
    this.#turn = turn;
    this.inspection = new ZoneInspector(sdk, clients, (operation, signal) =>
      this.#limits(operation, signal, 'background'),
    );
  }

  inTurn(turn: Turn): ZoneApi {
    return new Route53(this.#sdk, this.#clients, this.#timeoutMs, turn);
  }

  async zonesFor(
    host: RecordName,
    signal: AbortSignal,
  ): Promise<Result<readonly HostedZone[], ProviderFailure>> {
    const { ListHostedZonesByNameCommand, GetHostedZoneCommand } = this.#sdk;
    return await call(this.#limits('ListHostedZonesByName', signal), (options) =>
      findZones(host, {
        listByName: (request) =>
          this.#clients.reader.send(new ListHostedZonesByNameCommand(request), options),
        get: (Id) => this.#clients.reader.send(new GetHostedZoneCommand({ Id }), options),
      }),
    );
  }

  async records(
    zoneId: string,
    names: readonly RecordName[],
    signal: AbortSignal,
  ): Promise<Result<readonly RecordSet[], ProviderFailure>> {
    const { ListResourceRecordSetsCommand } = this.#sdk;
    return await call(this.#limits('ListResourceRecordSets', signal), async (options) => {
      const found: RecordSet[] = [];
      for (let start = 0; start < names.length; start += parallelListings) {
        const listings = names
          .slice(start, start + parallelListings)
          .map((name) =>
            listName(zoneId, name, (request) =>
              this.#clients.reader.send(new ListResourceRecordSetsCommand(request), options),
            ),
          );
        found.push(...(await Promise.all(listings)).flat());
      }
      return found;
    });
  }

  async change(
    zoneId: string,
    batch: ChangeBatch,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Result<{ readonly changeId: string }, ProviderFailure>> {
    const operation = 'ChangeResourceRecordSets';
    const foreign = foreignRecord(batch);
    if (foreign !== undefined) return err(failure('invalid', operation, foreign));
    const { ChangeResourceRecordSetsCommand } = this.#sdk;
    const command = new ChangeResourceRecordSetsCommand({
      HostedZoneId: zoneId,
      ChangeBatch: { Changes: batch.changes.map(sdkChangeOf), Comment: batch.comment },
    });
    const limits = { ...this.#limits(operation, signal, 'write'), timeoutMs, requestTimeoutMs: timeoutMs };
    return await call(limits, async (options) => {
      const answer = await this.#clients.writer.send(command, options);
      return { changeId: bareId(answer.ChangeInfo?.Id) };
    });
  }

  async changeStatus(
    changeId: string,
    signal: AbortSignal,
  ): Promise<Result<'PENDING' | 'INSYNC', ProviderFailure>> {
    const { GetChangeCommand } = this.#sdk;
    return await call(this.#limits('GetChange', signal), async (options) => {
      const answer = await this.#clients.reader.send(new GetChangeCommand({ Id: changeId }), options);
      const status = answer.ChangeInfo?.Status;
      if (status === undefined)
        throw new UnexpectedAnswer('Route 53 answered without the status of the change');
      return status;
    });
  }

  #limits(operation: string, signal: AbortSignal, usual: Turn = 'guard'): CallLimits {
    return repeatableLimits(operation, signal, this.#timeoutMs, this.#clients, this.#turn ?? usual);
  }
}

/** The first record this program must not write, because only part of it is known here. */
function foreignRecord(batch: ChangeBatch): string | undefined {
  const record = batch.changes.find((change) => change.record.foreignRouting !== null)?.record;
  if (record?.foreignRouting == null) return undefined;
  return `the batch holds a ${record.type} record of ${displayName(record.name)} with ${record.foreignRouting}, which is never written`;
}
