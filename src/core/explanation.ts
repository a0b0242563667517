import { nameDrift } from './drift-name.js';
import type { Intent } from './intent.js';
import { countsIn } from './late-write.js';
import { breakGlassIntent, describeFence, readMarker, type Marker } from './marker.js';
import type { MigrationState } from './migration-state.js';
import { movesLeftBehind } from './platform/left-behind.js';
import { newTarget } from './platform/new-target.js';
import { platformOf } from './platform/platform-memory.js';
import { displayName } from './record-name.js';
import { originalOf } from './plan.js';
import { describeRecord, sameRecord, sameRecords, type RecordSet } from './record-set.js';
import { sameImage, sameRecordsOf, type HostImage, type RecordImage } from './record-image.js';
import { shareOf } from './share.js';
import { sourceNames } from './source-names.js';
import type { HaltCause } from './event.js';

/**
 * What the zone's records and markers mean when they are not what the last receipt left.
 *
 * - `landed`: a write of ours stands there, known by the id in its marker; the answer to it was lost or came late.
 * - `not-done`: everything stands as before the open write.
 * - `put-back`: our marker stands there, but the records give everything to the source: a person put it back by hand.
 * - `halt`: nothing of ours explains it.
 */
export type Explanation =
  | { readonly kind: 'as-receipt' }
  | { readonly kind: 'landed'; readonly intent: Intent }
  | { readonly kind: 'not-done' }
  | { readonly kind: 'put-back'; readonly because: string }
  | {
      readonly kind: 'halt';
      readonly cause: HaltCause;
      readonly because: string;
      readonly differences: readonly string[];
    };

/** Explains a whole reading of the zone. Ids decide, never the mere likeness of records. */
export function explain(state: MigrationState, image: RecordImage): Explanation {
  if (state.phase.phase === 'forgetting') return explainForgetting(state, image);
  if (sameImage(image, state.image))
    return state.openIntent === null ? { kind: 'as-receipt' } : { kind: 'not-done' };
  const landed = state.intents.find(
    (intent) =>
      intent.generation > state.generation &&
      countsIn(state.phase, intent.kind) &&
      sameImage(image, intent.after),
  );
  if (landed !== undefined) return { kind: 'landed', intent: landed };
  if (state.openIntent !== null && sameImage(image, state.openIntent.before)) return { kind: 'not-done' };
  const found = differences(state.image, image);
  const older = state.intents.find(
    (intent) => intent.generation < state.generation && sameImage(image, intent.after),
  );
  if (older !== undefined) {
    const because = `the zone was set back to generation ${older.generation}; the last write was ${state.generation}`;
    return { kind: 'halt', cause: 'drift', because, differences: found };
  }
  const markers = image.map((host) => readMarker(host.marker));
  if (markers.every((marker) => marker !== null && mayHaveEnded(state, marker)) && isAtSource(state, image)) {
    const where = leftName(state, image);
    const because = `the records were put back to the source outside of this journal${where}`;
    return { kind: 'put-back', because };
  }
  const fence = markers.find((marker) => marker !== null && !isOurs(state, marker));
  if (fence)
    return {
      kind: 'halt',
      cause: 'fenced',
      because: describeFence(fence),
      differences: found,
    };
  const { openIntent } = state;
  const isUndone =
    openIntent !== null && steps.includes(openIntent.kind) && sameRecordsOf(image, openIntent.before);
  if (isUndone && markers.every((marker) => marker !== null)) {
    const because = `someone put the records back to ${state.share}% by hand while the answer to the step to ${openIntent.share}% was missing`;
    return { kind: 'put-back', because };
  }
  return { kind: 'halt', cause: 'drift', because: nameDrift(state.image, image), differences: found };
}

/** The writes that move traffic forward. */
const steps: readonly Intent['kind'][] = ['stage', 'finalize'];

/** Only the marker matters: after the end the records are nobody's business but their owner's. */
function explainForgetting({ openIntent }: MigrationState, image: RecordImage): Explanation {
  if (openIntent === null) return { kind: 'as-receipt' };
  const isGone = image.every((host) => host.marker.length === 0);
  return isGone ? { kind: 'landed', intent: openIntent } : { kind: 'not-done' };
}

/** A marker is ours when one of our intents or break-glass files wrote it, or when it is the one we found before the take-over. */
export function isOurs(state: MigrationState, marker: Marker): boolean {
  if (marker.migrationId === state.plan.id) {
    return (
      marker.intentId === breakGlassIntent || state.intents.some((intent) => intent.id === marker.intentId)
    );
  }
  const found = state.plan.originals.map((host) => readMarker(host.marker)?.intentId);
  return state.generation === marker.generation && found.includes(marker.intentId);
}

/**
 * An ended marker of our migration under an id the journal does not know: `rollback --no-state`, or a rollback while the state
 * file could not be written. With the records at the source it says that the migration is over, and nobody is fenced by that.
 */
function mayHaveEnded(state: MigrationState, marker: Marker): boolean {
  return isOurs(state, marker) || (marker.migrationId === state.plan.id && marker.state === 'ended');
}

/** True when every host gives everything to the source, although our last write did not leave it so. */
function isAtSource(state: MigrationState, image: RecordImage): boolean {
  if (state.phase.phase === 'planned' || state.phase.phase === 'taking-over') return false;
  return state.plan.hosts.every((host) => {
    const records = image.find((candidate) => candidate.host === host.host)?.records ?? [];
    if (sameRecords(records, originalOf(state.plan, host.host).records)) return true;
    const [only] = records;
    const isPlain = records.length === 1 && only?.type === 'CNAME' && only.setIdentifier === null;
    // A person may have followed the line of a page to where the app is by now.
    const moved = newTarget(host, platformOf(state.platforms, host.host, 'source'));
    if (isPlain) return [...sourceNames(host), moved].includes(only.values[0] ?? '');
    return state.share > 0 && shareOf(records) === 0;
  });
}

/** Old files may have put it back where it has left: said, because a rollback of this program goes on from there. */
function leftName(state: MigrationState, image: RecordImage): string {
  const [left] = movesLeftBehind({ ...state, image });
  if (left === undefined) return '';
  const [name, now] = [displayName(left.host), displayName(left.to)];
  return `, but under a name that the source of ${name} has left; it answered as ${now}: shiftctl rollback ${name}`;
}

/** The differences between two images, one line each, for people: what was expected there, what stands there. */
export function differences(expected: RecordImage, found: RecordImage): string[] {
  return expected.flatMap((host) => {
    const other = found.find((candidate) => candidate.host === host.host);
    return [
      ...compareSets(displayName(host.host), host.records, other?.records ?? []),
      ...compareSets(`marker of ${displayName(host.host)}`, host.marker, other?.marker ?? []),
    ];
  });
}

function compareSets(label: string, expected: HostImage['records'], found: HostImage['records']): string[] {
  const missing = expected.filter((record) => !found.some((other) => sameRecord(record, other)));
  const extra = found.filter((record) => !expected.some((other) => sameRecord(record, other)));
  const line = (sign: string) => (record: RecordSet) => `${label}: ${sign} ${describeRecord(record)}`;
  return [...missing.map(line('-')), ...extra.map(line('+'))];
}
