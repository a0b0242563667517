import type { MigrationState } from './migration-state.js';
import { shareAfter } from './operator-word.js';
import { displayName } from './record-name.js';

/** What a migration that waits needs of a person, and what to type for it. */
export interface PersonNeed {
  /** `approval`: the policy wants a person's word for the next stage. `answer`: the gate asks, and only a word with a reason goes past it. */
  readonly kind: 'approval' | 'answer';
  /** The target's percentage that begins with it. */
  readonly share: number;
  readonly command: string;
}

/** Null unless a person is waited for. */
export function personNeed(state: MigrationState): PersonNeed | null {
  const { phase, plan, approval } = state;
  if (phase.phase !== 'waiting' || approval?.stage === phase.observing.stage) return null;
  const share = shareAfter(plan.policy, phase.observing.stage);
  const name = displayName(plan.hosts[0]?.host ?? plan.id);
  return { kind: phase.needs, share, command: approveCommand(name, phase.needs, share) };
}

/** The line that gives a person's word; without a stage it is for whichever comes next. */
export function approveCommand(host: string, kind: PersonNeed['kind'], share: number): string {
  const reason = kind === 'answer' ? ' --reason "<why>"' : '';
  return `shiftctl approve ${host} --stage ${share}${reason}`;
}
