import { failure } from '../../../src/adapters/route53/classify.js';
import type { ProviderFailure } from '../../../src/core/failure.js';
import { recordName, type RecordName } from '../../../src/core/record-name.js';
import { err, ok, type Result } from '../../../src/core/result.js';
import { instant, type Instant } from '../../../src/core/time.js';
import type {
  RecordProtection,
  ZoneDescription,
  ZoneInspection,
  ZoneTag,
} from '../../../src/engine/inspection-ports.js';
import type { HostedZones } from '../../../src/lab/zone/hosted-zones.js';

/** A `ZoneInspection` straight over the lab's zones, with what a test wants the rest of the world to say. */
export class MemoryInspection implements ZoneInspection {
  /** Answers of these calls are failures, by operation. */
  readonly failing: Map<string, ProviderFailure['reason']> = new Map();
  accountId: string | null = '123456789012';
  /** When the credentials end, as they are held and once they were renewed; null for never. */
  readonly credentials: { endsAt: Instant | null; renewedEndsAt: Instant | null } = {
    endsAt: null,
    renewedEndsAt: null,
  };
  /** Amazon's clock; null for an answer without a date. */
  answeredAt: Instant | null = instant(0);
  readonly #zones: HostedZones;

  constructor(zones: HostedZones) {
    this.#zones = zones;
  }

  describe(zoneId: string): Promise<Result<ZoneDescription, ProviderFailure>> {
    return this.#answer('GetHostedZone', () => {
      const found = this.#zones.zone(zoneId);
      if (found === undefined) return undefined;
      const { id, privateZone, nameServers, acceleratedRecoveryStatus } = found;
      const zone = { id, name: nameOf(found.name), private: privateZone, nameServers };
      return { zone, acceleratedRecovery: acceleratedRecoveryStatus ?? null, answeredAt: this.answeredAt };
    });
  }

  signing(zoneId: string): Promise<Result<string, ProviderFailure>> {
    return this.#answer('GetDNSSEC', () => {
      const status = this.#zones.signing(zoneId);
      return typeof status === 'string' ? status : undefined;
    });
  }

  protections(
    zoneId: string,
    names: readonly RecordName[],
  ): Promise<Result<readonly RecordProtection[], ProviderFailure>> {
    return this.#answer('ListResourceRecordSetProtections', () => {
      const kept = this.#zones.protections(zoneId);
      if ('kind' in kept) return undefined;
      return names.flatMap((name) =>
        kept
          .filter((protection) => protection.name === name)
          .map(({ type, comment }) => ({ name, type, comment: comment ?? null })),
      );
    });
  }

  tags(zoneId: string): Promise<Result<readonly ZoneTag[], ProviderFailure>> {
    return this.#answer('ListTagsForResource', () => {
      const tags = this.#zones.tags(zoneId);
      return 'kind' in tags ? undefined : [...tags].map(([key, value]) => ({ key, value }));
    });
  }

  account(): Promise<Result<string | null, ProviderFailure>> {
    return this.#answer('credentials', () => this.accountId);
  }

  credentialsEnd(how: 'as-held' | 'anew'): Promise<Result<Instant | null, ProviderFailure>> {
    const { credentials } = this;
    if (how === 'as-held' || this.failing.has('renewal'))
      return this.#answer(how === 'anew' ? 'renewal' : 'credentials', () => credentials.endsAt);
    credentials.endsAt = credentials.renewedEndsAt;
    return this.#answer('credentials', () => credentials.endsAt);
  }

  #answer<T>(operation: string, work: () => T | undefined): Promise<Result<T, ProviderFailure>> {
    const reason = this.failing.get(operation);
    if (reason !== undefined) return Promise.resolve(err(failure(reason, operation, `it is ${reason}`)));
    const value = work();
    return Promise.resolve(
      value === undefined ? err(failure('not-found', operation, 'No hosted zone found')) : ok(value),
    );
  }
}

function nameOf(text: string): RecordName {
  const parsed = recordName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
