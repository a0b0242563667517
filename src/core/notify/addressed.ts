import type { MigrationState } from '../migration-state.js';
import { lineFromAnywhere } from '../platform/left-behind.js';
import { displayName } from '../record-name.js';
import { assert } from '../result.js';
import { safeText } from '../safe-text.js';
import type { Instant } from '../time.js';
import { commandsFor } from './commands.js';
import type { Message } from './message.js';
import { whatNext } from './what-next.js';

/** Longer texts are cut: a page is read on a telephone. */
export const maxText = 600;

/** What there is to say, before it is addressed. */
export type Said = Pick<Message, 'kind' | 'severity' | 'topic' | 'headline' | 'because'>;

/** When it is said, of which journal entry, and what it ends. */
export interface Occasion {
  readonly sequence: number;
  readonly at: Instant;
  /** The keys of the pages that are over with it. */
  readonly resolves: readonly string[];
  /** What was counted on each side. */
  readonly numbers: readonly string[];
  /** Where the message ends a page of the same topic and entry and needs a key of its own. */
  readonly key?: string;
}

/** The message about this migration: which hosts, what goes to the target, what happens next, and what to type. */
export function addressed(state: MigrationState, said: Said, occasion: Occasion): Message {
  const { plan, share } = state;
  const [first] = plan.hosts;
  assert(first !== undefined, 'a migration has at least one host');
  const others = plan.hosts.length > 1 ? ` and ${plan.hosts.length - 1} more` : '';
  const name = displayName(first.host);
  return {
    ...said,
    key: messageKey(plan.id, said.topic, occasion.sequence),
    ...occasion,
    migrationId: plan.id,
    hosts: plan.hosts.map(({ host }) => host),
    share,
    headline: safeText(`${name}${others}: ${said.headline}`, maxText),
    because: safeText(said.because, maxText),
    next: whatNext(said.kind),
    commands: commandsFor(said.kind, name, lineFromAnywhere(state)),
  };
}

/** What a page is known by wherever it is told or ended. */
export function messageKey(migrationId: string, topic: string, sequence: number): string {
  return `shift/${migrationId}/${topic}/${sequence}`;
}
