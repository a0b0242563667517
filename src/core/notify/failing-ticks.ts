import type { MigrationState } from '../migration-state.js';
import { safeText } from '../safe-text.js';
import { formatDuration, type Instant } from '../time.js';
import { addressed, messageKey } from './addressed.js';
import type { Message } from './message.js';

/** Of an error's text, so that what follows it is not cut off. */
const maxError = 400;

/** Ticks that cannot be finished, as the process that tries them knows it: none of it is in the journal. */
export interface FailingTicks {
  /** The last state that is known, and the journal entry that it is of. */
  readonly state: MigrationState;
  readonly sequence: number;
  /** How long no tick has been finished. */
  readonly lastedMs: number;
  /** What the latest one ended with. */
  readonly error: string;
}

/** The page that no journal entry can ask for, because the journal is what cannot be used. Twice the same key is one page. */
export function failingMessage({ state, sequence, lastedMs, error }: FailingTicks, at: Instant): Message {
  const lasted = formatDuration(Math.floor(lastedMs / 1000) * 1000);
  const because = `no tick has been finished for ${lasted}: ${safeText(error, maxError)}; nothing goes forward until one is, and a rollback is made all the same`;
  const headline = `the controller cannot work at ${state.share} %`;
  const said = { kind: 'alarm', severity: 'page', topic, headline, because } as const;
  return addressed(state, said, { sequence, at, resolves: [], numbers: [] });
}

/** Ends that page. */
export function recoveredMessage(state: MigrationState, sequence: number, at: Instant): Message {
  const page = messageKey(state.plan.id, topic, sequence);
  const said = {
    kind: 'alarm-over',
    severity: 'inform',
    topic,
    headline: 'over: the controller cannot work',
    because: 'a tick has been finished again',
  } as const;
  // No entry of the journal stands between the two.
  return addressed(state, said, { sequence, at, resolves: [page], numbers: [], key: `${page}/over` });
}

const topic = 'alarm/ticks-failing';
