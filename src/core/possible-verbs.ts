import type { Event } from './event.js';
import { checkLegal, IllegalEvent } from './legality.js';
import type { MigrationState } from './migration-state.js';
import { observedStage, shareAfter } from './operator-word.js';
import type { Instant } from './time.js';

/** The operator verbs that the present phase allows, in the order in which somebody would think of them. */
export function possibleVerbs(state: MigrationState, at: Instant): readonly string[] {
  return candidates(state, at)
    .filter(([, event]) => isLegal(state, event))
    .map(([verb]) => verb);
}

function candidates(state: MigrationState, at: Instant): [string, Event][] {
  const said = { at, by: '', because: '' };
  const { policy } = state.plan;
  const stage = observedStage(state.phase)?.stage ?? -2;
  const word = { ...said, stage, expiresAt: at };
  const isLast = stage === policy.stages.length - 1;
  return [
    ['resume', { type: 'resumed', ...said }],
    ['approve', { type: 'approved', ...word, override: true }],
    [
      isLast ? 'finalize' : 'promote',
      { type: 'promoted', ...word, override: false, to: shareAfter(policy, stage) },
    ],
    ['pause', { type: 'paused', ...said }],
    ['replan', { type: 'replanned', ...said, policy }],
    ['adopt', { type: 'adopt-requested', ...said, stage: 0 }],
    ['repair', { type: 'adopt-requested', ...said, stage: 0, isRepair: true }],
    ['restore', { type: 'restore-requested', ...said }],
    ['forget', { type: 'forget-requested', ...said }],
    ['rollback', { type: 'rollback-requested', at, by: 'operator', who: '', because: '' }],
  ];
}

function isLegal(state: MigrationState, event: Event): boolean {
  try {
    checkLegal(state, event);
    return true;
  } catch (error) {
    if (error instanceof IllegalEvent) return false;
    throw error;
  }
}
