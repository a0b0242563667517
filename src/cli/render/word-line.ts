import type { Event } from '../../core/event.js';
import { unreachable } from '../../core/result.js';

type Word = Event & {
  type: 'approval-needed' | 'approved' | 'promoted' | 'approval-expired' | 'paused' | 'resumed' | 'replanned';
};

/** What a person was asked for or said, as one line. */
export function wordLine(event: Word): string {
  switch (event.type) {
    case 'approval-needed':
      return `⚠ waits for an approval: ${event.because}`;
    case 'approved':
      return `✔ approved by ${event.by}: ${event.because}`;
    case 'promoted':
      return `✔ ${promoted(event)} by ${event.by}${event.override ? ', overriding the gate' : ''}: ${event.because}`;
    case 'approval-expired':
      return `⚠ expired: ${event.because}`;
    case 'paused':
      return `‖ paused by ${event.by}: ${event.because}`;
    case 'resumed':
      return `● resumed by ${event.by}: ${event.because}`;
    case 'replanned':
      return `● replanned by ${event.by}, policy ${event.policy.name}: ${event.because}`;
    default:
      return unreachable(event);
  }
}

function promoted({ endsBake, to }: Word & { type: 'promoted' }): string {
  return endsBake === true ? 'finalized early' : `promoted to ${to}%`;
}
