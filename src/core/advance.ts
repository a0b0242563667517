import { askedLater, mayAsk, openingWords } from './asking.js';
import { closedBecause, isOpen, isPastDeadline } from './calendar.js';
import type { Event } from './event.js';
import { foundationHold } from './foundation/foundation-trouble.js';
import { judge } from './gate/judge.js';
import { isSourceFit } from './gate/source-fitness.js';
import type { Alarm, Topic } from './gate/verdict.js';
import { stopAtHook } from './hook.js';
import { finalizeIntent, stageIntent, takeOverIntent } from './intent-factory.js';
import { formatLocal } from './local-time.js';
import type { Approval, MigrationState } from './migration-state.js';
import type { Observation } from './observation.js';
import type { Promotion } from './approval.js';
import { isLeap, shareAfter } from './operator-word.js';
import { approveCommand } from './person-need.js';
import type { Observing, Waiting } from './phase.js';
import { displayName } from './record-name.js';
import { refusalHold } from './refusals.js';
import { unreachable } from './result.js';
import { stageOfShare } from './share.js';
import type { Instant } from './time.js';

/** The first write, which moves no traffic and still is one: it waits for the calendar too. */
export function takeOverEvent(state: MigrationState, seen: Observation): Event | null {
  const shaken = shakenAlarm(state, seen);
  if (shaken !== null) return heldEvent(state, seen, shaken);
  const closed = closedAlarm(state, seen) ?? lateAlarm(state, seen);
  if (closed !== null) return heldEvent(state, seen, closed);
  const because = 'the plan was confirmed; no traffic moves yet';
  return { type: 'intent-opened', at: seen.at, intent: takeOverIntent(state, seen), because };
}

/** What a stage that is observed waits for: the gate, the calendar, a person, the hook; in this order. */
export function observingEvent(state: MigrationState, seen: Observation, observing: Observing): Event | null {
  const shaken = shakenAlarm(state, seen);
  if (shaken !== null) return heldEvent(state, seen, shaken);
  const overridden = overrideEvent(state, seen, observing);
  if (overridden !== null) return overridden;
  const late = lateAlarm(state, seen);
  if (late !== null) return askEvent(state, seen, late.because);
  const verdict = judge(state, observing, seen.at);
  const { because, topic } = verdict;
  switch (verdict.verdict) {
    case 'promote':
      return readyEvent(state, seen, observing, because);
    case 'hold':
      return heldEvent(state, seen, { topic, because });
    case 'ask':
      if (state.plan.policy.gate.onAsk === 'rollback' && state.share > 0 && isSourceFit(state, seen.at)) {
        return { type: 'rollback-requested', at: seen.at, by: 'guard', who: 'policy onAsk', because };
      }
      return askEvent(state, seen, because);
    case 'rollback':
      return null;
    default:
      return unreachable(verdict.verdict);
  }
}

/** The gate would promote; the rest is for the calendar, for a person and for the hook to say. */
function readyEvent(
  state: MigrationState,
  seen: Observation,
  observing: Observing,
  because: string,
): Event | null {
  const { policy } = state.plan;
  const next = observing.stage + 1;
  const isManual = policy.stages[next]?.needsApproval === true;
  const approval = state.approval?.stage === observing.stage ? state.approval : null;
  const closed = closedAlarm(state, seen);
  if (isManual && approval === null && mayAsk(policy, seen.at))
    return {
      type: 'approval-needed',
      at: seen.at,
      stage: observing.stage,
      because: approvalWanted(state, next, seen.at),
    };
  if (closed !== null) return heldEvent(state, seen, closed);
  const said = [state.promotion, approval].flatMap((word) => (word === null ? [] : wordOf(word)));
  const why = [because, ...said].join('; ');
  const stopped = stopAtHook(state, next, why, seen.at);
  return stopped === null
    ? promoteEvent(state, seen, observing, { because: why, leapTo: null })
    : stopped.event;
}

/** A person's word to a question counts more than what the gate misses, but not more than the guard, the calendar or an unreadable zone. */
export function waitingEvent(state: MigrationState, seen: Observation, waiting: Waiting): Event | null {
  const { observing } = waiting;
  const { approval, promotion } = state;
  if (approval?.stage !== observing.stage && promotion?.stage !== observing.stage) return null;
  const shaken = shakenAlarm(state, seen);
  if (shaken !== null) return heldEvent(state, seen, shaken);
  const overridden = overrideEvent(state, seen, observing);
  if (overridden !== null || approval?.stage !== observing.stage || waiting.needs !== 'answer')
    return overridden;
  const closed = closedAlarm(state, seen);
  if (closed !== null) return heldEvent(state, seen, closed);
  return promoteEvent(state, seen, observing, { because: wordOf(approval).join(), leapTo: null });
}

/** `--override`: only the guard and an unreadable zone count more. */
function overrideEvent(state: MigrationState, seen: Observation, observing: Observing): Event | null {
  const { promotion, plan } = state;
  if (promotion?.stage !== observing.stage || !promotion.override) return null;
  const leapTo = isLeap(plan.policy, promotion) ? promotion : null;
  return promoteEvent(state, seen, observing, { because: wordOf(promotion).join(), leapTo });
}

function wordOf(word: Approval | Promotion): string[] {
  return [`${'to' in word ? promoted(word) : 'approved'} by ${word.by}: ${word.because}`];
}

function promoted({ endsBake }: Promotion): string {
  return endsBake === true ? 'finalized early' : 'promoted';
}

function promoteEvent(
  state: MigrationState,
  seen: Observation,
  observing: Observing,
  { because, leapTo }: { readonly because: string; readonly leapTo: Promotion | null },
): Event {
  const { policy } = state.plan;
  const next = (leapTo && stageOfShare(policy, leapTo.to)) ?? observing.stage + 1;
  const leap = leapTo && { by: leapTo.by, because: leapTo.because };
  const isLast = next >= policy.stages.length;
  const intent = isLast ? finalizeIntent(state, seen) : stageIntent(state, seen, next, leap);
  return { type: 'intent-opened', at: seen.at, intent, because };
}

function approvalWanted({ plan }: MigrationState, stage: number, at: Instant): string {
  const host = displayName(plan.hosts[0]?.host ?? '');
  const share = shareAfter(plan.policy, stage - 1);
  const command = approveCommand(host, 'approval', share);
  const opening = openingWords(plan.policy, at);
  return opening === null
    ? `the gate would promote to ${share}%, which a person must approve by this policy: ${command}`
    : `the gate would promote to ${share}% on ${opening}, which a person must approve by this policy: ${command}`;
}

/** A question is put when its answer can be used, or shortly before; until then it is only held. */
function askEvent({ plan, held }: MigrationState, { at }: Observation, because: string): Event | null {
  if (mayAsk(plan.policy, at)) return { type: 'asked', at, because };
  const topic = 'calendar';
  return held === topic
    ? null
    : { type: 'held', at, topic, because: `${because}; ${askedLater(plan.policy, at)}` };
}

function closedAlarm({ plan }: MigrationState, { at }: Observation): Alarm | null {
  const { calendar } = plan.policy;
  if (calendar === undefined || isOpen(calendar, at)) return null;
  return { topic: 'calendar', because: closedBecause(calendar, at) };
}

function lateAlarm({ plan }: MigrationState, { at }: Observation): Alarm | null {
  const { calendar } = plan.policy;
  if (calendar?.deadline == null || !isPastDeadline(calendar, at)) return null;
  const deadline = formatLocal(calendar.timeZone, calendar.deadline);
  const topic: Topic = 'deadline';
  return {
    topic,
    because: `the deadline of the policy, ${deadline}, has passed; nothing advances by itself any more`,
  };
}

/** Nothing goes forward in a zone that cannot be read, or on ground that is known to have given way. */
function shakenAlarm(state: MigrationState, seen: Observation): Alarm | null {
  const hold = foundationHold(state);
  if (hold !== null) return hold;
  if (seen.zone.status === 'unknown') return zoneUnknown(seen.zone.failure.message);
  return refusalHold(state, seen.at);
}

export function heldEvent(state: MigrationState, seen: Observation, reason: Alarm): Event | null {
  return reason.topic === state.held ? null : { type: 'held', at: seen.at, ...reason };
}

function zoneUnknown(message: string): Alarm {
  return { topic: 'zone-unknown', because: `the zone cannot be read: ${message}` };
}
