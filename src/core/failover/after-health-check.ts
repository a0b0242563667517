import type { Event } from '../event.js';
import type { MigrationState } from '../migration-state.js';
import type { Instant } from '../time.js';
import { unreachable } from '../result.js';
import type { HealthCheckReading, MigrationHealthCheck } from './health-check.js';

/** Everything that happens to a health check itself; what it is attached to follows from the records. */
export type HealthCheckEvent = Event & {
  type: 'health-check-wanted' | 'health-check-created' | 'health-check-deleted';
};

/** The state after a health check was wanted, created or found to be gone. */
export function afterHealthCheck(state: MigrationState, event: HealthCheckEvent): MigrationState {
  const { healthChecks } = state;
  switch (event.type) {
    case 'health-check-wanted': {
      const { side, host, reference, at: wantedAt } = event;
      const unread = { id: null, readAt: null, healthySince: null, isGone: false };
      const wanted = { side, host, reference, wantedAt, ...unread };
      return {
        ...state,
        healthChecks: [...healthChecks, wanted],
        healthChecksWanted: state.healthChecksWanted + 1,
      };
    }
    case 'health-check-created': {
      const { reference, healthCheckId: id } = event;
      const created = healthChecks.map((check) => (check.reference === reference ? { ...check, id } : check));
      return { ...state, healthChecks: created };
    }
    case 'health-check-deleted':
      return {
        ...state,
        healthChecks: healthChecks.filter((check) => check.reference !== event.reference),
      };
    default:
      return unreachable(event);
  }
}

/** Why such an event cannot happen, or null. */
export function objectionToHealthCheck(state: MigrationState, event: HealthCheckEvent): string | null {
  const known = state.healthChecks.find((check) => check.reference === event.reference);
  switch (event.type) {
    case 'health-check-wanted':
      return known === undefined ? null : 'that reference is taken';
    case 'health-check-created':
      return known?.id === null ? null : 'no such health check is waited for';
    case 'health-check-deleted':
      return known === undefined ? 'no such health check is known' : null;
    default:
      return unreachable(event);
  }
}

/**
 * The health checks after one tick's readings. More than half of the checkers must agree, although Route 53 itself is content
 * with 18 % (Developer Guide, "How Route 53 determines the status of health checks"): what is attached should be beyond doubt.
 */
export function readHealthChecks(
  checks: readonly MigrationHealthCheck[],
  readings: readonly HealthCheckReading[],
  at: Instant,
): readonly MigrationHealthCheck[] {
  if (readings.length === 0) return checks;
  return checks.map((check) => {
    const reading = readings.find((candidate) => candidate.healthCheckId === check.id);
    if (reading === undefined) return check;
    if (reading.status === 'gone') return { ...check, readAt: at, healthySince: null, isGone: true };
    const isHealthy = reading.status === 'known' && 2 * reading.healthy > reading.checkers;
    return { ...check, readAt: at, healthySince: isHealthy ? (check.healthySince ?? at) : null };
  });
}

/** What nobody read in between counts no more than any other gap. */
export function readAgain(checks: readonly MigrationHealthCheck[]): readonly MigrationHealthCheck[] {
  return checks.map((check) => ({ ...check, healthySince: null }));
}
