import type { Event } from '../event.js';
import type { Topic } from '../gate/verdict.js';
import type { MigrationState } from '../migration-state.js';
import { displayName } from '../record-name.js';
import type { Instant } from '../time.js';
import { lookIsDue } from './look-due.js';
import { platformOf } from './platform-memory.js';
import type { PlatformReading } from './platform-reading.js';
import { platformTroubles } from './platform-trouble.js';

/** What a source that is being switched off does to a rollback that still leads to it. */
const topics: readonly Topic[] = ['rollback-path-broken', 'source-scaled-down', 'app-renamed'];

/**
 * Whether it is time to look at the source of a completed migration: until it is forgotten, `rollback` puts everything back there, and nobody
 * else looks any more.
 */
export function sourceWatchIsDue(state: MigrationState, now: Instant): boolean {
  if (state.phase.phase !== 'completed') return false;
  return state.plan.hosts.some(({ host }) =>
    lookIsDue(state, platformOf(state.platforms, host, 'source'), now),
  );
}

/** The readings of one look; nothing else of the migration is looked at any more. */
export function sourceWatchedEvent(at: Instant, platforms: readonly PlatformReading[]): Event {
  return { type: 'source-watched', at, platforms };
}

/** The next alarm to raise or to clear about the source, or null; each trouble once until it is over. */
export function sourceWatchEvent(state: MigrationState, at: Instant): Event | null {
  const troubles = platformTroubles(state, at).filter(({ topic }) => topics.includes(topic));
  const news = troubles.find(({ topic }) => !state.alarms.includes(topic));
  if (news !== undefined)
    return { type: 'alarm-raised', at, topic: news.topic, because: `${news.because}; ${endsWith(state)}` };
  const over = topics.find(
    (topic) => state.alarms.includes(topic) && !troubles.some((trouble) => trouble.topic === topic),
  );
  return over === undefined ? null : { type: 'alarm-cleared', at, topic: over };
}

function endsWith({ plan }: MigrationState): string {
  const host = displayName(plan.hosts[0]?.host ?? plan.id);
  return `if it is meant to go, so does the way back: shiftctl forget ${host}`;
}
