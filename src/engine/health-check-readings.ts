import type { HealthCheckReading } from '../core/failover/health-check.js';
import { healthChecksToRead } from '../core/failover/health-check-work.js';
import type { MigrationState } from '../core/migration-state.js';
import type { Engine } from './engine.js';

/** What Route 53's checkers say of the few checks that are due to be read. */
export async function readHealthChecks(
  { healthChecks }: Pick<Engine, 'healthChecks'>,
  state: MigrationState,
  signal: AbortSignal,
): Promise<readonly HealthCheckReading[]> {
  const readings = healthChecksToRead(state).map(async (healthCheckId): Promise<HealthCheckReading> => {
    const status = await healthChecks.status(healthCheckId, signal);
    if (status.ok) return { healthCheckId, status: 'known', ...status.value };
    if (status.error.reason === 'not-found') return { healthCheckId, status: 'gone' };
    return { healthCheckId, status: 'unknown', failure: status.error };
  });
  return Promise.all(readings);
}
