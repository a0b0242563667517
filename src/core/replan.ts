import type { MigrationState, StageTimes } from './migration-state.js';
import { observedStage } from './operator-word.js';
import type { Observing, Phase } from './phase.js';
import { filesAfterReplan } from './plan-file-news.js';
import type { PlanFile } from './plan-file.js';
import type { Policy } from './policy/policy.js';
import { displayName } from './record-name.js';
import { assert } from './result.js';
import { stageOfShare, stageShare } from './share.js';
import type { Instant } from './time.js';

/** Why a running migration cannot go on under this policy from here, or null. */
export function objectionToReplan(state: MigrationState, policy: Policy): string | null {
  const { phase, plan } = state;
  if (state.openIntent !== null) return 'a write is still open';
  if (phase.phase !== 'planned' && phase.phase !== 'settling' && observedStage(phase) === null)
    return 'only in planned, settling, observing, waiting';
  if (stageOfShare(policy, state.share) === null)
    return `the present share, ${state.share}%, is not among the stages ${policy.stages.map(({ share }) => share).join(', ')}`;
  const fixed = (['ttlSeconds', 'bucketMs', 'finalAs', 'lab'] as const).find(
    (key) => policy[key] !== plan.policy[key],
  );
  if (fixed !== undefined) return `${fixedKeys[fixed]} cannot change while a migration runs`;
  const unmeasured = plan.hosts.find(({ metrics }) => metrics === undefined);
  if (
    policy.gate.evidence === 'metrics' &&
    plan.policy.gate.evidence !== 'metrics' &&
    unmeasured !== undefined
  )
    return `gate.evidence cannot become metrics: ${displayName(unmeasured.host)} was planned without`;
  return null;
}

/** As the policy file spells them. What was written to the zone, what was measured and what was asked at planning rest on these. */
const fixedKeys = { ttlSeconds: 'ttl', bucketMs: 'bucketSeconds', finalAs: 'finalAs', lab: 'lab' } as const;

/** The state under another policy: the same place in the zone, found again among the new stages by its share. */
export function afterReplan(
  state: MigrationState,
  { policy, at, file }: { readonly policy: Policy; readonly at: Instant; readonly file?: PlanFile },
): MigrationState {
  const stage = stageOfShare(policy, state.share);
  assert(stage !== null, 'the present share is among the new stages');
  const files = filesAfterReplan(state.plan, file);
  return {
    ...state,
    plan: {
      ...state.plan,
      policy,
      ...(files.length === 0 && state.plan.files === undefined ? {} : { files }),
    },
    // The new file has just been read, and a former one counts no more.
    planFiles: state.planFiles.filter(
      ({ path }) => path !== file?.path && files.some((kept) => kept.path === path),
    ),
    phase: movedPhase(state.phase, stage, at),
    stageTimes: movedTimes(state, policy),
    approval: null,
    promotion: null,
    hook: null,
    held: null,
  };
}

/** A question that was asked under the old policy is asked again under the new one, if it still is one. */
function movedPhase(phase: Phase, stage: number, at: Instant): Phase {
  if (phase.phase === 'settling') return { ...phase, stage };
  const observing: Observing | null = observedStage(phase);
  return observing === null ? phase : { ...observing, stage, holdFrom: at };
}

/** What was seen at a share that the new policy does not know, and before it, is not evidence any more. */
function movedTimes({ stageTimes, plan }: MigrationState, policy: Policy): StageTimes[] {
  const moved = stageTimes.map((times) => {
    const stage = stageOfShare(policy, stageShare(plan.policy, times.stage));
    return stage === null ? null : { ...times, stage };
  });
  const known = moved.slice(moved.lastIndexOf(null) + 1);
  return known.flatMap((times) => times ?? []);
}
