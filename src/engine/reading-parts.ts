import { healthChecksToRead } from '../core/failover/health-check-work.js';
import type { HealthCheckReading } from '../core/failover/health-check.js';
import type { ProviderFailure } from '../core/failure.js';
import type { FoundationReading } from '../core/foundation/foundation-reading.js';
import { foundationIsDue } from '../core/foundation/foundation-trouble.js';
import type { MigrationState } from '../core/migration-state.js';
import type { NameServerReading } from '../core/name-server.js';
import { endpoint, type HostPlan } from '../core/plan.js';
import { lookIsDue } from '../core/platform/look-due.js';
import { platformOf } from '../core/platform/platform-memory.js';
import type { PlatformReading } from '../core/platform/platform-reading.js';
import type { Policy } from '../core/policy/policy.js';
import type { Instant } from '../core/time.js';
import { callTimeoutMs, samplesPerServer } from './engine.js';
import type { Clock } from './ports.js';

/** Beyond the limit that a call is given, for one that does not keep to it. */
const graceMs = 2_000;
/** A single tick sends its probes one after the other, never further apart than this. */
const probePauseMs = 200;

/** How long one part of a reading is waited for; every call in it has a limit of its own that is no longer. */
export function partTimeoutMs({ tickEveryMs }: Policy): number {
  return callTimeoutMs(tickEveryMs) + graceMs;
}

/** As `partTimeoutMs`, for as many probes as a verdict takes. */
export function probesTimeoutMs(policy: Policy): number {
  const { failed, timeoutMs } = policy.probes;
  return partTimeoutMs(policy) + failed.of * probePauseMs + timeoutMs;
}

/**
 * One part of a reading, or what takes its place when it has not answered in time: the guard must not wait for an adapter that hangs.
 * The work itself goes on and is heard no more. A rejection is a bug and stays one.
 */
export async function partWithin<T>(
  work: Promise<T>,
  ms: number,
  clock: Pick<Clock, 'sleep'>,
  otherwise: (because: string) => T,
): Promise<T> {
  const abandon = new AbortController();
  const late = clock.sleep(ms, abandon.signal).then(() => otherwise(`no answer within ${ms} ms`));
  try {
    return await Promise.race([work, late]);
  } finally {
    abandon.abort();
  }
}

/** A call to Route 53 that never answered. */
export function silentCall(operation: string, message: string): ProviderFailure {
  return { reason: 'timeout', provider: 'route53', operation, message, details: [] };
}

/** Name servers that nobody heard of. */
export function silentServers({ host }: HostPlan, servers: readonly string[]): readonly NameServerReading[] {
  return servers.map((server) => ({
    server,
    host,
    answers: {},
    other: 0,
    failed: samplesPerServer,
    marker: null,
  }));
}

/** Platforms that were due and did not answer; said as a look, so that the next tick does not wait for them again. */
export function silentPlatforms(
  state: MigrationState,
  at: Instant,
  because: string,
): readonly PlatformReading[] {
  return state.plan.hosts.flatMap((host) =>
    (['source', 'target'] as const)
      .filter((side) => lookIsDue(state, platformOf(state.platforms, host.host, side), at))
      .map((side): PlatformReading => {
        const isHeroku = endpoint(host, side).platform === 'heroku';
        const heroku = isHeroku ? ({ status: 'unknown', because } as const) : null;
        return { host: host.host, side, at, name: 'unknown', heroku };
      }),
  );
}

/** The ground that a migration stands on, not seen; what an earlier look saw stays. */
export function silentFoundation(state: MigrationState, at: Instant): FoundationReading | undefined {
  if (!foundationIsDue(state, at)) return undefined;
  const unknown = { status: 'unknown' } as const;
  return { at, zone: unknown, delegation: unknown, rollback: unknown, account: null };
}

/** Health checks whose checkers were not heard. */
export function silentHealthChecks(state: MigrationState, because: string): readonly HealthCheckReading[] {
  const failure = silentCall('GetHealthCheckStatus', because);
  return healthChecksToRead(state).map((healthCheckId) => ({ healthCheckId, status: 'unknown', failure }));
}
