import type { Failure } from './failure.js';
import { isOurs } from './explanation.js';
import { readMarker } from './marker.js';
import type { MigrationState } from './migration-state.js';
import { firstOriginalOf, originalOf, type HostPlan, type MigrationPlan } from './plan.js';
import type { HostImage, RecordImage } from './record-image.js';
import { displayName } from './record-name.js';
import { describeRecord, sameRecord, withFinalDot, type RecordSet } from './record-set.js';
import { sourceMember, targetMember } from './share.js';
import { sourceNames } from './source-names.js';
import { bareAliasName } from './standing-records.js';

/** What stands at one host of a reading; nothing when the reading does not have it. */
export function imageOfHost(image: RecordImage, host: HostPlan): HostImage {
  return image.find((found) => found.host === host.host) ?? { host: host.host, records: [], marker: [] };
}

/**
 * True for every record set that a migration may have left at a host: a member of its pair, a plain CNAME or an alias to one of its
 * sides, under the name that its source has or had, or one of the originals.
 */
export function isOurRecord(plan: MigrationPlan, host: HostPlan, record: RecordSet): boolean {
  const originals = [...firstOriginalOf(plan, host).records, ...originalOf(plan, host.host).records];
  if (originals.some((original) => sameRecord(original, record))) return true;
  if (record.foreignRouting !== null) return false;
  const sides = [...sourceNames(host), host.target.dnsName].map(bareAliasName);
  const isMember = record.setIdentifier === sourceMember || record.setIdentifier === targetMember;
  if (record.setIdentifier !== null && !isMember) return false;
  if (record.type === 'CNAME')
    return record.values.length === 1 && sides.includes(bareAliasName(withFinalDot(record.values[0] ?? '')));
  const isAlias = record.alias !== null && record.setIdentifier === null;
  return isAlias && sides.includes(bareAliasName(record.alias.dnsName));
}

/** Why a host's records are not this migration's to replace, naming each that is not; null when all are. */
export function foreignRecords(plan: MigrationPlan, host: HostPlan, found: HostImage): Failure | null {
  const foreign = found.records.filter((record) => !isOurRecord(plan, host, record));
  if (foreign.length === 0) return null;
  const name = displayName(host.host);
  return {
    reason: 'refused',
    check: 'records',
    message: `at ${name} stands what is not this migration's: ${foreign.map((record) => describeRecord(record)).join('; ')}`,
    fix: `look who put it there, remove or move it, and try again; shiftctl rollback ${name} never deletes it either`,
  };
}

/** Why the markers that stand there are not this migration's to replace; null when they are, or when there are none. */
export function foreignMarkers(state: MigrationState, found: RecordImage): Failure | null {
  for (const host of found) {
    const name = displayName(host.host);
    const marker = readMarker(host.marker);
    if (host.marker.length > 0 && marker === null)
      return {
        reason: 'refused',
        check: 'marker',
        message: `_shift.${name} holds something that is not a marker of this program: ${host.marker.map((record) => describeRecord(record)).join('; ')}`,
        fix: 'look at it, remove it if nobody needs it, and try again',
      };
    if (marker === null || marker.migrationId === state.plan.id || isOurs(state, marker)) continue;
    return {
      reason: 'conflict',
      message: `the marker at ${name} is that of another migration, ${marker.migrationId} (generation ${marker.generation}, ${marker.state})`,
      fix:
        marker.state === 'live'
          ? `only that migration may write there; if it is yours, end it from its own state directory`
          : `${marker.migrationId} came after this one; ask it instead: shiftctl status ${marker.migrationId}`,
    };
  }
  return null;
}
