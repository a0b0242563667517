import type { Promotion } from './approval.js';
import type { Event } from './event.js';
import type { MigrationState } from './migration-state.js';
import type { Observing, Phase } from './phase.js';
import type { Policy } from './policy/policy.js';
import { stageShare } from './share.js';

/** The share that follows a stage; 100 where only the plain record to the target is left to come. */
export function shareAfter(policy: Policy, stage: number): number {
  return stage + 1 < policy.stages.length ? stageShare(policy, stage + 1) : 100;
}

/** Whether a promotion goes past the stage that comes next. */
export function isLeap(policy: Policy, { stage, to }: Pick<Promotion, 'stage' | 'to'>): boolean {
  return to > shareAfter(policy, stage);
}

/** The stage that is observed or waited at, or null. */
export function observedStage(phase: Phase): Observing | null {
  if (phase.phase === 'observing') return phase;
  return phase.phase === 'waiting' ? phase.observing : null;
}

/** Why a person's word cannot be taken now, or null. */
export function objectionToWord(
  state: MigrationState,
  event: Event & { type: 'approved' | 'promoted' | 'approval-needed' | 'approval-expired' },
): string | null {
  const { phase, plan } = state;
  if (event.type === 'approval-expired')
    return state.approval === null && state.promotion === null ? 'there is nothing that could expire' : null;
  const observing = observedStage(phase);
  if (observing === null) return 'only in observing, waiting';
  if (observing.stage !== event.stage) return `it is for another stage than the present one`;
  const isManual = plan.policy.stages[event.stage + 1]?.needsApproval === true;
  switch (event.type) {
    case 'approval-needed':
      return phase.phase === 'observing' && isManual ? null : 'nothing asks for it';
    case 'approved':
      return phase.phase === 'waiting' || isManual ? null : 'nothing waits for an approval';
    case 'promoted': {
      if (state.pause !== null) return 'it is paused';
      const last = stageShare(plan.policy, plan.policy.stages.length - 1);
      if (event.to === shareAfter(plan.policy, event.stage)) return null;
      return event.override && event.to === last && isLeap(plan.policy, event)
        ? null
        : `${event.to}% is not the next stage`;
    }
  }
}
