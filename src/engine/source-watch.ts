import type { Event } from '../core/event.js';
import { apply } from '../core/migration.js';
import { sourceWatchEvent, sourceWatchedEvent, sourceWatchIsDue } from '../core/platform/source-watch.js';
import type { Engine } from './engine.js';
import type { Journal } from './journal.js';
import { partTimeoutMs, partWithin, silentPlatforms } from './reading-parts.js';

/** One reading leads to at most one alarm for each topic. */
const maxEvents = 10;

/** Looks at the source of a completed migration once an hour, and tells once when a rollback to it would fail. */
export async function watchSource(engine: Engine, journal: Journal, signal: AbortSignal): Promise<void> {
  const { clock } = engine;
  if (signal.aborted || journal.isDetached() || !sourceWatchIsDue(journal.state, clock.now())) return;
  const { state } = journal;
  const readings = await partWithin(
    engine.platforms.collect(state, signal),
    partTimeoutMs(state.plan.policy),
    clock,
    (because) => silentPlatforms(state, clock.now(), because),
  );
  if (readings.length === 0) return;
  const at = clock.now();
  const events: Event[] = [sourceWatchedEvent(at, readings)];
  let seen = events.reduce(apply, state);
  for (let event = sourceWatchEvent(seen, at); event !== null; event = sourceWatchEvent(seen, at)) {
    events.push(event);
    seen = apply(seen, event);
    if (events.length >= maxEvents) break;
  }
  // Refused when somebody has written meanwhile; the next look says it all again.
  await journal.append(events, at);
}
