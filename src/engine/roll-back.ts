import { decide } from '../core/decide.js';
import type { Event } from '../core/event.js';
import type { ProviderFailure } from '../core/failure.js';
import {
  rollbackIntent,
  rollbackSeed,
  rollbackStepIntent,
  type IntentOrigin,
} from '../core/intent-factory.js';
import type { Intent } from '../core/intent.js';
import { isOurs } from '../core/explanation.js';
import { describeFence, readMarker, type Marker } from '../core/marker.js';
import type { MigrationState } from '../core/migration-state.js';
import { rollbackReminder } from '../core/notify/reminder.js';
import type { HostPlan } from '../core/plan.js';
import { sameImage, type HostImage, type RecordImage } from '../core/record-image.js';
import type { RecordName } from '../core/record-name.js';
import type { Result } from '../core/result.js';
import { rollbackAdvice } from '../core/rollback-advice.js';
import { rollbackWait } from '../core/rollback-wait.js';
import { sourceNames } from '../core/source-names.js';
import { drainBatch, drainWhereMarked, rollbackHost } from '../core/rollback.js';
import { act } from './act.js';
import { callTimeoutMs, type Engine } from './engine.js';
import { glimpse, needsFreshLook, probesNow } from './glimpse.js';
import type { Journal } from './journal.js';
import { readImage } from './observe.js';
import { signed } from './signed.js';

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

/** Tries after which a person who looks on is told what else can be done. */
const triesBeforeAdvice = 2;

/** Failed listings in a row after which the pair is forced to 100/0 from the last known values. */
const failedReadsBeforeForce = 2;

/**
 * Puts every host back to its source and returns once each is written or had to be left untouched. It does not give up: no
 * lease, gate, state file or missing answer stops it, only the signal. Records what it can.
 */
export async function rollBack(given: Engine, journal: Journal, signal: AbortSignal): Promise<void> {
  const engine = { ...given, zones: given.urgentZones ?? given.zones };
  const lostRaces = new Map<RecordName, number>();
  let failedReads = 0;
  let tries = 0;
  if (!needsFreshLook(journal.state, engine.clock.now()) && (await firstTry(engine, journal))) return;
  await journal.readRest(engine);
  for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const image = await lookAgain(engine, journal);
    if (image.ok) {
      failedReads = 0;
      if (await fromReading(engine, journal, image.value, lostRaces)) return;
    } else {
      failedReads += 1;
      engine.log.warn(`rollback: the zone cannot be read (${image.error.message})`);
      if (failedReads >= failedReadsBeforeForce && !isWaiting(engine, journal)) {
        await forceDrain(engine, journal, failedReads - failedReadsBeforeForce);
      }
    }
    if (journal.state.phase.phase !== 'rolling-back') return;
    if (!isWaiting(engine, journal) && (tries += 1) === triesBeforeAdvice)
      for (const line of rollbackAdvice(journal.state)) engine.log.warn(line);
    await remind(engine, journal);
    await engine.clock.sleep(pauseMs, signal);
  }
}

/** One call without any read, from the last receipt straight to the plain record. True when Route 53 took it. */
async function firstTry(engine: Engine, journal: Journal): Promise<boolean> {
  const { state } = journal;
  // After an earlier try, of this process or of one that ended, only a reading says what stands there.
  const isFirst = state.share > 0 && state.openIntent === null && state.intents.at(-1)?.kind !== 'rollback';
  if (!isFirst) return false;
  const intent = rollbackIntent(state, origin(engine, journal));
  const answer = await attempt(engine, journal, intent, 'first try, from the last receipt');
  if (answer === 'accepted') await written(engine, journal, []);
  return answer === 'accepted';
}

/** Host by host, from what stands there. True when every host is at its source or must be left untouched. */
async function fromReading(
  engine: Engine,
  journal: Journal,
  image: RecordImage,
  lostRaces: Map<RecordName, number>,
): Promise<boolean> {
  if (await haltWhenFenced(engine, journal, image)) return true;
  if (isWaiting(engine, journal)) return false;
  let current = image;
  let isComplete = true;
  const untouched: string[] = [];
  for (const host of journal.state.plan.hosts) {
    const from = origin(engine, journal);
    const seed = rollbackSeed(journal.state, from, current);
    const progress = {
      lostRaces: lostRaces.get(host.host) ?? 0,
      hasWritten: journal.state.intents.length > 0,
    };
    const step = rollbackHost(journal.state.plan, host, imageOf(current, host), progress, seed);
    if (step.kind === 'untouched') untouched.push(step.alarm);
    if (step.kind !== 'write') continue;
    const after = current.map((other) => (other.host === host.host ? step.after : other));
    const intent = rollbackStepIntent(from, seed, { before: current, after, batch: step.batch });
    const answer = await attempt(engine, journal, intent, step.alarm ?? 'from what stands in the zone');
    if (answer === 'unanswered' || answer === 'overtaken') return false;
    if (answer === 'refused' || answer === 'denied') {
      if (answer === 'refused') lostRaces.set(host.host, progress.lostRaces + 1);
      await abandon(engine, journal, 'Route 53 refused this write');
      isComplete = false;
      continue;
    }
    if (step.alarm !== null) await alarm(engine, journal, step.alarm);
    current = after;
  }
  if (!isComplete) return false;
  for (const because of untouched) await alarm(engine, journal, because);
  await written(engine, journal, untouched);
  return true;
}

/**
 * `refused`: Route 53 judged the batch and did nothing. `denied`: it may not be asked for this host, which says nothing about the others.
 * `unanswered`: only a reading tells, or it was not judged at all. `overtaken`: another process rolls back too and wrote to the journal
 * first, so nothing was sent.
 */
type Answer = 'accepted' | 'refused' | 'denied' | 'unanswered' | 'overtaken';

/** Opens the intent, makes the call and records both. */
async function attempt(engine: Engine, journal: Journal, intent: Intent, because: string): Promise<Answer> {
  if (isOvertaken(journal)) return 'overtaken';
  const opened: Event = { type: 'intent-opened', at: intent.openedAt, intent, because };
  await journal.appendOrGoOn([opened], intent.openedAt, engine);
  if (journal.state.openIntent?.id !== intent.id) return 'overtaken';
  const outcome = await act(engine, journal.state, intent);
  await journal.appendOrGoOn([outcome], outcome.at, engine);
  if (outcome.type === 'change-accepted') return 'accepted';
  const reason = outcome.type === 'change-failed' ? outcome.failure.reason : 'unknown';
  if (reason === 'denied') return 'denied';
  return reason === 'conflict' || reason === 'invalid' ? 'refused' : 'unanswered';
}

function isAutomatic({ phase }: MigrationState): boolean {
  return phase.phase === 'rolling-back' && phase.rollback.by === 'guard';
}

function isWaiting(engine: Engine, { state }: Journal): boolean {
  return rollbackWait(state, engine.clock.now()) !== null;
}

/** Another process that rolls back too has brought it to its end meanwhile. */
function isOvertaken({ state }: Journal): boolean {
  return state.phase.phase !== 'rolling-back';
}

/**
 * Reads the zone and settles what it shows of our own writes. Before an automatic rollback writes it also hears what the probes say by
 * now, which `decide` judges: that may be long after it was decided.
 */
async function lookAgain(engine: Engine, journal: Journal): Promise<Result<RecordImage, ProviderFailure>> {
  const { plan } = journal.state;
  const reading = readImage(engine, plan, callSignal(journal.state));
  const reports = isAutomatic(journal.state) ? probesNow(engine, plan) : null;
  const image = await reading;
  if (image.ok) await closeOpenIntent(engine, journal, image.value);
  if (reports === null) return image;
  const observation = glimpse(engine, journal, image, await reports);
  const { at } = observation;
  const observed: Event = { type: 'observed', at, observation };
  await journal.appendOrGoOn([observed], at, engine);
  const decided = decide(journal.state);
  if (decided.length > 0) await journal.appendOrGoOn(decided, at, engine);
  return image;
}

/** A write of ours whose answer was lost is known by its id; every other open one did not happen or does not matter any more. */
async function closeOpenIntent(engine: Engine, journal: Journal, image: RecordImage): Promise<void> {
  const { intents, generation } = journal.state;
  const at = engine.clock.now();
  const landed = intents.find(
    (intent) =>
      intent.generation > generation && intent.kind === 'rollback' && sameImage(intent.after, image),
  );
  if (landed !== undefined) {
    await journal.appendOrGoOn(
      [{ type: 'change-accepted', at, intentId: landed.id, changeId: null, how: 'read-back' }],
      at,
      engine,
    );
  } else {
    await abandon(engine, journal, 'the zone does not show this write');
  }
}

async function abandon(engine: Engine, journal: Journal, because: string): Promise<void> {
  const { openIntent } = journal.state;
  if (openIntent === null) return;
  const at = engine.clock.now();
  await journal.appendOrGoOn(
    [{ type: 'intent-abandoned', at, intentId: openIntent.id, because }],
    at,
    engine,
  );
}

/** An automatic rollback stops at another controller's marker; one that a person asked for goes over it. */
async function haltWhenFenced(engine: Engine, journal: Journal, image: RecordImage): Promise<boolean> {
  const { state } = journal;
  if (!isAutomatic(state)) return false;
  const foreign = image.map((host) => foreignMarker(state, host)).find((marker) => marker !== null);
  if (foreign == null) return false;
  const because = `the rollback stops, ${describeFence(foreign)}`;
  const at = engine.clock.now();
  await journal.appendOrGoOn([{ type: 'halted', at, cause: 'fenced', because, differences: [] }], at, engine);
  return true;
}

/** A host that an unrecorded write of our own migration has put back already fences nobody: there is nothing left to write. */
function foreignMarker(state: MigrationState, found: HostImage): Marker | null {
  const marker = readMarker(found.marker);
  if (marker === null || isOurs(state, marker)) return null;
  const [only] = found.records;
  const host = state.plan.hosts.find((candidate) => candidate.host === found.host);
  const names = host === undefined ? [] : sourceNames(host);
  const isBack =
    found.records.length === 1 && only?.setIdentifier === null && names.includes(only.values[0] ?? '');
  return marker.migrationId === state.plan.id && marker.state === 'ended' && isBack ? null : marker;
}

/**
 * When the zone cannot be read: our two members, if there ever were any, to 100/0 whatever their weights are. It may be repeated, and
 * only helps. One that nobody asked for is made only where the markers are ours still: another one of the writes that may stand there is
 * tried each time.
 */
async function forceDrain(engine: Engine, journal: Journal, tries: number): Promise<void> {
  const { state } = journal;
  if (state.intents.length === 0) return;
  const later = state.intents.filter(({ generation }) => generation > state.generation);
  const written = [state.image, ...later.map(({ after }) => after)];
  const result = await engine.zones.change(
    state.plan.zone.id,
    isAutomatic(state)
      ? drainWhereMarked(state.plan, written[tries % written.length] ?? state.image)
      : drainBatch(state.plan),
    callTimeoutMs(state.plan.policy.tickEveryMs),
    callSignal(state),
  );
  const what =
    'rollback: the zone cannot be read, so both members were forced to 100/0 from the last known values';
  engine.log.warn(`${what}: ${result.ok ? `accepted as ${result.value.changeId}` : result.error.message}`);
  if (result.ok && !state.alarms.includes('rollback-incomplete')) await alarm(engine, journal, what);
}

async function written(engine: Engine, journal: Journal, untouched: readonly string[]): Promise<void> {
  if (isOvertaken(journal)) return;
  const at = engine.clock.now();
  await journal.appendOrGoOn([{ type: 'rollback-written', at, untouched }], at, engine);
  await journal.saveRest(at, engine);
}

async function alarm(engine: Engine, journal: Journal, because: string): Promise<void> {
  const at = engine.clock.now();
  await journal.appendOrGoOn(
    [{ type: 'alarm-raised', at, topic: 'rollback-incomplete', because }],
    at,
    engine,
  );
}

/** People are told while it goes on, and told again while it lasts; nothing here waits for them. */
async function remind(engine: Engine, journal: Journal): Promise<void> {
  const because = rollbackReminder(journal.state, engine.clock.now());
  if (because !== null) await alarm(engine, journal, because);
  engine.telling.begin(journal);
}

function origin(engine: Engine, journal: Journal): IntentOrigin {
  const { clock, ids, holder } = engine;
  return { at: clock.now(), nextIntentId: ids.next(), journalHead: journal.head, ...signed(holder) };
}

function imageOf(image: RecordImage, host: HostPlan): HostImage {
  return (
    image.find((candidate) => candidate.host === host.host) ?? { host: host.host, records: [], marker: [] }
  );
}

function callSignal(state: MigrationState): AbortSignal {
  return AbortSignal.timeout(callTimeoutMs(state.plan.policy.tickEveryMs));
}
