import { afterEnding } from './after-ending.js';
import { afterGap } from './after-gap.js';
import { afterOperator } from './after-operator.js';
import { afterReturn } from './after-return.js';
import type { Event } from './event.js';
import { afterHealthCheck, readHealthChecks } from './failover/after-health-check.js';
import { remember } from './foundation/foundation-reading.js';
import { tickTimesOf } from './gap.js';
import type { Topic } from './gate/verdict.js';
import type { Intent } from './intent.js';
import { checkLegal, IllegalEvent } from './legality.js';
import { hookAfter } from './hook.js';
import { readMarker } from './marker.js';
import { recordMetrics, recordProbes } from './metric/side-record.js';
import type { MigrationState } from './migration-state.js';
import { settledStage } from './stage-times.js';
import type { Observation } from './observation.js';
import type { Observing, Phase, Settle } from './phase.js';
import { planFilesAfter } from './plan-file-news.js';
import { afterSourceMoved } from './platform/moved-source.js';
import { recordPlatforms } from './platform/platform-memory.js';
import { firstOutbox, outboxAfter } from './notify/outbox.js';
import { recordOutcomes } from './probe-history.js';
import { refusalsAfter } from './refusals.js';
import { assert, unreachable } from './result.js';
import { stageOfShare } from './share.js';
import { nextBucketStart, type Instant } from './time.js';

/** How long resolvers keep the answer of an alias to a load balancer (Route 53 Developer Guide, "Choosing between alias and non-alias records"). */
const aliasTtlSeconds = 60;

/** The state a journal begins with. Throws `IllegalEvent` when the first event is anything but the plan. */
export function begin(event: Event): MigrationState {
  if (event.type !== 'migration-planned') {
    throw new IllegalEvent(event.type, 'nothing', 'a journal begins with its plan');
  }
  const generations = event.plan.originals.map((host) => readMarker(host.marker)?.generation ?? 0);
  return {
    plan: event.plan,
    phase: { phase: 'planned' },
    pause: null,
    image: event.plan.originals,
    share: 0,
    generation: Math.max(0, ...generations),
    intents: [],
    openIntent: null,
    refusals: null,
    probes: [],
    platforms: [],
    foundation: null,
    records: [],
    stageTimes: [],
    approval: null,
    promotion: null,
    healthChecks: [],
    healthChecksWanted: 0,
    latest: null,
    previousTick: null,
    held: null,
    alarms: [],
    outbox: firstOutbox,
    hook: null,
    planFiles: [],
  };
}

/** The state of a whole journal. */
export function replay(events: readonly Event[]): MigrationState {
  const [first, ...rest] = events;
  assert(first !== undefined, 'a journal has at least its plan');
  return rest.reduce(apply, begin(first));
}

/** The state after one more event. Throws `IllegalEvent` when it cannot happen in the present phase, on replay as well as live. */
export function apply(state: MigrationState, event: Event): MigrationState {
  checkLegal(state, event);
  const next = changed(state, event);
  return { ...next, outbox: outboxAfter(state, next, event) };
}

function changed(state: MigrationState, event: Event): MigrationState {
  switch (event.type) {
    case 'migration-planned':
    case 'notified':
      return state;
    case 'change-failed':
      return { ...state, refusals: refusalsAfter(state.refusals, event.at, event.failure) };
    case 'hook-asked':
    case 'hook-answered':
      return { ...state, hook: hookAfter(state.hook, event) };
    case 'plan-file-changed':
      return { ...state, planFiles: planFilesAfter(state.planFiles, event.reading) };
    case 'source-watched':
      return { ...state, platforms: recordPlatforms(state.platforms, event.platforms) };
    case 'source-moved':
      return afterSourceMoved(state, event.sources);
    case 'observed':
      return afterObserved(state, event.observation);
    case 'intent-opened':
      return { ...state, ...afterIntentOpened(state, event.intent) };
    case 'change-accepted':
      return afterAccepted(state, event);
    case 'intent-abandoned':
      return { ...state, openIntent: null, phase: phaseBeforeIntent(state.phase) };
    case 'insync':
      return withSettle(state, (settle) => ({ ...settle, insyncAt: event.at }));
    case 'servers-agreed':
      return withSettle(state, (settle) => ({ ...settle, agreedAt: event.at }));
    case 'settled': {
      const phase = observingFrom(state, event.at);
      return { ...state, phase, stageTimes: settledStage(state.stageTimes, phase) };
    }
    case 'gap-found':
      return afterGap(state, event.at);
    case 'held':
      return { ...state, held: event.topic };
    case 'alarm-raised':
      return { ...state, alarms: [...without(state.alarms, event.topic), event.topic] };
    case 'alarm-cleared':
      return { ...state, alarms: without(state.alarms, event.topic) };
    case 'health-check-wanted':
    case 'health-check-created':
    case 'health-check-deleted':
      return afterHealthCheck(state, event);
    case 'asked':
    case 'approval-needed':
    case 'approved':
    case 'promoted':
    case 'approval-expired':
    case 'replanned':
    case 'paused':
    case 'resumed':
      return afterOperator(state, event);
    case 'rollback-requested':
    case 'rollback-written':
    case 'rolled-back':
    case 'completed':
    case 'halted':
      return afterEnding(state, event);
    case 'adopt-requested':
    case 'restore-requested':
    case 'restored':
    case 'forget-requested':
    case 'forgotten':
      return afterReturn(state, event);
    default:
      return unreachable(event);
  }
}

function without(alarms: MigrationState['alarms'], topic: Topic): Topic[] {
  return alarms.filter((alarm) => alarm !== topic);
}

function afterObserved(state: MigrationState, observation: Observation): MigrationState {
  const { latest } = state;
  return {
    ...state,
    latest: observation,
    previousTick: latest && tickTimesOf(latest),
    healthChecks: readHealthChecks(state.healthChecks, observation.healthChecks ?? [], observation.at),
    probes: recordOutcomes(state.probes, observation.probes),
    foundation: remember(state.foundation, observation.foundation),
    platforms: recordPlatforms(state.platforms, observation.platforms ?? []),
    records: recordProbes(
      recordMetrics(state.records, observation.metrics),
      observation.probes,
      state.plan.policy.bucketMs,
    ),
  };
}

function afterIntentOpened(state: MigrationState, intent: Intent): Partial<MigrationState> {
  const opened = {
    intents: [...state.intents, intent],
    openIntent: intent,
    held: null,
    approval: null,
    promotion: null,
  };
  const { phase } = state;
  switch (intent.kind) {
    case 'take-over':
      return { ...opened, phase: { phase: 'taking-over' } };
    case 'stage': {
      const stage = stageOfShare(state.plan.policy, intent.share);
      assert(
        stage !== null && (phase.phase === 'observing' || phase.phase === 'waiting'),
        'a stage follows a stage',
      );
      return { ...opened, phase: { phase: 'shifting', stage, was: phase } };
    }
    case 'finalize':
      assert(phase.phase === 'observing' || phase.phase === 'waiting', 'finalizing follows the last stage');
      return { ...opened, phase: { phase: 'finalizing', settle: null, was: phase } };
    case 'alias':
      assert(phase.phase === 'completed', 'an alias follows completion');
      // What was seen before the end says nothing of now.
      return { ...opened, probes: [], phase: { phase: 'finalizing', settle: null, was: phase } };
    case 'rollback':
    case 'adopt':
    case 'restore':
    case 'forget':
      return opened;
    default:
      return unreachable(intent.kind);
  }
}

function phaseBeforeIntent(phase: Phase): Phase {
  if (phase.phase === 'taking-over') return { phase: 'planned' };
  if (phase.phase === 'shifting') return phase.was;
  if (phase.phase === 'finalizing' && phase.was !== null) return phase.was;
  if (phase.phase === 'adopting' || phase.phase === 'restoring' || phase.phase === 'forgetting')
    return phase.was;
  return phase;
}

/** The phase follows from what was written, not from where we were: a late reply to an abandoned write counts all the same. */
function afterAccepted(state: MigrationState, event: Event & { type: 'change-accepted' }): MigrationState {
  const intent = state.intents.find((candidate) => candidate.id === event.intentId);
  assert(intent !== undefined, 'an accepted change was intended');
  const settle = newSettle(state, intent, event);
  const { after: image, share, generation } = intent;
  const next = { ...state, image, share, generation, openIntent: null, refusals: null, held: null };
  switch (intent.kind) {
    case 'take-over':
    case 'adopt':
    case 'stage': {
      const stage = stageOfShare(state.plan.policy, share) ?? -1;
      const begun = stage < 0 ? [] : [{ stage, acceptedAt: event.at, settledFrom: null }];
      const stageTimes = [...state.stageTimes, ...begun];
      return { ...next, stageTimes, phase: { phase: 'settling', stage, settle } };
    }
    case 'finalize':
    case 'alias':
      return { ...next, phase: { phase: 'finalizing', settle, was: null } };
    case 'restore':
      return state.phase.phase === 'restoring' ? { ...next, phase: { ...state.phase, settle } } : next;
    case 'forget':
      return next;
    case 'rollback':
      return state.phase.phase === 'rolling-back' ? { ...next, phase: { ...state.phase, settle } } : next;
    default:
      return unreachable(intent.kind);
  }
}

function newSettle(
  state: MigrationState,
  intent: Intent,
  event: Event & { type: 'change-accepted' },
): Settle {
  const replacedTtls = intent.before.flatMap((host) =>
    host.records.map((record) => record.ttl ?? aliasTtlSeconds),
  );
  const waitMs = Math.max(0, ...replacedTtls) * 1000 + state.plan.policy.tailMs;
  return { acceptedAt: event.at, changeId: event.changeId, insyncAt: null, agreedAt: null, waitMs };
}

function withSettle(state: MigrationState, change: (settle: Settle) => Settle): MigrationState {
  const { phase } = state;
  if (
    phase.phase !== 'settling' &&
    phase.phase !== 'finalizing' &&
    phase.phase !== 'draining' &&
    phase.phase !== 'restoring'
  )
    return state;
  return phase.settle === null ? state : { ...state, phase: { ...phase, settle: change(phase.settle) } };
}

function observingFrom(state: MigrationState, at: Instant): Observing {
  assert(state.phase.phase === 'settling', 'only settling settles');
  const from = nextBucketStart(at, state.plan.policy.bucketMs);
  return { phase: 'observing', stage: state.phase.stage, settledAt: at, dwellFrom: from, holdFrom: from };
}
