import { isDeepStrictEqual } from 'node:util';
import type { AliasEnd } from '../core/alias-end.js';
import { wordExpiresAt, type Promotion } from '../core/approval.js';
import type { Event } from '../core/event.js';
import type { Failure } from '../core/failure.js';
import { judge } from '../core/gate/judge.js';
import { isLeapNeeded } from '../core/leap.js';
import type { MigrationState } from '../core/migration-state.js';
import { apply } from '../core/migration.js';
import { isLeap, observedStage, shareAfter } from '../core/operator-word.js';
import { approveCommand } from '../core/person-need.js';
import type { Observing } from '../core/phase.js';
import type { PlanFile } from '../core/plan-file.js';
import type { Policy } from '../core/policy/policy.js';
import { displayName } from '../core/record-name.js';
import { objectionToReplan } from '../core/replan.js';
import { err, ok, type Result } from '../core/result.js';
import { stageShare } from '../core/share.js';
import { elapsed, type Instant } from '../core/time.js';
import type { Engine } from './engine.js';
import type { Operator } from './operator.js';
import { notNow, recordWord } from './record-word.js';

type Outcome = Promise<Result<MigrationState, Failure>>;

/** How a stage shall be left early. */
export interface PromoteChoice {
  /** The share to go to; null for that of the next stage. */
  readonly to: number | null;
  /** Leave it whatever the gate lacks; the operator's reason says why. */
  readonly override: boolean;
}

const promoteRule = 'only a stage that is observed, and not paused, can be left early';
const approveRule = 'only a stage that waits for a person, or whose next stage needs one, can be approved';
const finalizeRule = 'only the bake of the last stage can be ended early';

/**
 * Ends the dwell of the present stage early. Without `override` the gate must allow it on its evidence, now and when it is used; with it the
 * next tick leaves the stage unless the guard objects or the zone cannot be read. Past the next stage only while the source fails its probes and
 * the target passes.
 */
export function promote(engine: Engine, id: string, operator: Operator, choice: PromoteChoice): Outcome {
  return recordWord(
    engine,
    id,
    (state, at) => {
      const observing = observedStage(state.phase);
      if (observing === null || state.pause !== null) return err(notNow(state, promoteRule, at));
      if (observing.stage === state.plan.policy.stages.length - 1) {
        const fix = `shiftctl finalize ${hostOf(state)}`;
        return err({
          reason: 'conflict',
          message: 'no stage is above this one; finalize ends the bake',
          fix,
        });
      }
      return promoted(state, observing, { operator, choice, at });
    },
    promoteRule,
  );
}

/**
 * Ends the bake early, by the same rule as `promote` ends a stage.
 *
 * @param aliasEnds what the last records name, one for each host, where they shall be aliases
 */
export function finalize(
  engine: Engine,
  id: string,
  operator: Operator,
  override: boolean,
  aliasEnds?: readonly AliasEnd[],
): Outcome {
  return recordWord(
    engine,
    id,
    (state, at) => {
      const observing = observedStage(state.phase);
      const isBake = observing?.stage === state.plan.policy.stages.length - 1;
      if (observing === null || !isBake || state.pause !== null) return err(notNow(state, finalizeRule, at));
      const ending = aliasEnds === undefined ? {} : { aliasEnds };
      const choice = { to: null, override, ...ending, endsBake: true } as const;
      return promoted(state, observing, { operator, choice, at });
    },
    finalizeRule,
  );
}

interface Asked {
  readonly operator: Operator;
  readonly choice: PromoteChoice & Pick<Promotion, 'aliasEnds' | 'endsBake'>;
  readonly at: Instant;
}

function promoted(
  state: MigrationState,
  observing: Observing,
  { operator, choice, at }: Asked,
): Result<Event, Failure> {
  const { policy } = state.plan;
  const { stage } = observing;
  const next = shareAfter(policy, stage);
  const last = stageShare(policy, policy.stages.length - 1);
  // What the policy holds back at the source stays there until the bake ends.
  const to = choice.to === 100 && stage < policy.stages.length - 1 ? last : (choice.to ?? next);
  const { override, aliasEnds, endsBake } = choice;
  const ending = {
    ...(aliasEnds === undefined ? {} : { aliasEnds }),
    ...(endsBake === undefined ? {} : { endsBake }),
  };
  const word: Promotion = {
    at,
    ...operator,
    stage,
    to,
    override,
    expiresAt: wordExpiresAt(policy, at),
    ...ending,
  };
  const event: Event = { type: 'promoted', ...word };
  const refusal = to === next ? null : leapRefusal(state, word);
  if (refusal !== null) return err(refusal);
  if (override) return ok(event);
  const because = lackingBecause(apply(state, event), observing, at);
  return because === null ? ok(event) : err(lacking(state, because));
}

function leapRefusal(state: MigrationState, word: Promotion): Failure | null {
  const { policy } = state.plan;
  const next = shareAfter(policy, word.stage);
  const last = stageShare(policy, policy.stages.length - 1);
  if (!isLeap(policy, word) || word.to !== last) {
    const message = `${word.to}% is not the next stage, ${next}%; past it leads only --to 100`;
    return { reason: 'conflict', message, fix: `shiftctl promote ${hostOf(state)}` };
  }
  const isNeeded = isLeapNeeded(state, seenAt(state, word.at));
  if (isNeeded && word.override) return null;
  const message = isNeeded
    ? `past the next stage, ${next}%, leads only a person's word`
    : `the next stage is ${next}%; past it a migration goes only while the source fails its probes and the target passes`;
  return {
    reason: 'refused',
    check: 'promote',
    message,
    fix: isNeeded
      ? `shiftctl promote ${hostOf(state)} --to 100 --override "<why>"`
      : `shiftctl promote ${hostOf(state)}`,
  };
}

/** What the gate's evidence lacks with the dwell out of the way; null when it would promote. */
function lackingBecause(state: MigrationState, observing: Observing, at: Instant): string | null {
  const { verdict, because } = judge(state, observing, seenAt(state, at));
  if (verdict !== 'promote') return because;
  const next = state.plan.policy.stages[observing.stage + 1];
  if (next?.needsApproval !== true || state.approval?.stage === observing.stage) return null;
  return `the policy wants a person to approve ${next.share}%: ${approveCommand(hostOf(state), 'approval', next.share)}`;
}

function lacking(state: MigrationState, because: string): Failure {
  const stage = observedStage(state.phase)?.stage ?? -1;
  const verb = stage === state.plan.policy.stages.length - 1 ? 'finalize' : 'promote';
  return {
    reason: 'refused',
    check: 'gate',
    message: `the gate does not allow it yet: ${because}`,
    fix: `wait, or if you know better: shiftctl ${verb} ${hostOf(state)} --override "<why>"`,
  };
}

/** The latest reading is judged as of its own time, unless nobody has looked for a while: then it says nothing. */
function seenAt({ latest, plan }: MigrationState, now: Instant): Instant {
  return latest !== null && elapsed(latest.at, now) <= plan.policy.gapAfterMs ? latest.at : now;
}

/**
 * A person's word for the stage that comes next: what the policy's manual gate waits for, or the answer to what the gate asked. Used once, within
 * the policy's time; checked again when it is used. The operator's reason may be empty where the policy asks, and not where the gate does: that
 * word goes past what the gate lacks, and somebody will read it afterwards.
 *
 * @param share the stage that is meant, where it was named
 */
export function approve(engine: Engine, id: string, operator: Operator, share: number | null): Outcome {
  return recordWord(
    engine,
    id,
    (state, at) => {
      const observing = observedStage(state.phase);
      if (observing === null) return err(notNow(state, approveRule, at));
      const { stage } = observing;
      const { policy } = state.plan;
      const next = shareAfter(policy, stage);
      if (share !== null && share !== next) {
        const message = `the stage that comes next is ${next}%, not ${share}%`;
        return err({ reason: 'conflict', message, fix: `look first: shiftctl status ${id}` });
      }
      const override = state.phase.phase === 'waiting' && state.phase.needs === 'answer';
      const because = operator.because.trim();
      if (override && because === '') return err(reasonMissing(state, next));
      const expiresAt = wordExpiresAt(policy, at);
      const word = { by: operator.by, because: because || 'no reason given' };
      return ok({ type: 'approved', at, ...word, stage, override, expiresAt });
    },
    approveRule,
  );
}

function reasonMissing(state: MigrationState, share: number): Failure {
  return {
    reason: 'refused',
    check: 'reason',
    message:
      'the gate asks, and an answer that goes past it says why you know more than the gate, for the history',
    fix: approveCommand(hostOf(state), 'answer', share),
  };
}

/** Another policy for a running migration. */
export interface PolicyChange {
  readonly shown: Policy;
  readonly policy: Policy;
  /** Where the policy was read from; left out for one that comes with the program. */
  readonly file?: PlanFile;
}

/**
 * Gives a running migration another policy. Refused where the present share is not among its stages, while a write is open, and when somebody else
 * has changed the policy since it was shown.
 *
 * @param shown the policy that the operator compared the new one with
 */
export function replan(engine: Engine, id: string, operator: Operator, change: PolicyChange): Outcome {
  const { shown, policy, file } = change;
  return recordWord(
    engine,
    id,
    (state, at) => {
      if (!isDeepStrictEqual(state.plan.policy, shown)) {
        const message = `the policy of ${id} was changed by somebody else meanwhile`;
        return err({ reason: 'conflict', message, fix: 'look at what it is now: the same line again' });
      }
      const objection = objectionToReplan(state, policy);
      if (objection !== null) return err(notNow(state, `it cannot be replanned: ${objection}`, at));
      return ok({ type: 'replanned', at, ...operator, policy, ...(file === undefined ? {} : { file }) });
    },
    'it cannot be replanned now',
  );
}

function hostOf({ plan }: MigrationState): string {
  return displayName(plan.hosts[0]?.host ?? plan.id);
}
