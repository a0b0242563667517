import type {
  ListResourceRecordSetProtectionsRequest,
  ListResourceRecordSetProtectionsResponse,
} from '@aws-sdk/client-route-53';
import type { ProviderFailure } from '../../core/failure.js';
import { recordName, type RecordName } from '../../core/record-name.js';
import type { Result } from '../../core/result.js';
import { instant, type Instant } from '../../core/time.js';
import type {
  RecordProtection,
  ZoneDescription,
  ZoneInspection,
  ZoneTag,
} from '../../engine/inspection-ports.js';
import { callerAccount, callerTimeoutMs, isApartFromSts, type AskCaller } from '../aws/caller-account.js';
import { isNamed, UnexpectedAnswer } from './answer.js';
import { call, type CallLimits, type SendOptions } from './call.js';
import type { Clients, Route53Sdk } from './clients.js';
import { foreignText } from './foreign-text.js';
import { hostedZoneOf } from './zone-search.js';

/** Protections of one name are one for each type; twenty pages are never reached. */
const maxPages = 20;
const pageSize = 100;

/** What Route 53 knows of a zone beside its records. */
export class ZoneInspector implements ZoneInspection {
  readonly #sdk: Route53Sdk;
  readonly #clients: Clients;
  readonly #limits: (operation: string, signal: AbortSignal) => CallLimits;

  constructor(
    sdk: Route53Sdk,
    clients: Clients,
    limits: (operation: string, signal: AbortSignal) => CallLimits,
  ) {
    this.#sdk = sdk;
    this.#clients = clients;
    this.#limits = limits;
  }

  async describe(zoneId: string, signal: AbortSignal): Promise<Result<ZoneDescription, ProviderFailure>> {
    return await call(this.#limits('GetHostedZone', signal), async (options) => {
      const command = new this.#sdk.GetHostedZoneCommand({ Id: zoneId });
      let answeredAt: Instant | null = null;
      // The SDK keeps no headers of an answer, so the date is taken where the answer is read.
      command.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args);
          answeredAt = dateOf(result.response);
          return result;
        },
        { step: 'deserialize', name: 'readDate', override: true },
      );
      const answer = await this.#clients.reader.send(command, options);
      const name = recordName(answer.HostedZone?.Name ?? '');
      if (!name.ok) throw new UnexpectedAnswer('Route 53 answered without the name of the hosted zone');
      return {
        zone: hostedZoneOf(zoneId, name.value, answer),
        acceleratedRecovery: answer.HostedZone?.Features?.AcceleratedRecoveryStatus ?? null,
        answeredAt,
      };
    });
  }

  async signing(zoneId: string, signal: AbortSignal): Promise<Result<string, ProviderFailure>> {
    return await call(this.#limits('GetDNSSEC', signal), async (options) => {
      const command = new this.#sdk.GetDNSSECCommand({ HostedZoneId: zoneId });
      const status = (await this.#clients.reader.send(command, options)).Status?.ServeSignature;
      if (status === undefined) throw new UnexpectedAnswer('Route 53 answered without the status of DNSSEC');
      return foreignText(status);
    });
  }

  async protections(
    zoneId: string,
    names: readonly RecordName[],
    signal: AbortSignal,
  ): Promise<Result<readonly RecordProtection[], ProviderFailure>> {
    return await call(this.#limits('ListResourceRecordSetProtections', signal), async (options) => {
      const found: RecordProtection[] = [];
      for (const name of names) found.push(...(await this.#protectionsOf(zoneId, name, options)));
      return found;
    });
  }

  async tags(zoneId: string, signal: AbortSignal): Promise<Result<readonly ZoneTag[], ProviderFailure>> {
    return await call(this.#limits('ListTagsForResource', signal), async (options) => {
      const command = new this.#sdk.ListTagsForResourceCommand({
        ResourceType: 'hostedzone',
        ResourceId: zoneId,
      });
      const set = (await this.#clients.reader.send(command, options)).ResourceTagSet;
      if (set === undefined) throw new UnexpectedAnswer('Route 53 answered without the tags of the zone');
      return (set.Tags ?? []).map(({ Key, Value }) => ({
        key: foreignText(Key ?? ''),
        value: foreignText(Value ?? ''),
      }));
    });
  }

  /** As the credentials say it themselves, else as AWS STS does. */
  async account(signal: AbortSignal): Promise<Result<string | null, ProviderFailure>> {
    const { reader, endpoint } = this.#clients;
    const limits = this.#limits('GetCallerIdentity', signal);
    const held = await call(limits, async (): Promise<string | AskCaller | null> => {
      const { accountId } = await reader.config.credentials();
      if (accountId !== undefined && /^\d{12}$/.test(accountId)) return accountId;
      if (isApartFromSts(endpoint, process.env)) return null;
      const { credentials } = reader.config;
      return await callerAccount({ region: await reader.config.region(), credentials });
    });
    if (!held.ok) return ofSts(held.error);
    const { value } = held;
    if (typeof value !== 'function') return { ok: true, value };
    // For STS alone: looking for credentials may take as long as it does before any other call.
    const timeoutMs = Math.min(callerTimeoutMs, limits.timeoutMs);
    const found = await call({ ...limits, timeoutMs }, ({ abortSignal }) => value(abortSignal));
    return found.ok ? found : ofSts(found.error);
  }

  async credentialsEnd(
    how: 'as-held' | 'anew',
    signal: AbortSignal,
  ): Promise<Result<Instant | null, ProviderFailure>> {
    return await call(this.#limits('credentials', signal), async () => {
      const { credentials } = this.#clients.reader.config;
      const found = await credentials(how === 'anew' ? { forceRefresh: true } : {});
      return found.expiration === undefined || isGivenByMachine(found)
        ? null
        : instant(found.expiration.getTime());
    });
  }

  async #protectionsOf(zoneId: string, name: RecordName, options: SendOptions): Promise<RecordProtection[]> {
    const found: RecordProtection[] = [];
    let cursor: Pick<ListResourceRecordSetProtectionsRequest, 'StartRecordName' | 'NextToken'> = {
      StartRecordName: name,
    };
    for (let page = 0; page < maxPages; page += 1) {
      const command = new this.#sdk.ListResourceRecordSetProtectionsCommand({
        HostedZoneId: zoneId,
        MaxResults: pageSize,
        ...cursor,
      });
      const answer: ListResourceRecordSetProtectionsResponse = await this.#clients.reader.send(
        command,
        options,
      );
      for (const { RecordName, RecordType, Comment } of answer.ResourceRecordSetProtections ?? []) {
        if (!isNamed(RecordName, name)) return found;
        const comment = Comment === undefined ? null : foreignText(Comment);
        found.push({ name, type: foreignText(RecordType ?? ''), comment });
      }
      if (answer.NextToken === undefined) return found;
      cursor = { NextToken: answer.NextToken };
    }
    throw new UnexpectedAnswer(`the protections of one name have more than ${maxPages} pages`);
  }
}

/**
 * An instance or a container is given new credentials before the old ones end. The SDK names a source for every other kind, and none for
 * those of the instance metadata service.
 */
function isGivenByMachine(credentials: object): boolean {
  const source = '$source' in credentials ? credentials.$source : undefined;
  return typeof source !== 'object' || source === null || 'CREDENTIALS_HTTP' in source;
}

function ofSts(failure: ProviderFailure): Result<never, ProviderFailure> {
  return { ok: false, error: { ...failure, message: failure.message.replaceAll('Route 53', 'AWS STS') } };
}

/** When the server says that it answered; null without a date that can be read. */
function dateOf(response: unknown): Instant | null {
  const headers =
    typeof response === 'object' && response !== null && 'headers' in response ? response.headers : null;
  const date =
    typeof headers === 'object' && headers !== null && 'date' in headers ? String(headers.date) : '';
  const epochMs = Date.parse(date);
  return Number.isFinite(epochMs) ? instant(epochMs) : null;
}
