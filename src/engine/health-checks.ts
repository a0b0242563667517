import type { Event } from '../core/event.js';
import { healthCheckSpec } from '../core/failover/health-check.js';
import { healthCheckWork, isCarried, type HealthCheckWork } from '../core/failover/health-check-work.js';
import type { MigrationState } from '../core/migration-state.js';
import { unreachable } from '../core/result.js';
import type { Instant } from '../core/time.js';
import { callTimeoutMs, type Engine } from './engine.js';
import type { Journal } from './journal.js';
import { readImage } from './observe.js';

/** Pieces of work in one tick, so that many hosts do not delay the guard. */
const piecesPerTick = 12;

/**
 * Creates the health checks that a migration needs and deletes those that no record carries any more, piece by piece, each
 * recorded before the next begins. What fails is tried again by the next tick and never stops one.
 */
export async function tendHealthChecks(engine: Engine, journal: Journal, signal: AbortSignal): Promise<void> {
  for (let done = 0; done < piecesPerTick && !signal.aborted && !journal.isDetached(); done += 1) {
    const at = engine.clock.now();
    const work = healthCheckWork(journal.state, at);
    const event = work && (await perform(engine, journal.state, work, at));
    if (event === null) return;
    const stored = await journal.append([event], at);
    if (!stored.ok) return;
  }
}

/** The event that says what was done, or null when it could not be done now. */
async function perform(
  engine: Engine,
  state: MigrationState,
  work: HealthCheckWork,
  at: Instant,
): Promise<Event | null> {
  const deadline = AbortSignal.timeout(callTimeoutMs(state.plan.policy.tickEveryMs));
  switch (work.do) {
    case 'want': {
      const { side, host, reference } = work;
      return { type: 'health-check-wanted', at, side, host, reference };
    }
    case 'create':
      return create(engine, state, work, at, deadline);
    case 'find': {
      const { reference } = work.check;
      const found = await engine.healthChecks.find(reference, deadline);
      if (!found.ok) return null;
      if (found.value !== null)
        return { type: 'health-check-created', at, reference, healthCheckId: found.value };
      return { type: 'health-check-deleted', at, reference, because: 'it was never created' };
    }
    case 'delete':
      return remove(engine, state, work, at, deadline);
    case 'forget':
      return { type: 'health-check-deleted', at, reference: work.check.reference, because: work.because };
    default:
      return unreachable(work);
  }
}

async function create(
  { healthChecks, log }: Engine,
  state: MigrationState,
  { check }: HealthCheckWork & { do: 'create' },
  at: Instant,
  signal: AbortSignal,
): Promise<Event | null> {
  const { reference } = check;
  const created = await healthChecks.create(healthCheckSpec(state.plan, check), signal);
  if (created.ok)
    return { type: 'health-check-created', at, reference, healthCheckId: created.value.healthCheckId };
  log.warn(`the health check ${reference} could not be created: ${created.error.message}`);
  // A reference whose check was deleted is used up for ever (API reference, CreateHealthCheck).
  return created.error.reason === 'conflict'
    ? { type: 'health-check-deleted', at, reference, because: created.error.message }
    : null;
}

async function remove(
  engine: Engine,
  { plan }: MigrationState,
  { check, id }: HealthCheckWork & { do: 'delete' },
  at: Instant,
  signal: AbortSignal,
): Promise<Event | null> {
  const image = await readImage(engine, plan, signal);
  if (!image.ok || isCarried(image.value, id)) return null;
  const deleted = await engine.healthChecks.delete(id, signal);
  const { reference } = check;
  if (deleted.ok || deleted.error.reason === 'not-found')
    return { type: 'health-check-deleted', at, reference, because: 'no record carries it any more' };
  engine.log.warn(`the health check ${id} could not be deleted: ${deleted.error.message}`);
  return null;
}
