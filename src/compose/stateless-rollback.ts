import type { Config } from '../config.js';
import type { Failure } from '../core/failure.js';
import type { Result } from '../core/result.js';
import type { Log } from '../engine/ports.js';
import type { StatelessOutcome, StatelessRequest } from '../engine/roll-back-without-state.js';
import { route53Options } from './route53-options.js';

/** A rollback that needs no journal: from the zone and its markers alone. */
export async function composeStatelessRollback(
  config: Config,
  log: Log,
): Promise<(request: StatelessRequest, signal: AbortSignal) => Promise<Result<StatelessOutcome, Failure>>> {
  const { createRoute53 } = await import('../adapters/route53/route53.js');
  const { createSystemClock } = await import('../adapters/clock/system-clock.js');
  const { createRandomIds } = await import('../adapters/clock/random-ids.js');
  const { rollBackWithoutState } = await import('../engine/roll-back-without-state.js');
  const zones = await createRoute53(route53Options(config));
  const ports = { zones, clock: createSystemClock(), ids: createRandomIds(), log };
  return (request, signal) => rollBackWithoutState(ports, request, signal);
}
