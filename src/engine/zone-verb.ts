import { differences, explain } from '../core/explanation.js';
import type { Event } from '../core/event.js';
import type { Failure, ProviderFailure } from '../core/failure.js';
import type { IntentOrigin } from '../core/intent-factory.js';
import type { Intent } from '../core/intent.js';
import type { MigrationState } from '../core/migration-state.js';
import type { RecordImage } from '../core/record-image.js';
import { displayName } from '../core/record-name.js';
import { assert, err, ok, type Result } from '../core/result.js';
import type { Instant } from '../core/time.js';
import { act } from './act.js';
import { callTimeoutMs, type Engine } from './engine.js';
import { Journal } from './journal.js';
import { readImage } from './observe.js';
import type { Operator } from './operator.js';
import type { AppendRefusal } from './ports.js';
import { signed } from './signed.js';
import { endLease } from './tick.js';

/** What a verb that writes to the zone makes of a journal and one reading. */
export interface ZoneStep {
  /** What is recorded in the same transaction as the intent, before it. */
  readonly requested: (at: Instant, operator: Operator) => readonly Event[];
  /** The write, or null when nothing has to be written. */
  readonly intent: (state: MigrationState, origin: IntentOrigin) => Intent | null;
  /** What follows as soon as the write is accepted, or when there is none. */
  readonly done: (at: Instant) => readonly Event[];
  /** One sentence for the person who is asked. */
  readonly summary: string;
}

export type ZoneVerb = (state: MigrationState, found: RecordImage, now: Instant) => Result<ZoneStep, Failure>;

/** What a verb would do, from one reading of the zone; it is carried out only if the zone still is exactly so. */
export interface Proposal {
  readonly migrationId: string;
  readonly verb: ZoneVerb;
  readonly found: RecordImage;
  readonly summary: string;
  /** The records that go and come, one line each; the markers change with every write and are left out. */
  readonly differences: readonly string[];
}

/** How often a verb starts over when another process wrote to the journal meanwhile. */
const maxTries = 5;

const leaseMs = 180_000;

/** Reads the zone now and says what the verb would write. Writes nothing, neither to the zone nor to the journal. */
export async function propose(
  engine: Engine,
  id: string,
  verb: ZoneVerb,
): Promise<Result<Proposal, Failure>> {
  const { state } = await Journal.open(engine.store, id, null);
  const objection = engine.objection(state.plan);
  if (objection !== null)
    return err({ reason: 'refused', check: 'lab', message: objection, fix: 'nothing was changed' });
  const image = await readImage(engine, state.plan, callSignal(state));
  if (!image.ok) return err(notRead(image.error));
  const now = engine.clock.now();
  const step = verb(state, image.value, now);
  if (!step.ok) return step;
  const after =
    step.value.intent(state, { at: now, nextIntentId: '', journalHead: '' })?.after ?? image.value;
  return ok({
    migrationId: id,
    verb,
    found: image.value,
    summary: step.value.summary,
    differences: differences(recordsOnly(image.value), recordsOnly(after)),
  });
}

/**
 * Writes what was proposed: the request and the intent are durable before the call, and Route 53 refuses it unless the zone still is
 * as it was shown. The lease is taken from whoever has it, so that no tick judges the write while it is under way. What is lost on
 * the way is settled by the next tick.
 */
export async function carryOut(
  engine: Engine,
  { migrationId: id, found, verb }: Proposal,
  operator: Operator,
): Promise<Result<MigrationState, Failure>> {
  const current = await Journal.open(engine.store, id, null);
  const first = verb(current.state, found, engine.clock.now());
  if (!first.ok) return first;
  const lease = await engine.store.seizeLease(id, engine.holder.name, leaseMs, engine.clock.now());
  try {
    const journal = await Journal.open(engine.store, id, lease.epoch);
    const opened = await open(engine, journal, verb, found, operator);
    if (!opened.ok) return opened;
    return await write(engine, journal, opened.value);
  } finally {
    await endLease(engine, id);
  }
}

/** Stores what was asked for together with the intent. */
async function open(
  engine: Engine,
  journal: Journal,
  verb: ZoneVerb,
  found: RecordImage,
  operator: Operator,
): Promise<Result<ZoneStep, Failure>> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const at = engine.clock.now();
    const step = verb(journal.state, found, at);
    if (!step.ok) return step;
    const origin = {
      at,
      nextIntentId: engine.ids.next(),
      journalHead: journal.head,
      ...signed(engine.holder),
    };
    const intent = step.value.intent(journal.state, origin);
    const because = `${operator.by}: ${operator.because}`;
    const opened: readonly Event[] =
      intent === null ? step.value.done(at) : [{ type: 'intent-opened', at, intent, because }];
    const stored = await journal.append([...step.value.requested(at, operator), ...opened], at);
    if (stored.ok) return step;
    if (stored.error.reason !== 'sequence') return err(conflict(stored.error));
    await journal.refresh();
  }
  return err({
    reason: 'conflict',
    message: `${journal.state.plan.id} is being changed by another process`,
    fix: 'nothing was changed; try again',
  });
}

/** Makes the call of the open intent, if there is one, and records what came back. */
async function write(
  engine: Engine,
  journal: Journal,
  step: ZoneStep,
): Promise<Result<MigrationState, Failure>> {
  const intent = journal.state.openIntent;
  if (intent === null) return ok(journal.state);
  const outcome = await act(engine, journal.state, intent);
  const { at } = outcome;
  if (outcome.type === 'change-accepted') {
    const stored = await journal.append([outcome, ...step.done(at)], at);
    return stored.ok ? ok(journal.state) : err(conflict(stored.error));
  }
  await journal.append([outcome], at);
  assert(outcome.type === 'change-failed', 'a call is accepted or has failed');
  return settle(engine, journal, step, outcome.failure);
}

/** After an error the zone is read before anything is concluded; what stays open is settled by the next tick. */
async function settle(
  engine: Engine,
  journal: Journal,
  step: ZoneStep,
  failure: ProviderFailure,
): Promise<Result<MigrationState, Failure>> {
  const { state } = journal;
  const intentId = state.openIntent?.id ?? '';
  const image = await readImage(engine, state.plan, callSignal(state));
  const at = engine.clock.now();
  const explanation = image.ok ? explain(state, image.value) : null;
  if (explanation?.kind === 'landed' && explanation.intent.id === intentId) {
    const accepted: Event = { type: 'change-accepted', at, intentId, changeId: null, how: 'read-back' };
    const stored = await journal.append([accepted, ...step.done(at)], at);
    return stored.ok ? ok(journal.state) : err(conflict(stored.error));
  }
  // A batch is judged when it arrives: what Route 53 refused cannot land later.
  const isRefused = failure.reason === 'conflict' || failure.reason === 'invalid';
  if (!isRefused)
    return err({
      reason: 'provider',
      failure,
      changed: `whether it was written is not known yet; the next tick reads the zone and settles it: shiftctl status ${nameOf(state)}`,
    });
  const because = 'Route 53 refused it, because the zone is not as it was shown';
  await journal.append([{ type: 'intent-abandoned', at, intentId, because }], at);
  return err({
    reason: 'conflict',
    message: `the zone was changed while this was decided, so Route 53 refused it and nothing was written: ${failure.message}`,
    fix: 'run it again and look at what stands there now',
  });
}

function recordsOnly(image: RecordImage): RecordImage {
  return image.map((host) => ({ ...host, marker: [] }));
}

function conflict(refusal: AppendRefusal): Failure {
  const message =
    refusal.reason === 'host-taken'
      ? `${displayName(refusal.host)} is in the live migration ${refusal.migrationId}`
      : `another process took this migration over (${refusal.reason})`;
  return { reason: 'conflict', message, fix: 'see: shiftctl list' };
}

function notRead(failure: ProviderFailure): Failure {
  return { reason: 'provider', failure, changed: 'nothing was changed' };
}

function nameOf({ plan }: MigrationState): string {
  return displayName(plan.hosts[0]?.host ?? plan.id);
}

function callSignal(state: MigrationState): AbortSignal {
  return AbortSignal.timeout(callTimeoutMs(state.plan.policy.tickEveryMs));
}
