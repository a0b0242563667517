import type { Event, HaltCause } from '../event.js';
import { judge } from '../gate/judge.js';
import { tally } from '../gate/source-fitness.js';
import { explainDecision } from '../gate/metrics/explanation.js';
import type { Topic } from '../gate/verdict.js';
import type { MigrationState } from '../migration-state.js';
import { describeEndpoint, type Endpoint } from '../plan.js';
import type { PlanFileReading } from '../plan-file.js';
import { displayName } from '../record-name.js';
import { unreachable } from '../result.js';
import { describeRollbackTimes } from '../rollback-times.js';
import { safeText } from '../safe-text.js';
import { shareOf, stageDwellMs } from '../share.js';
import { formatDuration } from '../time.js';
import { addressed, maxText, type Said } from './addressed.js';
import type { Message, MessageKind } from './message.js';

const maxNumbers = 12;

/**
 * The message that an event of the journal deserves, or null. Pure, so that the journal tells what is to be sent. What an event ends
 * and nothing else is said about is told as being over.
 *
 * @param resolves the keys of the pages that are over with this event
 */
export function messageOf(
  before: MigrationState,
  after: MigrationState,
  event: Event,
  sequence: number,
  resolves: readonly string[],
): Message | null {
  const draft = draftOf(before, after, event) ?? (resolves.length > 0 ? over(event) : null);
  if (draft === null) return null;
  const because = safeText(draft.because, maxText);
  // On a telephone nothing is read twice.
  const numbers = needsNumbers(draft) ? numbersOf(before, event).filter((line) => line !== because) : [];
  return addressed(after, draft, { sequence, at: event.at, resolves, numbers });
}

function draftOf(before: MigrationState, after: MigrationState, event: Event): Said | null {
  if (isSilent(event)) return null;
  switch (event.type) {
    case 'settled':
      return after.phase.phase === 'observing' && after.phase.stage >= 0 ? reached(after) : null;
    case 'completed':
      return inform(
        'completed',
        'progress',
        `completed, everything goes to ${to(after)}`,
        event.remains ?? 'all stages passed',
      );
    case 'paused':
      return inform('paused', 'progress', `paused by ${event.by} at ${after.share} %`, event.because);
    case 'resumed':
      return inform('resumed', 'progress', `resumed by ${event.by} at ${after.share} %`, event.because);
    case 'approved':
      return inform('approved', 'progress', `approved by ${event.by} at ${after.share} %`, event.because);
    case 'promoted':
      return inform('approved', 'progress', promoted(after, event), event.because);
    case 'replanned':
      return inform('approved', 'progress', `replanned by ${event.by} at ${after.share} %`, event.because);
    case 'approval-needed':
      return page('asked', 'asked', `waits for an approval at ${after.share} %`, event.because);
    case 'gap-found':
      return inform('gap', 'gap', 'nobody looked for a while', event.because);
    case 'held':
      return heldTopics.includes(event.topic)
        ? inform('held', `held/${event.topic}`, `held at ${after.share} %`, event.because)
        : null;
    case 'asked':
      return page('asked', 'asked', `waits for a person at ${after.share} %`, event.because);
    case 'rollback-requested':
      return rollingBack(before, event);
    case 'rolled-back':
      return inform('rolled-back', 'rollback', rolledBack(after, event), event.because);
    case 'halted': {
      return page('halted', 'halted', halted(before, event.cause), event.because);
    }
    case 'alarm-raised':
      return alarm(after, event.topic, event.because);
    case 'alarm-cleared':
      return inform(
        'alarm-over',
        `alarm/${event.topic}`,
        `over: ${words(event.topic)}`,
        'it is no longer so',
      );
    case 'source-moved':
      return page('alarm', 'alarm/source-moved', `the source has moved, at ${after.share} %`, event.because);
    case 'plan-file-changed':
      return inform(
        'plan-file-changed',
        `plan-file/${event.reading.path}`,
        fileHeadline(event.reading.is),
        event.because,
      );
    case 'restored':
      return inform('restored', 'rollback', 'restored', 'the records stand as before the first take-over');
    default:
      return unreachable(event);
  }
}

/** Steps of the machinery, and what another event says better. */
const silent = [
  'migration-planned',
  'observed',
  'source-watched',
  'intent-opened',
  'change-accepted',
  'change-failed',
  'intent-abandoned',
  'insync',
  'servers-agreed',
  'rollback-written',
  'adopt-requested',
  'restore-requested',
  'forget-requested',
  'forgotten',
  'health-check-wanted',
  'health-check-created',
  'health-check-deleted',
  'notified',
  'hook-asked',
  'hook-answered',
  'approval-expired',
] as const;

function isSilent(event: Event): event is Event & { readonly type: (typeof silent)[number] } {
  return silent.some((type) => type === event.type);
}

/** Holds that somebody may have to end, and an outage that users have on both sides. */
const heldTopics: readonly Topic[] = ['hook', 'zone-unknown', 'source-incident'];

function inform(kind: MessageKind, topic: string, headline: string, because: string): Said {
  return { kind, severity: 'inform', topic, headline, because };
}

function page(kind: MessageKind, topic: string, headline: string, because: string): Said {
  return { kind, severity: 'page', topic, headline, because };
}

function promoted({ share }: MigrationState, { by, endsBake }: Event & { type: 'promoted' }): string {
  return endsBake === true ? `finalized early by ${by} at ${share} %` : `promoted by ${by} from ${share} %`;
}

function fileHeadline(is: PlanFileReading['is']): string {
  return is === 'as-planned'
    ? 'a file is again as it was planned by'
    : 'a file it was planned by has changed';
}

function over(event: Event): Said {
  return inform('alarm-over', `over/${event.type}`, 'what was paged is over', 'it is no longer so');
}

function reached(after: MigrationState): Said {
  const { phase, share, plan } = after;
  const dwellMs = phase.phase === 'observing' ? stageDwellMs(plan.policy, phase.stage) : 0;
  const because = `the name servers agree and cached answers have expired; observed for at least ${formatDuration(dwellMs)}`;
  return inform('stage-reached', 'progress', `${share} % goes to ${to(after)}`, because);
}

function rollingBack(before: MigrationState, event: Event & { type: 'rollback-requested' }): Said {
  const from = `from ${before.share} % back to ${side(before, 'source')}`;
  if (event.by !== 'guard')
    return inform('rolling-back', 'rollback', `${event.who} rolls back ${from}`, event.because);
  return page('rolling-back', 'rollback', `rolling back by itself ${from}`, event.because);
}

function rolledBack(after: MigrationState, event: Event & { type: 'rolled-back' }): string {
  const { phase } = after;
  if (event.by === 'person') return 'rolled back by hand';
  const times = phase.phase === 'rolled-back' ? phase.times : null;
  return times === null
    ? `rolled back, no name server hands out ${to(after)}`
    : `rolled back; ${describeRollbackTimes(times)}`;
}

/** Where the share was changed, what users get by now is the first thing to know. */
function halted({ share, latest }: MigrationState, cause: HaltCause): string {
  const image = latest?.zone.status === 'image' ? latest.zone.image : [];
  const [stands, ...others] = new Set(image.map(({ records }) => shareOf(records)));
  const isMoved = cause === 'drift' && others.length === 0 && stands != null && stands !== share;
  return isMoved
    ? `halted (drift), the target gets ${Math.round(stands)} % instead of ${share} %`
    : `halted (${cause}) at ${share} %`;
}

/** Slow name servers delay a stage and hurt nobody; every other alarm is worth waking somebody. */
function alarm(after: MigrationState, topic: Topic, because: string): Said {
  const headline = `${words(topic)} at ${after.share} %`;
  const make = topic === 'slow-propagation' ? inform : page;
  return make('alarm', `alarm/${topic}`, headline, because);
}

function needsNumbers({ kind, severity }: Said): boolean {
  return severity === 'page' || kind === 'stage-reached' || kind === 'rolling-back';
}

/** Probes of each side and, where users are counted, the gate's sentence for each host; under a halt what stands in the zone instead. */
function numbersOf(state: MigrationState, event: Event): readonly string[] {
  const { evidence, gates } = judge(state, null, event.at);
  const isGroup = state.plan.hosts.length > 1;
  const named = (host: string, text: string): string => (isGroup ? `${displayName(host)}: ${text}` : text);
  const probes = evidence.map((one) => {
    const last = one.lastFailure === null ? '' : `, last: ${one.lastFailure.because}`;
    return named(one.host, `${one.side} probes: ${tally(one)}${last}`);
  });
  const users = gates.map(({ host, decision }) => named(host, explainDecision(decision).sentence));
  const differences = event.type === 'halted' ? event.differences : [];
  return [...probes, ...users, ...differences].slice(0, maxNumbers).map((line) => safeText(line, maxText));
}

function to(state: MigrationState): string {
  return side(state, 'target');
}

function side({ plan }: MigrationState, which: 'source' | 'target'): string {
  const endpoint: Endpoint | undefined = plan.hosts[0]?.[which];
  return endpoint === undefined ? `the ${which}` : describeEndpoint(endpoint);
}

/** `source-failing` as a person says it. */
function words(topic: string): string {
  return topic.replaceAll('-', ' ');
}
