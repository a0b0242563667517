import type { AliasEnd } from './alias-end.js';
import { aliasRecords } from './alias-records.js';
import { compareAndSwap } from './change-batch.js';
import type { Failure } from './failure.js';
import { frame, seedAbove, type IntentOrigin } from './intent-factory.js';
import type { Intent } from './intent.js';
import type { MigrationState } from './migration-state.js';
import { foreignMarkers, imageOfHost } from './our-records.js';
import { describeEndpoint, type HostPlan } from './plan.js';
import type { HostImage, RecordImage } from './record-image.js';
import { displayName } from './record-name.js';
import { describeRecord } from './record-set.js';
import { bareAliasName } from './standing-records.js';
import { endedMarker } from './zone-image.js';

/** Why this migration cannot end on an alias, or null. */
export function aliasObjection(state: MigrationState, found: RecordImage): Failure | null {
  const { plan, phase } = state;
  const name = displayName(plan.hosts[0]?.host ?? '');
  if (phase.phase !== 'completed')
    return {
      reason: 'conflict',
      message: `${plan.id} is ${phase.phase}; the plain record becomes an alias once the migration is completed`,
      fix: `see: shiftctl status ${name}`,
    };
  const heroku = plan.hosts.find((host) => host.target.platform === 'heroku');
  if (heroku !== undefined)
    return {
      reason: 'refused',
      check: 'alias',
      message: `${displayName(heroku.host)} ends at ${describeEndpoint(heroku.target)}, and Route 53 has aliases to services of AWS only`,
      fix: 'leave the plain record',
    };
  const fence = foreignMarkers(state, found);
  if (fence !== null) return fence;
  const strange = plan.hosts.find((host) => !isAtTarget(host, imageOfHost(found, host)));
  if (strange === undefined) return null;
  const stands = imageOfHost(found, strange).records.map((record) => describeRecord(record));
  return {
    reason: 'refused',
    check: 'records',
    message: `at ${displayName(strange.host)} does not stand one record to the target but ${stands.join('; ') || 'nothing'}`,
    fix: `look who changed it; back to the source: shiftctl rollback ${name}`,
  };
}

/** From exactly what was read to alias A, and AAAA where the target has IPv6, with a fresh ended marker, all hosts in one batch. */
export function aliasIntent(
  state: MigrationState,
  origin: IntentOrigin,
  found: RecordImage,
  ends: readonly AliasEnd[],
): Intent {
  const { plan } = state;
  const seed = seedAbove(state, origin, found, 100);
  const after = plan.hosts.map((host, index): HostImage => {
    const end = ends[index];
    return {
      host: host.host,
      records: end === undefined ? [] : aliasRecords(host, end),
      marker: [endedMarker(plan, host, seed)],
    };
  });
  const comment = `shift ${plan.id} finalize as alias generation ${seed.generation}`;
  return {
    ...frame(origin, 'alias', 100, seed),
    before: found,
    after,
    batch: compareAndSwap(found, after, comment),
  };
}

function isAtTarget(host: HostPlan, { records }: HostImage): boolean {
  const isTarget = (name: string | undefined): boolean =>
    bareAliasName(name ?? '') === bareAliasName(host.target.dnsName);
  const isPlain = records.every((record) => record.setIdentifier === null && record.foreignRouting === null);
  if (!isPlain || records.length === 0) return false;
  if (records.length === 1 && records[0]?.type === 'CNAME') return isTarget(records[0].values[0]);
  return records.every((record) => record.alias !== null && isTarget(record.alias.dnsName));
}
