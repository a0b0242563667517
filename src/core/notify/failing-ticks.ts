import type { MigrationState } from '../migration-state.js';
import { displayName } from '../record-name.js';
import { assert } from '../result.js';
import { safeText } from '../safe-text.js';
import { formatDuration, type Instant } from '../time.js';
import { commandsFor } from './commands.js';
import type { Message } from './message.js';
import { whatNext } from './what-next.js';

/** Of an error's text; a page is read on a telephone. */
const maxText = 400;

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
  const because = `no tick has been finished for ${lasted}: ${safeText(error, maxText)}; nothing goes forward until one is, and a rollback is made all the same`;
  return message(state, sequence, at, {
    kind: 'alarm',
    severity: 'page',
    headline: `the controller cannot work at ${state.share} %`,
    because,
    resolves: [],
  });
}

/** Ends that page. */
export function recoveredMessage(state: MigrationState, sequence: number, at: Instant): Message {
  return message(state, sequence, at, {
    kind: 'alarm-over',
    severity: 'inform',
    headline: 'over: the controller cannot work',
    because: 'a tick has been finished again',
    resolves: [keyOf(state, sequence)],
  });
}

function message(
  { plan, share }: MigrationState,
  sequence: number,
  at: Instant,
  said: Pick<Message, 'kind' | 'severity' | 'headline' | 'because' | 'resolves'>,
): Message {
  const [first] = plan.hosts;
  assert(first !== undefined, 'a migration has at least one host');
  const name = displayName(first.host);
  const others = plan.hosts.length > 1 ? ` and ${plan.hosts.length - 1} more` : '';
  return {
    ...said,
    sequence,
    at,
    topic,
    key: said.kind === 'alarm' ? keyOf({ plan }, sequence) : `${keyOf({ plan }, sequence)}/over`,
    migrationId: plan.id,
    hosts: plan.hosts.map(({ host }) => host),
    share,
    headline: `${name}${others}: ${said.headline}`,
    next: whatNext(said.kind),
    numbers: [],
    commands: commandsFor(said.kind, name),
  };
}

const topic = 'alarm/ticks-failing';

function keyOf({ plan }: Pick<MigrationState, 'plan'>, sequence: number): string {
  return `shift/${plan.id}/${topic}/${sequence}`;
}
