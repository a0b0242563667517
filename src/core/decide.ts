import { timesOf } from './after-ending.js';
import { observingEvent, takeOverEvent, waitingEvent } from './advance.js';
import type { Event } from './event.js';
import { foundationEvent } from './foundation/foundation-trouble.js';
import { explain, isOurs } from './explanation.js';
import type { Alarm, Topic } from './gate/verdict.js';
import { gapEvent } from './gap-event.js';
import { judge } from './gate/judge.js';
import { readMarker } from './marker.js';
import type { MigrationState } from './migration-state.js';
import { apply } from './migration.js';
import { serversAreClean, serversShowMarkers } from './name-server-agreement.js';
import { rollbackReminder } from './notify/reminder.js';
import type { Observation } from './observation.js';
import { isLive, settledAt, type Halted, type RollbackRequest, type Settle } from './phase.js';
import { planFileEvent } from './plan-file-news.js';
import { sourceMovedEvent } from './platform/moved-source.js';
import { platformEvent } from './platform/platform-alarms.js';
import type { RecordImage } from './record-image.js';
import { refusalEvent } from './refusals.js';
import { waitEvent } from './rollback-wait.js';
import { assert, unreachable } from './result.js';
import { rollbackReason } from './rollback-reason.js';
import { describeRemains, sourceRemains } from './source-remains.js';
import { formatDuration, elapsed } from './time.js';
import { expiryEvent } from './word-expiry.js';

/** More events than one reading can lead to; reaching it is a bug. */
const maxEventsPerReading = 20;

/** A change that takes longer than this to reach all name servers wants a person's eye. */
const slowPropagationMs = 15 * 60_000;

/**
 * Everything that follows from the latest reading, in order, each event with its reason. Pure: the same journal gives the same
 * events, on replay as well as live. Ends with at most one opened intent, because what it will do to the zone is unread.
 */
export function decide(state: MigrationState): readonly Event[] {
  const events: Event[] = [];
  let current = state;
  for (;;) {
    const event = nextEvent(current);
    if (event === null) return events;
    events.push(event);
    assert(events.length <= maxEventsPerReading, 'one reading leads to few events');
    current = apply(current, event);
    if (event.type === 'intent-opened') return events;
  }
}

/** The one event that comes next, or null. The order of the rules is the order of their weight. */
function nextEvent(state: MigrationState): Event | null {
  const { latest: seen, phase } = state;
  if (seen === null || !isLive(phase)) return null;
  if (phase.phase === 'rolling-back') return waitEvent(state, seen);
  if (phase.phase === 'draining') return drainingEvent(state, seen);
  return (
    zoneEvent(state, seen) ??
    sourceMovedEvent(state, seen) ??
    guardEvent(state, seen) ??
    foundationEvent(state, seen.at) ??
    platformEvent(state, seen.at) ??
    refusalEvent(state, seen.at) ??
    gapEvent(state, seen) ??
    expiryEvent(state, seen.at) ??
    planFileEvent(state, seen.at) ??
    progressEvent(state, seen)
  );
}

/** What the records and markers say about our open or late writes, and about anybody else's. */
function zoneEvent(state: MigrationState, seen: Observation): Event | null {
  if (state.phase.phase === 'halted') return null;
  const image = readImage(state, seen);
  if (image === null) return null;
  const explanation = explain(state, image);
  const at = seen.at;
  switch (explanation.kind) {
    case 'as-receipt':
      return null;
    case 'landed':
      return {
        type: 'change-accepted',
        at,
        intentId: explanation.intent.id,
        changeId: null,
        how: 'read-back',
      };
    case 'not-done':
      return abandon(state, at, 'the zone stands as before this write, so it did not happen');
    case 'put-back':
      return { type: 'rolled-back', at, by: 'person', because: explanation.because };
    case 'halt': {
      const { cause, because, differences } = explanation;
      return { type: 'halted', at, cause, because, differences };
    }
    default:
      return unreachable(explanation);
  }
}

function abandon(state: MigrationState, at: Observation['at'], because: string): Event | null {
  return state.openIntent && { type: 'intent-abandoned', at, intentId: state.openIntent.id, because };
}

function readImage(state: MigrationState, seen: Observation): RecordImage | null {
  switch (seen.zone.status) {
    case 'expected':
      return state.image;
    case 'image':
      return seen.zone.image;
    case 'unknown':
      return null;
    default:
      return unreachable(seen.zone);
  }
}

/** The guard: on in every live phase, paused and waiting ones included, while the target may get traffic. */
function guardEvent(state: MigrationState, seen: Observation): Event | null {
  const { phase } = state;
  const mayReachTarget = state.share > 0 || (state.openIntent?.share ?? 0) > 0;
  const halt = haltOf(phase);
  if (!mayReachTarget || phase.phase === 'forgetting' || halt?.cause === 'fenced') return null;
  const { verdict, because, topic, alarm } = judge(state, null, seen.at);
  if (verdict !== 'rollback') return alarmEvent(state, seen, alarm);
  if (halt !== null && !markersAreOurs(state, seen)) {
    const halted = `${because}; not rolled back, because the markers do not carry this migration's id`;
    return alarmEvent(state, seen, { topic, because: halted });
  }
  return { type: 'rollback-requested', at: seen.at, by: 'guard', who: 'guard', because };
}

/** The halt that lasts until the way out of it has been written. */
function haltOf(phase: MigrationState['phase']): Halted | null {
  if (phase.phase === 'halted') return phase;
  if (phase.phase === 'adopting') return phase.was;
  return phase.phase === 'restoring' && phase.settle === null && phase.was.phase === 'halted'
    ? phase.was
    : null;
}

/** After drift the guard may write only where our own marker still stands; an unreadable zone says nothing about that. */
function markersAreOurs(state: MigrationState, seen: Observation): boolean {
  const image = readImage(state, seen);
  const markers = image?.map((host) => readMarker(host.marker)) ?? [null];
  return markers.every((marker) => marker !== null && isOurs(state, marker));
}

/** The alarms that the guard raises and, when they are over, clears. */
const guardTopics: readonly Topic[] = ['source-failing', 'target-failing', 'both-failing'];

function alarmEvent(state: MigrationState, seen: Observation, alarm: Alarm | null): Event | null {
  if (alarm !== null && !state.alarms.includes(alarm.topic))
    return { type: 'alarm-raised', at: seen.at, ...alarm };
  const over = guardTopics.find((topic) => topic !== alarm?.topic && state.alarms.includes(topic));
  return over === undefined ? null : { type: 'alarm-cleared', at: seen.at, topic: over };
}

/** What the phase itself waits for. */
function progressEvent(state: MigrationState, seen: Observation): Event | null {
  const { phase } = state;
  switch (phase.phase) {
    case 'planned':
      return state.pause === null ? takeOverEvent(state, seen) : null;
    case 'settling':
      return (
        settleEvent(state, seen, phase.settle) ??
        whenSettled(phase.settle, seen, { type: 'settled', at: seen.at })
      );
    case 'observing':
      return state.pause === null ? observingEvent(state, seen, phase) : null;
    case 'waiting':
      return state.pause === null ? waitingEvent(state, seen, phase) : null;
    case 'finalizing': {
      if (phase.settle === null) return null;
      const remains = describeRemains(sourceRemains(state, seen.at), seen.at);
      const completed: Event = { type: 'completed', at: seen.at, remains };
      return settleEvent(state, seen, phase.settle) ?? whenSettled(phase.settle, seen, completed);
    }
    case 'restoring':
      return phase.settle && (settleEvent(state, seen, phase.settle) ?? restoredEvent(phase.settle, seen));
    case 'forgetting':
      return state.openIntent === null ? { type: 'forgotten', at: seen.at } : null;
    case 'taking-over':
    case 'shifting':
    case 'completed':
    case 'rolling-back':
    case 'draining':
    case 'rolled-back':
    case 'halted':
    case 'adopting':
    case 'restored':
    case 'forgotten':
      return null;
    default:
      return unreachable(phase);
  }
}

function restoredEvent(settle: Settle, seen: Observation): Event | null {
  return whenSettled(settle, seen, { type: 'restored', at: seen.at });
}

/** Notes when a change is INSYNC and when the name servers agree; without a change id the name servers speak for both. */
function settleEvent(state: MigrationState, seen: Observation, settle: Settle): Event | null {
  const agreed = settle.agreedAt !== null;
  if (!agreed && serversShowMarkers(state, seen.nameServers)) return { type: 'servers-agreed', at: seen.at };
  if (settle.insyncAt === null && isInsync(seen, settle, agreed)) return { type: 'insync', at: seen.at };
  const topic = 'slow-propagation';
  const isTold = state.alarms.includes(topic);
  if (settle.insyncAt !== null && agreed)
    return isTold ? { type: 'alarm-cleared', at: seen.at, topic } : null;
  if (isTold || elapsed(settle.acceptedAt, seen.at) <= slowPropagationMs) return null;
  const because = `the change is not on every name server after ${formatDuration(slowPropagationMs)}; the stage does not begin until it is`;
  return { type: 'alarm-raised', at: seen.at, topic, because };
}

function isInsync(seen: Observation, settle: Settle, agreed: boolean): boolean {
  if (settle.changeId === null) return agreed;
  if (seen.change === null) return false;
  if (seen.change.status === 'unknown') return agreed && seen.change.failure.reason === 'not-found';
  return seen.change.status === 'INSYNC' && seen.change.changeId === settle.changeId;
}

function whenSettled(settle: Settle, seen: Observation, event: Event): Event | null {
  const at = settledAt(settle);
  return at !== null && seen.at >= at ? event : null;
}

/** A rollback is over when Route 53 and every name server have it and none hands out the target any more. */
function drainingEvent(state: MigrationState, seen: Observation): Event | null {
  const { phase } = state;
  assert(phase.phase === 'draining', 'only draining drains');
  const { settle } = phase;
  const noted = settle && settleEvent(state, seen, settle);
  if (noted !== null) return noted;
  const isAgreed = settle === null || settle.agreedAt !== null;
  if (!isAgreed || !serversAreClean(state, seen.nameServers))
    return uncleanEvent(state, seen, phase.rollback);
  const times = timesOf(phase, seen.at);
  const { by } = phase.rollback;
  const because = rollbackReason(phase.rollback);
  return { type: 'rolled-back', at: seen.at, by, because, ...(times === null ? {} : { times }) };
}

/** Somebody may have given the target weight again after the rollback was written; whoever is paged can ask for it once more. */
function uncleanEvent(state: MigrationState, seen: Observation, rollback: RollbackRequest): Event | null {
  const topic = 'rollback-incomplete';
  const isSlow = elapsed(rollback.requestedAt, seen.at) > slowPropagationMs;
  const first = `not every name server is known to have stopped handing out the target after ${formatDuration(slowPropagationMs)}; look at the zone and roll back again`;
  const because = state.alarms.includes(topic) || !isSlow ? rollbackReminder(state, seen.at) : first;
  if (because === null) return null;
  return { type: 'alarm-raised', at: seen.at, topic, because };
}
