import type { Failure } from '../core/failure.js';
import { hostsOfMarkers } from '../core/plan-from-zone.js';
import type { RecordImage } from '../core/record-image.js';
import type { RecordName } from '../core/record-name.js';
import { err, ok, type Result } from '../core/result.js';
import { readImage } from './observe.js';
import type { HostedZone, ZoneApi } from './ports.js';
import { publicZone } from './public-zone.js';

/** Whose records are wanted, by whoever has no journal. */
export interface ZoneGroupRequest {
  readonly host: RecordName;
  /** Null finds the zone with the longest name that contains the host. */
  readonly zoneId: string | null;
  /** Leaves the other hosts of the group alone. */
  readonly only: boolean;
}

export interface ZoneGroup {
  readonly zone: HostedZone;
  readonly image: RecordImage;
}

/** For each of the reads. */
const readTimeoutMs = 10_000;

/** The zone of a host, and the records and markers of the host and, unless told otherwise, of those its marker names beside it. */
export async function readZoneGroup(
  { zones }: { readonly zones: ZoneApi },
  { host, zoneId, only }: ZoneGroupRequest,
): Promise<Result<ZoneGroup, Failure>> {
  const zone = await publicZone(zones, host, zoneId, AbortSignal.timeout(readTimeoutMs));
  if (!zone.ok) return zone;
  const read = async (hosts: readonly RecordName[]): Promise<Result<ZoneGroup, Failure>> => {
    const plans = hosts.map((name) => ({ host: name }));
    const image = await readImage(
      { zones },
      { zone: zone.value, hosts: plans },
      AbortSignal.timeout(readTimeoutMs),
    );
    return image.ok
      ? ok({ zone: zone.value, image: image.value })
      : err({ reason: 'provider', failure: image.error, changed: 'nothing was changed' });
  };
  const first = await read([host]);
  if (!first.ok || only) return first;
  const hosts = hostsOfMarkers(host, first.value.image);
  return hosts.length === 1 ? first : read(hosts);
}
