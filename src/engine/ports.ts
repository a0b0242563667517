/**
 * Every way the engine touches the outside, in one file. Adapters translate and classify; they decide nothing.
 * The last parameter of every asynchronous call is the signal that ends it.
 */
import type { Certificate } from '../core/certificate.js';
import type { ChangeBatch } from '../core/change-batch.js';
import type { Event, JournalEntry } from '../core/event.js';
import type { HealthCheckSpec } from '../core/failover/health-check.js';
import type { ProviderFailure } from '../core/failure.js';
import type { MetricQuery, MetricSourceKind } from '../core/metric/metric-query.js';
import type { MetricSeries, MetricWindow } from '../core/metric/metric-series.js';
import type { LoadBalancerPlace } from '../core/metric/presets/cloudwatch-load-balancer.js';
import type { NameServerReading } from '../core/name-server.js';
import type { FamilyChoice, ProbeExpectation } from '../core/policy/policy.js';
import type { HerokuFacts } from '../core/platform/platform-reading.js';
import type { ProbeOutcome } from '../core/probe.js';
import type { Message } from '../core/notify/message.js';
import type { Destination, Heartbeat, Hook } from '../core/policy/notify-policy.js';
import type { HookAnswer } from '../core/hook-state.js';
import type { RecordName } from '../core/record-name.js';
import type { RecordSet } from '../core/record-set.js';
import type { Result } from '../core/result.js';
import type { Instant } from '../core/time.js';

export interface Clock {
  /** Wall time; may jump. */
  now(): Instant;
  /** Milliseconds that never go back and are shared by the processes of one boot. */
  monotonicMs(): number;
  /** Names the boot of this machine, so that monotonic times of two boots are never compared. */
  readonly bootId: string;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** What time the services have that are asked about time. */
export interface ServerTime {
  /** What has to be added to this machine's time; 0 while the two agree, and while nobody knows. */
  offsetMs(): number;
}

export interface Ids {
  /** A fresh random id of 16 lower-case letters and digits. */
  next(): string;
}

export interface HostedZone {
  /** Bare, for instance `Z0123456789`. */
  readonly id: string;
  readonly name: RecordName;
  readonly private: boolean;
  readonly nameServers: readonly string[];
}

/** Amazon Route 53's control plane. */
export interface ZoneApi {
  /** All hosted zones of the account whose name contains `host`, longest name first, private ones included. */
  zonesFor(host: RecordName, signal: AbortSignal): Promise<Result<readonly HostedZone[], ProviderFailure>>;
  /** Every record set at exactly these names, in the order of `names`. A partial listing is a failure, never a short answer. */
  records(
    zoneId: string,
    names: readonly RecordName[],
    signal: AbortSignal,
  ): Promise<Result<readonly RecordSet[], ProviderFailure>>;
  /** One attempt, never retried by the adapter. Resolves with the change id (bare, `C...`). */
  change(
    zoneId: string,
    batch: ChangeBatch,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Result<{ readonly changeId: string }, ProviderFailure>>;
  changeStatus(changeId: string, signal: AbortSignal): Promise<Result<'PENDING' | 'INSYNC', ProviderFailure>>;
}

/** The health checks of Amazon Route 53. */
export interface HealthCheckApi {
  /** Creates and tags it; asked again with the same reference, it resolves with the same id. `conflict`: the reference is used up. */
  create(
    spec: HealthCheckSpec,
    signal: AbortSignal,
  ): Promise<Result<{ readonly healthCheckId: string }, ProviderFailure>>;
  /** How many checkers gave an opinion, and how many of these found it healthy. `not-found` when it does not exist. */
  status(
    healthCheckId: string,
    signal: AbortSignal,
  ): Promise<Result<{ readonly healthy: number; readonly checkers: number }, ProviderFailure>>;
  /** Route 53 does not refuse while records carry it: the caller must know. `not-found` when it is gone already. */
  delete(healthCheckId: string, signal: AbortSignal): Promise<Result<null, ProviderFailure>>;
  /** The id of the check with this reference, or null when the account has none; a partial listing is a failure. */
  find(reference: string, signal: AbortSignal): Promise<Result<string | null, ProviderFailure>>;
}

/** The DNS as clients see it, asked without a cache. */
export interface Dns {
  /**
   * Asks every one of `nameServers` directly, `count` times for the host's CNAME and once for its marker; a server that cannot
   * be reached is a reading with `failed` set, never left out.
   */
  sample(
    question: { nameServers: readonly string[]; host: RecordName; count: number },
    signal: AbortSignal,
  ): Promise<readonly NameServerReading[]>;
  /** The addresses of a name, IPv4 first, through the configured or the system's resolver. */
  addresses(name: string, signal: AbortSignal): Promise<Result<readonly string[], ProviderFailure>>;
}

export interface ProbeRequest {
  /** The live host name: SNI and Host header. */
  readonly host: RecordName;
  /** The side's own DNS target: what is connected to. */
  readonly endpoint: string;
  readonly port: number;
  readonly path: string;
  readonly timeoutMs: number;
  readonly expect: ProbeExpectation;
  readonly families: FamilyChoice;
}

export interface ProbeAnswer {
  readonly outcome: ProbeOutcome;
  /** What was presented, where it could be read. */
  readonly certificate: Certificate | null;
}

export interface Prober {
  /**
   * One HTTPS request under one total deadline for each address family that is asked for and that the endpoint has, all at the same time;
   * one answer each, and exactly one when no address was found. Never rejects.
   */
  probe(request: ProbeRequest, signal: AbortSignal): Promise<readonly ProbeAnswer[]>;
}

export interface HerokuDomain {
  readonly app: string;
  readonly hostname: string;
  /** The DNS target Heroku gave this domain; null while it is pending. */
  readonly cname: string | null;
}

export interface HerokuApi {
  /** The app's custom domain for this host, `not-found` with a message that says whether the app or the domain is missing. */
  domain(app: string, host: RecordName, signal: AbortSignal): Promise<Result<HerokuDomain, ProviderFailure>>;
  /**
   * The app as this host's users depend on it, by its name or by its id, which stays when it is renamed. `not-found` means the app; one
   * without a domain for the host is a value. Five requests.
   */
  facts(
    idOrName: string,
    host: RecordName,
    signal: AbortSignal,
  ): Promise<Result<HerokuFacts, ProviderFailure>>;
}

/** One system that measures requests; all interpretation of its series lives above it. */
export interface MetricSource {
  readonly kind: MetricSourceKind;
  /**
   * At plan time: that the source can be reached, may be read, and that each query has had a point in the last 24 hours. Resolves with a
   * sentence for people, or with what is wrong and what to type instead.
   */
  check(queries: readonly MetricQuery[], signal: AbortSignal): Promise<Result<string, ProviderFailure>>;
  /** One series per query, in their order, whatever happens. As few calls as possible. Never rejects. */
  read(
    queries: readonly MetricQuery[],
    window: MetricWindow,
    signal: AbortSignal,
  ): Promise<readonly MetricSeries[]>;
}

/** What CloudWatch knows about the load balancers of an account. */
export interface LoadBalancerDirectory {
  /**
   * The one Application Load Balancer that has this DNS name and had requests in the last hours; `not-found` or `invalid` with a message
   * that says what was seen when there is none, or more than one.
   */
  find(dnsName: string, signal: AbortSignal): Promise<Result<LoadBalancerPlace, ProviderFailure>>;
}

export interface Lease {
  readonly migrationId: string;
  readonly holder: string;
  /** Grows with every new holder; a write under an older epoch is refused. */
  readonly epoch: number;
  readonly expiresAt: Instant;
}

export interface MigrationRow {
  readonly id: string;
  readonly hosts: readonly RecordName[];
  /** False once the migration has ended and another may start on its hosts. */
  readonly live: boolean;
  readonly createdAt: Instant;
}

/** Why a journal write was refused; nothing of it was stored. */
export type AppendRefusal =
  | { readonly reason: 'sequence'; readonly expected: number; readonly actual: number }
  | { readonly reason: 'epoch'; readonly holder: string; readonly epoch: number }
  | { readonly reason: 'host-taken'; readonly host: RecordName; readonly migrationId: string };

/** One record step: what a tick or a verb decided, stored whole or not at all. */
export interface RecordStep {
  readonly migrationId: string;
  readonly events: readonly Event[];
  readonly at: Instant;
  /** Whether the migration is live once these events have happened; kept beside the journal so that hosts cannot be taken twice. */
  readonly live: boolean;
  /** The sequence number of the last entry the caller has seen; 0 for none. */
  readonly expectedSequence: number;
  /** The epoch the caller holds, or null for an operator's verb that must not wait for a lease. */
  readonly epoch: number | null;
}

/**
 * The journal. One record step is one transaction: all events of a call are stored, or none. What is read back equals what
 * was written; a broken hash chain or a newer schema is an error that names the file, not an empty answer.
 */
export interface Store extends AsyncDisposable {
  /** Stores the first event of a new migration. Refused when one of its hosts is in a live migration. */
  create(
    row: MigrationRow,
    first: Event,
    at: Instant,
  ): Promise<Result<readonly JournalEntry[], AppendRefusal>>;
  append(step: RecordStep): Promise<Result<readonly JournalEntry[], AppendRefusal>>;
  /**
   * Entries after `afterSequence`, in order. `turns` leaves out, where that saves work, the readings of ticks that nothing followed: all but
   * the newest reading, and but those that another event came after.
   */
  read(migrationId: string, afterSequence: number, which?: 'all' | 'turns'): Promise<readonly JournalEntry[]>;
  /** Every migration, newest first. */
  list(): Promise<readonly MigrationRow[]>;
  /** Takes the lease when it is free, expired or already ours. */
  acquireLease(
    migrationId: string,
    holder: string,
    ttlMs: number,
    now: Instant,
  ): Promise<Result<Lease, Lease>>;
  releaseLease(lease: Lease): Promise<void>;
  /** Takes the lease whatever its holder says: a rollback does not wait. Every older epoch is fenced from here on. */
  seizeLease(migrationId: string, holder: string, ttlMs: number, now: Instant): Promise<Lease>;
}

/** Names this process among all that may hold a lease. */
export interface Holder {
  readonly name: string;
  /** True only when the other holder is known to be gone for good: a process of this machine and boot that no longer runs. */
  isGone(other: string): boolean;
}

/** The newest entry of a journal as the sender saw it; kept by whoever is told, so that a cut tail can be noticed. */
export interface JournalHead {
  readonly sequence: number;
  /** SHA-256, hex. */
  readonly hash: string;
}

/** What a before-stage hook is asked. */
export interface HookQuestion {
  readonly migrationId: string;
  readonly hosts: readonly RecordName[];
  /** The stage that would begin, an index into the policy's stages. */
  readonly stage: number;
  /** The target's percentage now and in that stage. */
  readonly shareNow: number;
  readonly shareNext: number;
  readonly because: string;
  readonly askedAt: Instant;
}

/** People and their machines. Nothing of it rejects, and no secret is in what it resolves with. */
export interface Notifier {
  /** Sends one message to one place, once. Resolves with what was answered, or with why it is not known to have arrived. */
  tell(
    to: Destination,
    message: Message,
    head: JournalHead,
    signal: AbortSignal,
  ): Promise<Result<string, string>>;
  /** Asks once, for no longer than the hook's own timeout. */
  ask(
    hook: Hook,
    question: HookQuestion,
    signal: AbortSignal,
  ): Promise<{ readonly answer: HookAnswer; readonly because: string }>;
  /** Tells a dead-man's switch that all is well. */
  beat(heartbeat: Heartbeat, signal: AbortSignal): Promise<Result<string, string>>;
}

/** Where a running program says what it cannot or must not only journal. Never stdout. */
export interface Log {
  warn(line: string): void;
}

/** The two files an operator can apply with the AWS CLI when this program cannot run. */
export interface BreakGlass {
  /** Replaces both files atomically. */
  write(files: BreakGlassFiles): Promise<void>;
}

/** What puts everything back without us. */
export interface BreakGlassFiles {
  readonly migrationId: string;
  readonly zoneId: string;
  readonly drain: ChangeBatch;
  readonly collapse: ChangeBatch;
}
