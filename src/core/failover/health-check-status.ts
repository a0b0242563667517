import { isLive } from '../phase.js';
import type { MigrationState } from '../migration-state.js';
import type { SideName } from '../probe.js';
import { displayName } from '../record-name.js';
import type { Instant } from '../time.js';
import { isCarried } from './health-check-work.js';

/** A Route 53 health check of a migration, as its status shows it. */
export interface HealthCheckStatus {
  /** The host whose target it asks; the source's one counts for all hosts. */
  readonly host: string;
  readonly side: SideName;
  /** Null while Route 53 has not told it. */
  readonly id: string | null;
  /** True when our last write left it on a record. */
  readonly attached: boolean;
  /** Since when Route 53's checkers were found to agree that the target is healthy, while that is being watched. */
  readonly healthySince: Instant | null;
  /** True when the migration is over and it still exists, which costs money and may still steer traffic. */
  readonly leftOver: boolean;
}

/** The health checks that exist or may exist. */
export function healthChecksOf(state: MigrationState): readonly HealthCheckStatus[] {
  return state.healthChecks.map(({ host, side, id, healthySince }) => ({
    host: displayName(host),
    side,
    id,
    attached: id !== null && isCarried(state.image, id),
    healthySince,
    leftOver: !isLive(state.phase),
  }));
}
