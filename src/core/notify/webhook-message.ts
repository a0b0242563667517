import { displayName, type RecordName } from '../record-name.js';
import type { Instant } from '../time.js';
import { commandLines, type ControllerPlace, type MessageHead } from './command-lines.js';
import { isoTime } from './iso-time.js';
import type { Message } from './message.js';

/** The body of a generic webhook: `type`, `timestamp` and `data`, as the Standard Webhooks specification recommends. */
export function webhookMessage(message: Message, place: ControllerPlace, head: MessageHead): object {
  const { sequence, kind, severity, topic, key, resolves, migrationId, share } = message;
  return {
    type: `shift.${kind}`,
    timestamp: isoTime(message.at),
    data: {
      sequence,
      severity,
      topic,
      key,
      resolves,
      migration: migrationId,
      hosts: names(message.hosts),
      share,
      headline: message.headline,
      because: message.because,
      next: message.next,
      numbers: message.numbers,
      machine: place.machine,
      commands: commandLines(message, place),
      journal: { sequence: head.sequence, hash: head.hash },
    },
  };
}

/** What a before-stage hook is asked; the answer that lets the stage begin is `{"allow": true}`. */
export function hookQuestionBody(question: {
  readonly migrationId: string;
  readonly hosts: readonly RecordName[];
  readonly stage: number;
  readonly shareNow: number;
  readonly shareNext: number;
  readonly because: string;
  readonly askedAt: Instant;
}): object {
  const { migrationId: migration, hosts, stage, shareNow, shareNext, because, askedAt } = question;
  return {
    type: 'shift.before-stage',
    timestamp: isoTime(askedAt),
    data: { migration, hosts: names(hosts), stage, shareNow, shareNext, because },
  };
}

function names(hosts: readonly RecordName[]): string[] {
  return hosts.map((host) => displayName(host));
}
