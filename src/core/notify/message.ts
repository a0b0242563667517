import type { RecordName } from '../record-name.js';
import type { Instant } from '../time.js';

/** `page` wakes somebody; `inform` is read when there is time. */
export type Severity = 'page' | 'inform';

/** Every kind of message; a policy may choose among them. */
export const messageKinds = [
  'stage-reached',
  'completed',
  'paused',
  'resumed',
  'approved',
  'held',
  'gap',
  'rolling-back',
  'rolled-back',
  'restored',
  'halted',
  'asked',
  'alarm',
  'alarm-over',
  'plan-file-changed',
] as const;

export type MessageKind = (typeof messageKinds)[number];

/** What people are told about one journal entry, made from the journal alone. */
export interface Message {
  /** The journal entry it is about. */
  readonly sequence: number;
  readonly at: Instant;
  readonly kind: MessageKind;
  readonly severity: Severity;
  /** Of two messages about the same topic the later one tells all that matters: `rollback`, `alarm/source-failing`. */
  readonly topic: string;
  /** Names what a page is about, so that telling it twice is telling it once. */
  readonly key: string;
  /** The keys of earlier pages that are over now. */
  readonly resolves: readonly string[];
  readonly migrationId: string;
  readonly hosts: readonly RecordName[];
  /** The target's percentage in force. */
  readonly share: number;
  readonly headline: string;
  readonly because: string;
  /** What happens if nobody types anything, in one sentence. */
  readonly next: string | null;
  /** What was counted on each side, one line each. */
  readonly numbers: readonly string[];
  readonly commands: readonly Command[];
}

/** What to type. */
export interface Command {
  readonly does: string;
  /** Where the controller's state is. */
  readonly here: string;
  /** On any machine with AWS credentials; null when only the journal will do. */
  readonly anywhere: string | null;
}
