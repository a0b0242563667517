import type { Promotion } from './approval.js';
import type { Event } from './event.js';
import { isLeapNeeded } from './leap.js';
import type { MigrationState } from './migration-state.js';
import { isLeap, observedStage } from './operator-word.js';
import { formatDuration, type Instant } from './time.js';

/** What becomes of a person's word that is too old, or whose reason is gone; and when a page about that is over. */
export function expiryEvent(state: MigrationState, now: Instant): Event | null {
  const topic = 'approval-expired';
  const lapsed = lapsedBecause(state, now);
  const isTold = state.alarms.includes(topic);
  if (lapsed !== null) {
    const { stage, because } = lapsed;
    if (!isTold) return { type: 'alarm-raised', at: now, topic, because };
    return { type: 'approval-expired', at: now, stage, because };
  }
  const isOver = state.approval !== null || state.promotion !== null || observedStage(state.phase) === null;
  return isTold && isOver ? { type: 'alarm-cleared', at: now, topic } : null;
}

function whatEnds({ endsBake }: Promotion): string {
  return endsBake === true ? 'early end of the bake' : 'promotion';
}

function lapsedBecause(state: MigrationState, now: Instant): { stage: number; because: string } | null {
  const { approval, promotion, plan } = state;
  const word = promotion ?? approval;
  if (word === null) return null;
  const { stage } = word;
  if (now >= word.expiresAt) {
    const age = formatDuration(word.expiresAt - word.at);
    const said = promotion === null ? 'approval' : whatEnds(promotion);
    return {
      stage,
      because: `the ${said} by ${word.by} was not used within ${age}; say it again if it still holds`,
    };
  }
  if (promotion === null || !isLeap(plan.policy, promotion) || isLeapNeeded(state, now)) return null;
  const because = `the source does not fail any more, or the target does, so the jump to ${promotion.to}% that ${promotion.by} asked for is not made`;
  return { stage, because };
}
