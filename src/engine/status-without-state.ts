import type { Failure } from '../core/failure.js';
import { newestMarker } from '../core/plan-from-zone.js';
import type { RecordName } from '../core/record-name.js';
import { describeRecord } from '../core/record-set.js';
import { err, ok, type Result } from '../core/result.js';
import { shareOf } from '../core/share.js';
import { elapsed, type Instant } from '../core/time.js';
import type { Clock, ZoneApi } from './ports.js';
import { readZoneGroup } from './zone-group.js';

/** What the zone alone tells of a migration. */
export interface ZoneStatus {
  readonly migrationId: string;
  readonly state: 'live' | 'ended';
  readonly generation: number;
  readonly hosts: readonly HostInZone[];
  /** When the controller writes or pages again at the latest; says nothing once the migration has ended. */
  readonly due: Instant;
  /** How long ago that was; null while there is time left, and for an ended migration. */
  readonly overdueMs: number | null;
}

export interface HostInZone {
  readonly host: RecordName;
  /** By the weights of our pair; null where something else stands. */
  readonly share: number | null;
  readonly records: readonly string[];
}

/** Reads the records and markers of a host and of those that move with it; no journal, and nothing is written. */
export async function statusWithoutState(
  ports: { readonly zones: ZoneApi; readonly clock: Clock },
  host: RecordName,
  zoneId: string | null,
): Promise<Result<ZoneStatus, Failure>> {
  const group = await readZoneGroup(ports, { host, zoneId, only: false });
  if (!group.ok) return group;
  const { image } = group.value;
  const marker = newestMarker(image);
  if (marker === null) {
    return err({
      reason: 'refused',
      check: 'marker',
      message: 'the zone holds no marker of a migration of this host',
      fix: 'nothing moves it; its records are listed by: aws route53 list-resource-record-sets',
    });
  }
  const { migrationId, state, generation, due } = marker;
  const lateMs = elapsed(due, ports.clock.now());
  return ok({
    migrationId,
    state,
    generation,
    due,
    overdueMs: state === 'live' && lateMs > 0 ? lateMs : null,
    hosts: image.map((found) => ({
      host: found.host,
      share: shareOf(found.records),
      records: found.records.map((record) => describeRecord(record)),
    })),
  });
}
