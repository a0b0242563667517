import { unreachable } from '../../core/result.js';
import type { Status } from '../../core/status.js';
import { canBeForgotten } from './after-the-end.js';

/** What a person can type now, and what for. */
export interface NextCommand {
  readonly purpose: string;
  readonly command: string;
}

/** The commands that make sense now, the most likely one last. */
export function nextCommands(status: Status, now: number): readonly NextCommand[] {
  const host = status.hosts[0]?.host ?? status.id;
  const verb = (purpose: string, name: string): NextCommand => ({
    purpose,
    command: `shiftctl ${name} ${host}`,
  });
  const rollBack = verb('roll back', 'rollback');
  const goOn = verb('go on', 'resume');
  const lookBack = verb('look back', 'history');
  const forget = canBeForgotten(status, now) ? [verb('forget it', 'forget')] : [];
  switch (status.phase) {
    case 'planned':
    case 'taking-over':
    case 'settling':
    case 'shifting':
    case 'observing':
    case 'finalizing':
      return status.paused === null ? [rollBack] : [goOn, rollBack];
    case 'waiting':
      return waiting(status, goOn, rollBack);
    case 'halted':
      return [
        lookBack,
        verb('go on', 'adopt'),
        verb('undo it', 'repair'),
        verb('restore', 'restore'),
        rollBack,
      ];
    case 'completed':
      return [lookBack, ...forget, rollBack];
    case 'adopting':
      return [rollBack];
    case 'rolled-back':
      return [lookBack, ...forget, verb('restore', 'restore')];
    case 'rolling-back':
    case 'draining':
    case 'restoring':
    case 'forgetting':
    case 'forgotten':
      return [lookBack];
    case 'restored':
      return [lookBack, ...forget];
    default:
      return unreachable(status.phase);
  }
}

/** `resume` gives the gate its longest hold once more; to the question of a policy only `approve` is an answer. */
function waiting({ needs, paused }: Status, goOn: NextCommand, rollBack: NextCommand): NextCommand[] {
  const again = needs?.kind === 'answer' ? [{ ...goOn, purpose: 'wait more' }] : [];
  const word = needs === null ? [] : [{ purpose: 'go on', command: needs.command }];
  return [...(paused === null ? again : [goOn]), ...word, rollBack];
}
