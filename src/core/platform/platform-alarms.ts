import type { Event } from '../event.js';
import type { Topic } from '../gate/verdict.js';
import type { MigrationState } from '../migration-state.js';
import type { Instant } from '../time.js';
import { platformTroubles } from './platform-trouble.js';

/** The alarms that the platforms raise and, when they are over, clear. */
const platformTopics: readonly Topic[] = [
  'rollback-path-broken',
  'target-broken',
  'app-renamed',
  'source-moved',
  'source-scaled-down',
  'certificate-short',
];

/** The next alarm to raise or to clear because of what the platforms say, or null. */
export function platformEvent(state: MigrationState, at: Instant): Event | null {
  if (state.phase.phase === 'planned') return null;
  const troubles = platformTroubles(state, at);
  const news = troubles.find(({ topic }) => !state.alarms.includes(topic));
  if (news !== undefined) return { type: 'alarm-raised', at, topic: news.topic, because: news.because };
  const over = platformTopics.find(
    (topic) => state.alarms.includes(topic) && !troubles.some((trouble) => trouble.topic === topic),
  );
  return over === undefined ? null : { type: 'alarm-cleared', at, topic: over };
}
