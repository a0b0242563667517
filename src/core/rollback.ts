import type { Change, ChangeBatch } from './change-batch.js';
import { readMarker } from './marker.js';
import { originalOf, type HostPlan, type RollbackPlan } from './plan.js';
import { displayName } from './record-name.js';
import { describeRecord, sameRecords, withFinalDot, type RecordSet } from './record-set.js';
import { sameImage, type HostImage, type RecordImage } from './record-image.js';
import { pairMembers, weightedPair } from './share.js';
import { aliasTarget, bareAliasName } from './standing-records.js';
import { endedMarker, sourceRecord, type MarkerSeed } from './zone-image.js';

/** Compare-and-swaps lost to another writer before the pair is forced to 100/0 whatever its weights are. */
const lostRacesBeforeForce = 2;

/**
 * What a rollback does about one host, decided from what stands there and nowhere else:
 *
 * | what stands there            | what is written                                         |
 * | ---------------------------- | ------------------------------------------------------- |
 * | what stood before the take-over, and nothing was ever sent | nothing                   |
 * | plain CNAME or alias to the source | only the marker, unless it says ended already      |
 * | our pair                     | CAS to the plain CNAME; after two lost races UPSERT 100/0 |
 * | one member of our pair       | UPSERT both members, 100/0                              |
 * | our members and a foreign one| UPSERT ours 100/0, and an alarm                         |
 * | plain CNAME or alias to our target | CAS to the plain CNAME of the source              |
 * | plain CNAME to a name that the source has left | CAS to the plain CNAME of the source  |
 * | nothing                      | CREATE the plain CNAME                                  |
 * | anything else                | nothing, and an alarm                                   |
 */
export type HostRollback =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'write';
      readonly batch: ChangeBatch;
      readonly after: HostImage;
      readonly alarm: string | null;
    }
  | { readonly kind: 'untouched'; readonly alarm: string };

/** What a rollback knows about a host besides what stands there. */
export interface RollbackProgress {
  /** Compare-and-swaps of this host that Route 53 refused since the rollback began. */
  readonly lostRaces: number;
  /** False while this migration has sent nothing, so that nothing of it can still land and needs the marker as its fence. */
  readonly hasWritten: boolean;
}

/** The rollback of one host from a fresh reading. */
export function rollbackHost(
  plan: RollbackPlan,
  host: HostPlan,
  found: HostImage,
  progress: RollbackProgress,
  seed: MarkerSeed,
): HostRollback {
  const write = (
    changes: readonly Change[],
    records: readonly RecordSet[],
    alarm: string | null = null,
  ): HostRollback => {
    const marker = endedMarker(plan, host, seed);
    const batch = { changes: [...changes, ...swapMarker(found, marker)], comment: comment(plan, host) };
    return {
      kind: 'write',
      batch: deletesFirst(batch),
      after: { host: host.host, records, marker: [marker] },
      alarm,
    };
  };
  const source = sourceRecord(plan, host);
  const { records } = found;
  const original = originalOf(plan, host.host);
  if (!progress.hasWritten && sameImage([original], [found])) return { kind: 'done' };
  if (records.length === 0) return write([create(source)], [source]);
  const plain = onlyPlainCname(records);
  const alias = aliasTarget(records);
  const isOriginalAlias = records[0]?.alias != null && sameRecords(records, original.records);
  if (plain?.values[0] === source.values[0] || isOriginalAlias || isSame(alias, host.source.dnsName))
    return isEndedByUs(plan, found) ? { kind: 'done' } : write([], records);
  const left = [host.target.dnsName, ...(host.formerSources ?? [])];
  if (plain !== null && left.includes(withFinalDot(plain.values[0] ?? ''))) {
    return write([remove(plain), create(source)], [source]);
  }
  if (isSame(alias, host.target.dnsName)) return write([...records.map(remove), create(source)], [source]);
  return rollbackPair(plan, host, records, progress.lostRaces, write) ?? untouched(host, records);
}

function isSame(alias: string | null, dnsName: string): boolean {
  return alias !== null && alias === bareAliasName(dnsName);
}

type Write = (
  changes: readonly Change[],
  records: readonly RecordSet[],
  alarm?: string | null,
) => HostRollback;

function rollbackPair(
  plan: RollbackPlan,
  host: HostPlan,
  records: readonly RecordSet[],
  lostRaces: number,
  write: Write,
): HostRollback | null {
  const members = pairMembers(records);
  const ours = [members.source, members.target].filter((member) => member !== null);
  if (ours.length === 0) return null;
  const foreign = records.filter((record) => !ours.includes(record));
  if (foreign.some((record) => record.type !== 'CNAME' || record.setIdentifier === null)) return null;
  const isWhole = ours.length === 2 && foreign.length === 0;
  if (isWhole && lostRaces < lostRacesBeforeForce) {
    const source = sourceRecord(plan, host);
    return write([...ours.map(remove), create(source)], [source]);
  }
  // All members of a weighted set must have one TTL, so a forced write keeps the TTL that stands there.
  const forced = weightedPair(host, 0, ours[0]?.ttl ?? plan.policy.ttlSeconds);
  const alarm =
    foreign[0] === undefined
      ? null
      : `${displayName(host.host)}: a foreign member still gets traffic: ${describeRecord(foreign[0])}`;
  return write(forced.map(upsert), [...forced, ...foreign], alarm);
}

/** `drain.json`: gives the source everything, at every stage, however often it is applied. */
export function drainBatch(plan: RollbackPlan): ChangeBatch {
  const pairs = plan.hosts.flatMap((host) => weightedPair(host, 0, plan.policy.ttlSeconds));
  return { changes: pairs.map(upsert), comment: `shift ${plan.id} break-glass: everything to the source` };
}

/**
 * The same, but Route 53 refuses it unless the markers stand as in this image: each is deleted by its exact value and created again, so
 * that another controller's is never written over.
 */
export function drainWhereMarked(plan: RollbackPlan, image: RecordImage): ChangeBatch {
  const markers = image.flatMap((host) => host.marker);
  const drain = drainBatch(plan);
  return { ...drain, changes: [...markers.map(remove), ...markers.map(create), ...drain.changes] };
}

/** True when an earlier write of this rollback already stands there. */
function isEndedByUs(plan: RollbackPlan, found: HostImage): boolean {
  const marker = readMarker(found.marker);
  return marker?.migrationId === plan.id && marker.state === 'ended';
}

function untouched(host: HostPlan, records: readonly RecordSet[]): HostRollback {
  const what = records.map((record) => describeRecord(record)).join('; ');
  return {
    kind: 'untouched',
    alarm: `${displayName(host.host)}: left untouched, because it is neither ours nor empty: ${what}`,
  };
}

function onlyPlainCname(records: readonly RecordSet[]): RecordSet | null {
  const [only, ...others] = records;
  const isPlain = only?.type === 'CNAME' && only.setIdentifier === null && only.foreignRouting === null;
  return isPlain && others.length === 0 ? only : null;
}

function swapMarker(found: HostImage, marker: RecordSet): Change[] {
  return [...found.marker.map(remove), create(marker)];
}

function deletesFirst(batch: ChangeBatch): ChangeBatch {
  const order = (change: Change): number => (change.action === 'DELETE' ? 0 : 1);
  return { ...batch, changes: batch.changes.toSorted((a, b) => order(a) - order(b)) };
}

function comment(plan: RollbackPlan, host: HostPlan): string {
  return `shift ${plan.id} rollback ${displayName(host.host)}`.slice(0, 256);
}

function create(record: RecordSet): Change {
  return { action: 'CREATE', record };
}

function remove(record: RecordSet): Change {
  return { action: 'DELETE', record };
}

function upsert(record: RecordSet): Change {
  return { action: 'UPSERT', record };
}
