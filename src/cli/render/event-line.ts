import { countDiffering } from '../../core/differing-records.js';
import type { Event } from '../../core/event.js';
import type { ProviderFailure } from '../../core/failure.js';
import type { Intent } from '../../core/intent.js';
import { describeEndpoint, type MigrationPlan } from '../../core/plan.js';
import { displayName } from '../../core/record-name.js';
import { describeRollbackTimes } from '../../core/rollback-times.js';
import { unreachable } from '../../core/result.js';
import { healthCheckSentence } from './health-check-line.js';
import { localTime } from './moment.js';
import { hookGlyph, notified } from './notified-line.js';
import { safeCopy } from './safe-copy.js';
import { wordLine } from './word-line.js';

/**
 * One event as one line of a log or a history: `2026-11-20 18:42:07 ✔ accepted by Route 53 (change C1)`, in local time. Null for
 * what a tick saw, which is no news by itself.
 */
export function eventLine(event: Event): string | null {
  const text = eventText(event);
  return text === null ? null : `${localTime(event.at)} ${text}`;
}

/** The same without its time, for a view that spells times in another way. */
export function eventText(event: Event): string | null {
  return event.type === 'observed' || event.type === 'source-watched' ? null : sentence(safeCopy(event));
}

const wayOut = {
  'adopt-requested': '● adopted by',
  'restore-requested': '↺ restore requested by',
  'forget-requested': '• to be forgotten, says',
} as const;

type News = Exclude<Event, { type: 'observed' | 'source-watched' }>;

function sentence(event: News): string {
  switch (event.type) {
    case 'migration-planned':
      return `• planned by ${event.plan.by}: ${journey(event.plan)}, policy ${event.plan.policy.name}`;
    case 'intent-opened':
      return `${writing(event.intent)} (generation ${event.intent.generation}): ${event.because}`;
    case 'change-accepted':
      return accepted(event);
    case 'change-failed':
      return callFailed(event.failure);
    case 'intent-abandoned':
      return `• write given up: ${event.because}`;
    case 'insync':
      return '✔ INSYNC: Route 53 reports the change on all its servers';
    case 'servers-agreed':
      return '✔ agreed: every name server shows the change';
    case 'settled':
      return '✔ settled: cached answers have expired, the stage is observed from now on';
    case 'gap-found':
      return `⚠ gap: ${event.because}; ${event.only === 'settling' ? 'cached answers are given their time again' : 'dwell and evidence begin again'}`;
    case 'held':
      return `◷ held: ${event.because}`;
    case 'asked':
      return `⚠ waits for a person: ${event.because}`;
    case 'approval-needed':
    case 'approved':
    case 'promoted':
    case 'approval-expired':
    case 'paused':
    case 'resumed':
    case 'replanned':
      return wordLine(event);
    case 'rollback-requested':
      return `↺ rollback requested by ${requester(event)}: ${event.because}`;
    case 'rollback-written':
      return written(event.untouched);
    case 'rolled-back':
      return rolledBack(event);
    case 'completed':
      return `✔ completed: everything points at the target${event.remains === undefined ? '' : `; ${event.remains}`}`;
    case 'halted':
      return `✖ halted (${event.cause}${differing(countDiffering(event.differences))}): ${event.because}`;
    case 'adopt-requested':
    case 'restore-requested':
    case 'forget-requested':
      return `${isRepair(event) ? '● repaired by' : wayOut[event.type]} ${event.by}: ${event.because}`;
    case 'restored':
      return '✔ restored: the records stand as before the first take-over';
    case 'forgotten':
      return '✔ forgotten: no marker of this migration is left in the zone';
    case 'health-check-wanted':
    case 'health-check-created':
    case 'health-check-deleted':
      return healthCheckSentence(event);
    case 'alarm-raised':
    case 'alarm-cleared':
      return alarm(event);
    case 'source-moved':
      return `⚠ source moved: ${event.because}`;
    case 'plan-file-changed':
      return `${event.reading.is === 'as-planned' ? '✔' : '⚠'} file: ${event.because}`;
    case 'notified':
      return notified(event);
    case 'hook-asked':
    case 'hook-answered':
      return hookLine(event);
    default:
      return unreachable(event);
  }
}

function alarm(event: News & { readonly type: 'alarm-raised' | 'alarm-cleared' }): string {
  return event.type === 'alarm-raised'
    ? `⚠ alarm, ${inWords(event.topic)}: ${event.because}`
    : `✔ alarm over: ${inWords(event.topic)}`;
}

function hookLine(event: News & { readonly type: 'hook-asked' | 'hook-answered' }): string {
  return event.type === 'hook-asked'
    ? `◷ the before-stage hook is asked: ${event.because}`
    : `${hookGlyph[event.answer]} the before-stage hook answered ${event.answer}: ${event.because}`;
}

function journey({ hosts }: MigrationPlan): string {
  const [first] = hosts;
  if (first === undefined) return 'no hosts';
  if (hosts.length > 1)
    return `${hosts.length} hosts, ${hosts.map(({ host }) => displayName(host)).join(', ')}`;
  return `${displayName(first.host)} from ${describeEndpoint(first.source)} to ${describeEndpoint(first.target)}`;
}

function writing({ kind, share }: Intent): string {
  switch (kind) {
    case 'take-over':
      return '◌ taking over';
    case 'stage':
      return `◌ moving to ${share}%`;
    case 'finalize':
      return '◌ finalizing';
    case 'rollback':
      return '↺ writing the rollback';
    case 'adopt':
      return `◌ writing the pair anew, at ${share}%`;
    case 'restore':
      return '↺ writing the original records';
    case 'forget':
      return '◌ removing the marker';
    case 'alias':
      return '◌ finalizing as an alias';
    default:
      return unreachable(kind);
  }
}

function isRepair(event: News & { type: keyof typeof wayOut }): boolean {
  return event.type === 'adopt-requested' && event.isRepair === true;
}

function accepted({ how, changeId }: News & { type: 'change-accepted' }): string {
  if (how === 'read-back') return '✔ accepted: the answer was lost, the zone shows the write';
  return `✔ accepted by Route 53${changeId === null ? '' : ` (change ${changeId})`}`;
}

/** A refused compare-and-swap proves nothing either: an earlier try of the same write may have landed. */
function callFailed({ provider, operation, reason, message, details }: ProviderFailure): string {
  const call = `(${provider} ${operation}, ${reason})`;
  const said = [message, ...details].join('; ');
  switch (reason) {
    case 'timeout':
    case 'unavailable':
    case 'unknown':
      return `? no clear answer ${call}, the zone will show what happened: ${said}`;
    case 'conflict':
      return `✖ refused ${call}, the zone will show why: ${said}`;
    case 'throttled':
    case 'busy':
    case 'denied':
    case 'not-found':
    case 'invalid':
      return `✖ call failed ${call}, nothing was written: ${said}`;
    default:
      return unreachable(reason);
  }
}

function requester({ by, who }: News & { type: 'rollback-requested' }): string {
  switch (by) {
    case 'guard':
      return who === 'guard' ? 'the guard' : `the guard (${who})`;
    case 'operator':
      return `operator ${who}`;
    case 'person':
      return `${who}, by hand`;
    default:
      return unreachable(by);
  }
}

function written(untouched: readonly string[]): string {
  if (untouched.length === 0) return '✔ rollback written: every host points at its source again';
  return `⚠ rollback written, except what was left untouched: ${untouched.join('; ')}`;
}

function rolledBack({ by, because, times }: News & { type: 'rolled-back' }): string {
  if (by === 'person') return `↺ rolled back by hand: ${because}`;
  if (times !== undefined) return `↺ rolled back: ${because}; ${describeRollbackTimes(times)}`;
  return `↺ rolled back: no name server hands out the target any more; ${because}`;
}

function differing(count: number): string {
  if (count === 0) return '';
  return count === 1 ? ', 1 record differs' : `, ${count} records differ`;
}

/** `source-failing` as a person says it. */
function inWords(topic: string): string {
  return topic.replaceAll('-', ' ');
}
