import type { Change } from './change-batch.js';
import type { Failure } from './failure.js';
import { frame, seedAbove, type IntentOrigin } from './intent-factory.js';
import type { Intent } from './intent.js';
import { readMarker } from './marker.js';
import type { MigrationState } from './migration-state.js';
import { foreignMarkers } from './our-records.js';
import type { RecordImage } from './record-image.js';
import { displayName } from './record-name.js';
import { plus, type Instant } from './time.js';

/** As long as the marker stands, `rollback` works from the zone alone; a week covers a weekend and a holiday. */
const keptMs = 7 * 24 * 3_600_000;

/** When the marker of a migration that ended at `endedAt` may go. */
export function forgettableFrom(endedAt: Instant): Instant {
  return plus(endedAt, keptMs);
}

/** Why the marker of an ended migration cannot go yet, or null. `describe` puts an instant into words. */
export function forgetObjection(
  state: MigrationState,
  found: RecordImage,
  now: Instant,
  describe: (at: Instant) => string,
): Failure | null {
  const { plan, phase } = state;
  const name = displayName(plan.hosts[0]?.host ?? '');
  if (phase.phase !== 'completed' && phase.phase !== 'rolled-back' && phase.phase !== 'restored')
    return {
      reason: 'conflict',
      message: `${plan.id} is ${phase.phase}; only a migration that has ended can be forgotten`,
      fix: phase.phase === 'forgotten' ? 'nothing is left to do' : `see: shiftctl status ${name}`,
    };
  const from = forgettableFrom(phase.at);
  if (now < from) {
    const date = describe(from);
    return {
      reason: 'refused',
      check: 'age',
      message: `${plan.id} ended less than seven days ago; until ${date} its marker is kept, so that a rollback works from the zone alone`,
      fix: `try again after ${date}`,
    };
  }
  const live = found.find((host) => readMarker(host.marker)?.state === 'live');
  return foreignMarkers(state, found) ?? (live === undefined ? null : isLive(displayName(live.host)));
}

/** The write that removes the markers and touches nothing else; null when there are none. */
export function forgetIntent(state: MigrationState, origin: IntentOrigin, found: RecordImage): Intent | null {
  const markers = found.flatMap((host) => host.marker);
  if (markers.length === 0) return null;
  const changes = markers.map((record): Change => ({ action: 'DELETE', record }));
  return {
    ...frame(origin, 'forget', state.share, seedAbove(state, origin, found, state.share)),
    before: found,
    after: found.map((host) => ({ ...host, marker: [] })),
    batch: { changes, comment: `shift ${state.plan.id} forget` },
  };
}

function isLive(host: string): Failure {
  return {
    reason: 'conflict',
    message: `the marker at ${host} says that this migration is live: another controller runs it`,
    fix: `end it there first: shiftctl rollback ${host}`,
  };
}
