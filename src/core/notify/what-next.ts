import { unreachable } from '../result.js';
import type { MessageKind } from './message.js';

/** What happens if whoever got this message types nothing, in one sentence; null where the reason says it or nobody would wonder. */
export function whatNext(kind: MessageKind): string | null {
  switch (kind) {
    case 'rolling-back':
      return 'nothing has to be typed: it goes on until no name server hands out the new side, and a message tells when; to ask for it again does no harm';
    case 'asked':
      return 'it stays as it is, guarded, until somebody decides';
    case 'halted':
      return 'what stands in the zone stays until somebody decides, and nothing goes forward';
    case 'stage-reached':
    case 'completed':
    case 'paused':
    case 'resumed':
    case 'approved':
    case 'held':
    case 'gap':
    case 'rolled-back':
    case 'restored':
    case 'alarm':
    case 'alarm-over':
    case 'plan-file-changed':
      return null;
    default:
      return unreachable(kind);
  }
}
