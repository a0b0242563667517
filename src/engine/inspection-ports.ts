/** What is asked of the outside before a start and once an hour, beside the ports of every tick. */
import type { ProviderFailure } from '../core/failure.js';
import type { RecordName } from '../core/record-name.js';
import type { ResolverAnswer } from '../core/resolver-report.js';
import type { Result } from '../core/result.js';
import type { Instant } from '../core/time.js';
import type { HostedZone } from './ports.js';

export interface ZoneDescription {
  readonly zone: HostedZone;
  /** `Features.AcceleratedRecoveryStatus` of GetHostedZone; null where it was never set. */
  readonly acceleratedRecovery: string | null;
  /** Amazon's clock when it answered; null without a readable Date header. */
  readonly answeredAt: Instant | null;
}

/** Forbids every change of the record sets with this name and type, even where none stands. */
export interface RecordProtection {
  readonly name: RecordName;
  readonly type: string;
  readonly comment: string | null;
}

export interface ZoneTag {
  readonly key: string;
  readonly value: string;
}

/** What Route 53 knows of a zone beside its records. */
export interface ZoneInspection {
  /** `not-found` when the zone was deleted, or is another account's. */
  describe(zoneId: string, signal: AbortSignal): Promise<Result<ZoneDescription, ProviderFailure>>;
  /** The zone's `ServeSignature`: `SIGNING`, `NOT_SIGNING`, `DELETING`, `ACTION_NEEDED` or `INTERNAL_FAILURE`. */
  signing(zoneId: string, signal: AbortSignal): Promise<Result<string, ProviderFailure>>;
  /** The protections of exactly these names, of any type. A partial listing is a failure. */
  protections(
    zoneId: string,
    names: readonly RecordName[],
    signal: AbortSignal,
  ): Promise<Result<readonly RecordProtection[], ProviderFailure>>;
  tags(zoneId: string, signal: AbortSignal): Promise<Result<readonly ZoneTag[], ProviderFailure>>;
  /** The account that the credentials belong to, twelve digits; null where nobody can be asked. Needs no permission. */
  account(signal: AbortSignal): Promise<Result<string | null, ProviderFailure>>;
  /** When the credentials end, null where nobody says so or nobody need renew them. With `anew` they are renewed first, if that can be. */
  credentialsEnd(
    how: 'as-held' | 'anew',
    signal: AbortSignal,
  ): Promise<Result<Instant | null, ProviderFailure>>;
}

/** Who answers for a zone, asked in two ways; each may fail by itself. Names of servers have no final dot and are sorted. */
export interface Delegation {
  /** As the configured or the system's resolver tells everybody. */
  readonly resolver: Result<readonly string[], ProviderFailure>;
  /** As the servers of the parent zone tell resolvers. */
  readonly parent: Result<readonly string[], ProviderFailure>;
  /** Whether the parent publishes a DS record: then resolvers that validate want signed answers. */
  readonly isSigned: Result<boolean, ProviderFailure>;
}

export interface Delegations {
  /** Never rejects. */
  delegation(zone: RecordName, signal: AbortSignal): Promise<Delegation>;
}

/** Resolvers that other people use, asked as they ask them. */
export interface ResolverAnswers {
  /** One answer for each, in their order. Never rejects. */
  answers(host: RecordName, signal: AbortSignal): Promise<readonly ResolverAnswer[]>;
}

/** A public hosted zone in a list to choose from; the name as people type it. */
export interface FoundZone {
  readonly id: string;
  readonly name: string;
}

/** A name that users may visit, and what the first record there says. */
export interface FoundName {
  readonly host: string;
  readonly type: string;
  readonly value: string;
}

/** What an account has, for a person to choose from. Lists may be cut short. */
export interface ZoneDirectory {
  zones(signal: AbortSignal): Promise<Result<readonly FoundZone[], ProviderFailure>>;
  names(zoneId: string, signal: AbortSignal): Promise<Result<readonly FoundName[], ProviderFailure>>;
}

/** What a Heroku token can see, by name. */
export interface AppDirectory {
  apps(signal: AbortSignal): Promise<Result<readonly string[], ProviderFailure>>;
  /** The custom domains of an app. */
  domains(app: string, signal: AbortSignal): Promise<Result<readonly string[], ProviderFailure>>;
}

/** What Heroku tells everybody of itself. Text is fit for a terminal and bounded. */
export interface HerokuPlatformStatus {
  /** `Apps` among them; `green` is well, anything else is not. */
  readonly systems: readonly { readonly name: string; readonly status: string }[];
  /** Only those that are not resolved. */
  readonly incidents: readonly HerokuIncident[];
}

export interface HerokuIncident {
  readonly title: string;
  /** Where it is told about; null where that is no https address. */
  readonly url: string | null;
}

export interface HerokuStatusPage {
  /** Never rejects; an answer that cannot be read whole is a failure. */
  current(signal: AbortSignal): Promise<Result<HerokuPlatformStatus, ProviderFailure>>;
}
