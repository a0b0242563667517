import type { Config } from '../config.js';
import type { Failure } from '../core/failure.js';
import type { RecordName } from '../core/record-name.js';
import type { Result } from '../core/result.js';
import type { ZoneStatus } from '../engine/status-without-state.js';
import { route53Options } from './route53-options.js';

/** What the zone and its markers alone tell of a migration. */
export async function composeStatelessStatus(
  config: Config,
): Promise<(host: RecordName, zoneId: string | null) => Promise<Result<ZoneStatus, Failure>>> {
  const { createRoute53 } = await import('../adapters/route53/route53.js');
  const { createSystemClock } = await import('../adapters/clock/system-clock.js');
  const { statusWithoutState } = await import('../engine/status-without-state.js');
  const zones = await createRoute53(route53Options(config));
  const ports = { zones, clock: createSystemClock() };
  return (host, zoneId) => statusWithoutState(ports, host, zoneId);
}
