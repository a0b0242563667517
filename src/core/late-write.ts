import type { IntentKind } from './intent.js';
import type { Phase } from './phase.js';
import { unreachable } from './result.js';

/**
 * Whether a write of this kind that is found in the zone still counts in this phase. The phase follows what was written, so a forward
 * write must not count once everything goes back or has ended, and what a person asked for counts only while it is waited for.
 */
export function countsIn({ phase }: Phase, kind: IntentKind): boolean {
  switch (kind) {
    case 'rollback':
      return phase === 'rolling-back';
    case 'adopt':
      return phase === 'adopting';
    case 'restore':
      return phase === 'restoring';
    case 'forget':
      return phase === 'forgetting';
    case 'alias':
      return phase === 'finalizing';
    case 'take-over':
    case 'stage':
    case 'finalize':
      return !closed.includes(phase);
    default:
      return unreachable(kind);
  }
}

const closed: readonly Phase['phase'][] = [
  'rolling-back',
  'draining',
  'rolled-back',
  'completed',
  'halted',
  'adopting',
  'restoring',
  'restored',
  'forgetting',
  'forgotten',
];
