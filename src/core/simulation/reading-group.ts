import type { Event } from '../event.js';
import type { Observation } from '../observation.js';
import type { Instant } from '../time.js';

/** A reading and everything that was journaled after it, up to the next. */
export interface ReadingGroup {
  readonly observation: Observation;
  readonly rest: readonly Event[];
}

/** How far a replay is, 0 to 1, and whether it has left what was measured. */
export interface RunProgress {
  readonly part: number;
  readonly at: Instant;
  readonly isForecast: boolean;
}

/** The readings of a journal in order. */
export function groupsOf(events: readonly Event[]): readonly ReadingGroup[] {
  const groups: { observation: Observation; rest: Event[] }[] = [];
  for (const event of events) {
    if (event.type === 'observed') groups.push({ observation: event.observation, rest: [] });
    else groups.at(-1)?.rest.push(event);
  }
  return groups;
}

/** A copy that lacks some of its optional keys. */
export function without<T extends object, K extends keyof T>(value: T, keys: readonly K[]): Omit<T, K> {
  const kept = Object.entries(value).filter(([key]) => !(keys as readonly string[]).includes(key));
  return Object.fromEntries(kept) as Omit<T, K>;
}
