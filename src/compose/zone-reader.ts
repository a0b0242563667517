import type { Config } from '../config.js';
import type { Failure, ProviderFailure } from '../core/failure.js';
import type { RecordName } from '../core/record-name.js';
import type { RecordSet } from '../core/record-set.js';
import type { Result } from '../core/result.js';
import type { HostedZone } from '../engine/ports.js';
import { route53Options } from './route53-options.js';

/** The zone of a host and what stands in it; nothing here writes. */
export interface ZoneReader {
  find(host: RecordName, zoneId: string | null, signal: AbortSignal): Promise<Result<HostedZone, Failure>>;
  records(
    zoneId: string,
    names: readonly RecordName[],
    signal: AbortSignal,
  ): Promise<Result<readonly RecordSet[], ProviderFailure>>;
}

export async function composeZoneReader(config: Config): Promise<ZoneReader> {
  const { createRoute53 } = await import('../adapters/route53/route53.js');
  const { publicZone } = await import('../engine/public-zone.js');
  const zones = await createRoute53(route53Options(config));
  return {
    find: (host, zoneId, signal) => publicZone(zones, host, zoneId, signal),
    records: (zoneId, names, signal) => zones.records(zoneId, names, signal),
  };
}
