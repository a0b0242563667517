import type { Change } from './change-batch.js';
import type { Intent, IntentKind } from './intent.js';
import { readMarker } from './marker.js';
import type { MigrationState } from './migration-state.js';
import { imageOfHost, isOurRecord } from './our-records.js';
import type { HostPlan } from './plan.js';
import { displayName, markerName } from './record-name.js';
import { sameRecords, type RecordSet } from './record-set.js';
import { recordsToRestore } from './restoration.js';
import { shareOf, stageOfShare, stageShare } from './share.js';
import { bareAliasName } from './standing-records.js';

type ReturnKind = Extract<IntentKind, 'adopt' | 'restore' | 'forget' | 'alias'>;

/** True for what a person asks for after a halt or an end; it starts from a reading, not from the last receipt. */
export function isReturn(kind: IntentKind): kind is ReturnKind {
  return kind === 'adopt' || kind === 'restore' || kind === 'forget' || kind === 'alias';
}

/** The last look before a call that a person asked for after a halt or an end: the reasons why it must not be made, or none. */
export function returnViolations(
  state: MigrationState,
  intent: Intent & { kind: ReturnKind },
): readonly string[] {
  const { changes } = intent.batch;
  const { hosts } = state.plan;
  const names = new Set(hosts.flatMap((host) => [host.host, markerName(host.host)]));
  const markers = new Set(hosts.map((host) => markerName(host.host)));
  const standing = intent.before.map((image) => readMarker(image.marker)?.generation ?? 0);
  return [
    ...changes
      .filter(({ record }) => !names.has(record.name))
      .map(({ record }) => `${record.name} is not a name of this plan`),
    ...(changes.some(({ action }) => action === 'UPSERT') ? ['a compare-and-swap has no UPSERT'] : []),
    ...(intent.generation > Math.max(state.generation, ...standing)
      ? []
      : [`generation ${intent.generation} is not above what stands there`]),
    ...hosts.flatMap((host) => foreignDeletes(state, host, changes)),
    ...(intent.kind === 'forget'
      ? changes
          .filter(({ action, record }) => action !== 'DELETE' || !markers.has(record.name))
          .map(({ record }) => `${record.name} is not a marker to be removed`)
      : hosts.flatMap((host) => shapeViolations(state, intent, host, createdAt(changes, host)))),
  ];
}

function foreignDeletes({ plan }: MigrationState, host: HostPlan, changes: readonly Change[]): string[] {
  return changes
    .filter(({ action, record }) => action === 'DELETE' && record.name === host.host)
    .filter(({ record }) => !isOurRecord(plan, host, record))
    .map(({ record }) => `a ${record.type} at ${displayName(record.name)} is not ours to delete`);
}

function createdAt(changes: readonly Change[], host: HostPlan): RecordSet[] {
  return changes
    .filter(({ action, record }) => action === 'CREATE' && record.name === host.host)
    .map(({ record }) => record);
}

function shapeViolations(
  state: MigrationState,
  intent: Intent,
  host: HostPlan,
  created: readonly RecordSet[],
): string[] {
  const name = displayName(host.host);
  if (intent.kind === 'restore')
    return sameRecords(created, recordsToRestore(state, host)) ? [] : [`${name} would not get its originals`];
  if (intent.kind === 'alias') {
    const isAlias = created.every(
      ({ alias, setIdentifier }) =>
        setIdentifier === null && bareAliasName(alias?.dnsName ?? '') === bareAliasName(host.target.dnsName),
    );
    return isAlias && created.some(({ type }) => type === 'A')
      ? []
      : [`${name} would not point at its target`];
  }
  const { policy } = state.plan;
  const highest = Math.max(stageShare(policy, (stageOfShare(policy, state.share) ?? -1) + 1), state.share);
  const found = shareOf(imageOfHost(intent.before, host).records) ?? 0;
  return [
    ...(shareOf(created) === intent.share ? [] : [`${name} would not get a share of ${intent.share}`]),
    ...(intent.share <= Math.min(highest, found)
      ? []
      : [`${intent.share}% at ${name} is more than may stand`]),
  ];
}
