import type { ProviderFailure } from '../failure.js';
import type { HostPlan, MigrationPlan } from '../plan.js';
import type { FailoverPolicy } from '../policy/policy.js';
import { sideProbes } from '../policy/policy.js';
import type { SideName } from '../probe.js';
import { displayName, type RecordName } from '../record-name.js';
import { assert } from '../result.js';
import type { Instant } from '../time.js';

/**
 * A Route 53 health check of a migration, from before it exists until it is known to be gone.
 *
 * Each host's target has one that asks it. All source members share one that is disabled, which Route 53 always counts as
 * healthy (API reference, HealthCheckConfig, "Disabled"): so its answers can lead to the source and nowhere else.
 */
export interface MigrationHealthCheck {
  readonly side: SideName;
  /** For the source's one, the plan's first host. */
  readonly host: RecordName;
  /** The CallerReference: asking again with the same one never creates a second (API reference, CreateHealthCheck). */
  readonly reference: string;
  readonly wantedAt: Instant;
  /** Null until Route 53 has told it. */
  readonly id: string | null;
  readonly readAt: Instant | null;
  /** The first of the readings in a row in which most checkers found the target healthy. */
  readonly healthySince: Instant | null;
  /** True once Route 53 said that it does not exist, which somebody else must have seen to. */
  readonly isGone: boolean;
}

/** What Route 53's checkers last said, one tick's reading of one check. */
export type HealthCheckReading = { readonly healthCheckId: string } & (
  | { readonly status: 'known'; readonly healthy: number; readonly checkers: number }
  | { readonly status: 'gone' }
  | { readonly status: 'unknown'; readonly failure: ProviderFailure }
);

/** What `CreateHealthCheck` is asked for. */
export interface HealthCheckSpec {
  readonly reference: string;
  readonly migrationId: string;
  /** Its `Name` tag, as the console shows it. */
  readonly label: string;
  readonly disabled: boolean;
  /** The name that is connected to, sent as SNI and as Host. */
  readonly endpoint: string;
  readonly port: number;
  readonly path: string;
  /** Text within the first 5,120 bytes of the body, or null when any 2xx or 3xx will do. */
  readonly searchString: string | null;
  readonly intervalSeconds: 10 | 30;
  readonly threshold: number;
}

/** The ids that the two members of a host's pair carry. */
export interface PairChecks {
  readonly source: string;
  readonly target: string;
}

/** A CallerReference has at most 64 characters; a migration's id leaves room for this. */
export function healthCheckReference(migrationId: string, number: number): string {
  return `${migrationId}${referenceMark}${number}`;
}

/** True for the CallerReference of one of this migration's health checks. */
export function isReferenceOf(migrationId: string, reference: string): boolean {
  return reference.startsWith(`${migrationId}${referenceMark}`);
}

const referenceMark = '/';

/** What Route 53 is asked to create for a wanted check. */
export function healthCheckSpec(
  plan: MigrationPlan,
  check: Pick<MigrationHealthCheck, 'side' | 'host' | 'reference'>,
): HealthCheckSpec {
  const { failover, probes } = plan.policy;
  const host = plan.hosts.find((candidate) => candidate.host === check.host);
  assert(failover !== undefined && host !== undefined, 'a health check is wanted by a policy for a host');
  const asked = sideProbes(probes, check.side);
  return {
    reference: check.reference,
    migrationId: plan.id,
    label: `shift ${displayName(check.host)} ${check.side}`,
    disabled: check.side === 'source',
    endpoint: askedName(failover, host, check.side),
    port: probes.port,
    path: asked.path,
    searchString: check.side === 'target' ? asked.expect.body : null,
    intervalSeconds: check.side === 'source' ? 30 : failover.intervalSeconds,
    threshold: failover.threshold,
  };
}

/**
 * Without an address of its own, a health check resolves this name at every request and sends it as Host and SNI (API
 * reference, HealthCheckConfig, "FullyQualifiedDomainName"); the live host cannot be sent to one side only.
 */
function askedName({ askAt }: FailoverPolicy, host: HostPlan, side: SideName): string {
  return side === 'target' && askAt !== null ? askAt : displayName(host[side].dnsName);
}
