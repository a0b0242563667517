import type { MigrationState } from '../migration-state.js';
import type { RecordName } from '../record-name.js';
import type { RecordImage } from '../record-image.js';
import type { SideName } from '../probe.js';
import { elapsed, type Instant } from '../time.js';
import { unreachable } from '../result.js';
import { healthCheckReference, type MigrationHealthCheck } from './health-check.js';

/** What is to be done about health checks next. Each is harmless when it is done twice. */
export type HealthCheckWork =
  | { readonly do: 'want'; readonly side: SideName; readonly host: RecordName; readonly reference: string }
  | { readonly do: 'create'; readonly check: MigrationHealthCheck }
  /** To be looked for by its reference, because the answer to its creation never came. */
  | { readonly do: 'find'; readonly check: MigrationHealthCheck }
  /** Only when a fresh reading shows that no record carries it. */
  | { readonly do: 'delete'; readonly check: MigrationHealthCheck; readonly id: string }
  | { readonly do: 'forget'; readonly check: MigrationHealthCheck; readonly because: string };

/** A request for a check whose answer is missing has arrived by then or never will. */
const createdLateMs = 60_000;

/** The next piece of work, or null when there is none now. Pure, so a crash between two pieces loses nothing. */
export function healthCheckWork(state: MigrationState, at: Instant): HealthCheckWork | null {
  if (areWanted(state)) return wantedWork(state);
  if (!areDetached(state, at)) return null;
  for (const check of state.healthChecks) {
    if (check.isGone) return gone(check);
    if (check.id !== null) return { do: 'delete', check, id: check.id };
    if (elapsed(check.wantedAt, at) > createdLateMs) return { do: 'find', check };
  }
  return null;
}

/** True when a record of these carries the check. */
export function isCarried(image: RecordImage, id: string): boolean {
  return image.some(({ records }) => records.some((record) => record.healthCheckId === id));
}

/** The checks whose status is read in this tick: the longest unread first, few, because the API allows one a second. */
export function healthChecksToRead(state: MigrationState): readonly string[] {
  // While halted too: a time in which nobody asked would otherwise count as healthy once the migration goes on.
  const isOn = areWanted(state) || state.phase.phase === 'halted' || state.phase.phase === 'adopting';
  if (!isOn) return [];
  return state.healthChecks
    .filter((check) => check.side === 'target' && !check.isGone)
    .toSorted((a, b) => (a.readAt ?? 0) - (b.readAt ?? 0))
    .flatMap((check) => (check.id === null ? [] : [check.id]))
    .slice(0, readingsPerTick);
}

/** GetHealthCheckStatus has a bucket of 4, refilled by 1 a second (Route 53 Developer Guide, "Throttling API requests"). */
const readingsPerTick = 4;

function wantedWork(state: MigrationState): HealthCheckWork | null {
  const { healthChecks, plan } = state;
  const lost = healthChecks.find((check) => check.isGone);
  if (lost !== undefined) return gone(lost);
  const pending = healthChecks.find((check) => check.id === null);
  if (pending !== undefined) return { do: 'create', check: pending };
  const reference = healthCheckReference(plan.id, state.healthChecksWanted + 1);
  const [first] = plan.hosts;
  if (first !== undefined && !healthChecks.some((check) => check.side === 'source'))
    return { do: 'want', side: 'source', host: first.host, reference };
  const missing = plan.hosts.find(
    ({ host }) => !healthChecks.some((check) => check.side === 'target' && check.host === host),
  );
  return missing === undefined ? null : { do: 'want', side: 'target', host: missing.host, reference };
}

function gone(check: MigrationHealthCheck): HealthCheckWork {
  return { do: 'forget', check, because: 'Route 53 does not know it any more; somebody else deleted it' };
}

function areWanted({ plan, phase }: MigrationState): boolean {
  if (plan.policy.failover === undefined) return false;
  switch (phase.phase) {
    case 'settling':
    case 'shifting':
    case 'observing':
    case 'waiting':
      return true;
    case 'planned':
    case 'taking-over':
    case 'finalizing':
    case 'completed':
    case 'rolling-back':
    case 'draining':
    case 'rolled-back':
    case 'halted':
    case 'adopting':
    case 'restoring':
    case 'restored':
    case 'forgetting':
    case 'forgotten':
      return false;
    default:
      return unreachable(phase);
  }
}

/**
 * True once our last write has taken them off the records and every server of Route 53 has it: a record that points at a
 * deleted check behaves unpredictably (API reference, DeleteHealthCheck).
 */
function areDetached({ plan, phase }: MigrationState, at: Instant): boolean {
  switch (phase.phase) {
    case 'finalizing':
    case 'restoring':
      return phase.settle?.insyncAt != null;
    case 'draining':
      return phase.settle === null || phase.settle.insyncAt !== null;
    case 'completed':
    case 'restored':
    case 'forgetting':
    case 'forgotten':
      return true;
    case 'rolled-back': {
      // A rollback by hand has no change of ours to ask about; its TTL and tail are longer than Route 53 takes.
      const { ttlSeconds, tailMs } = plan.policy;
      return phase.by !== 'person' || elapsed(phase.at, at) > ttlSeconds * 1000 + tailMs;
    }
    case 'planned':
    case 'taking-over':
    case 'settling':
    case 'shifting':
    case 'observing':
    case 'waiting':
    case 'rolling-back':
    case 'halted':
    case 'adopting':
      return false;
    default:
      return unreachable(phase);
  }
}
