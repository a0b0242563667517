import { decide } from '../core/decide.js';
import type { Event } from '../core/event.js';
import { apply } from '../core/migration.js';
import type { MigrationState } from '../core/migration-state.js';
import { isLive } from '../core/phase.js';
import { sideProbes } from '../core/policy/policy.js';
import { err, ok, type Result } from '../core/result.js';
import { act } from './act.js';
import type { Engine } from './engine.js';
import { tendHealthChecks } from './health-checks.js';
import { Journal } from './journal.js';
import { observe } from './observe.js';
import type { Lease } from './ports.js';
import { renewBreakGlass } from './renew-break-glass.js';
import { rollBack } from './roll-back.js';
import { watchSource } from './source-watch.js';

/** What a tick left behind: the state, and the events it added without the reading itself. */
export interface TickOutcome {
  readonly state: MigrationState;
  readonly events: readonly Event[];
}

/** Why a tick did nothing: another process or an operator has the migration, or it belongs to another world (a lab's). */
export interface TickSkipped {
  readonly reason: 'held-by-another' | 'overtaken' | 'objection';
  readonly message: string;
}

/** How often a tick starts over when another process wrote to the journal meanwhile. */
const maxTries = 3;

/**
 * One tick: observe, decide, record, act; the next tick verifies. May be missed, doubled or hours late. Throws only for bugs
 * and for a state file that cannot be used; a rollback that is due is made even then, if the journal can be read.
 *
 * @param onRollback told right before it begins to roll back, which takes as long as Route 53 needs, and when that is over
 */
export async function tick(
  engine: Engine,
  migrationId: string,
  signal: AbortSignal,
  onRollback: (isUnderWay: boolean) => void = () => undefined,
): Promise<Result<TickOutcome, TickSkipped>> {
  const back = async (journal: Journal): Promise<void> => {
    onRollback(true);
    await rollBack(engine, journal, signal);
    onRollback(false);
  };
  try {
    return await wholeTick(engine, migrationId, back, signal);
  } catch (error) {
    engine.telling.failed(migrationId, error);
    return guardOnly(engine, migrationId, { error, back }, signal);
  }
}

type RollBack = (journal: Journal) => Promise<void>;

async function wholeTick(
  engine: Engine,
  migrationId: string,
  back: RollBack,
  signal: AbortSignal,
): Promise<Result<TickOutcome, TickSkipped>> {
  const lease = await takeLease(engine, migrationId);
  if (!lease.ok)
    return err({
      reason: 'held-by-another',
      message: `another process is at work on it (${lease.error.holder})`,
    });
  const journal = await Journal.open(engine.store, migrationId, lease.value.epoch);
  const objection = engine.objection(journal.state.plan);
  if (objection !== null) return err({ reason: 'objection', message: objection });
  const wasLive = isLive(journal.state.phase);
  for (let tries = 0; tries < maxTries && !signal.aborted; tries += 1) {
    if (!isLive(journal.state.phase)) break;
    if (isRollingBack(journal)) await back(journal);
    if (journal.isDetached() || (await step(engine, journal, signal))) break;
    const fresh = await takeLease(engine, migrationId);
    if (!fresh.ok || fresh.value.epoch !== lease.value.epoch)
      return err({ reason: 'overtaken', message: 'an operator took it over' });
    await journal.refresh();
  }
  if (isRollingBack(journal)) await back(journal);
  await renewBreakGlass(engine, journal);
  if (!wasLive) await watchSource(engine, journal, signal);
  await tendHealthChecks(engine, journal, signal);
  engine.telling.begin(journal);
  // What has ended is looked at so rarely that its dead-man's switch would only flap.
  if (!signal.aborted && wasLive) engine.telling.beat(journal.state);
  return ok(outcomeOf(journal));
}

/** Gives the lease back, so that the next process need not wait for it to expire. What cannot be given back expires. */
export async function endLease(engine: Engine, migrationId: string): Promise<void> {
  const { store, holder, clock, log } = engine;
  try {
    const lease = await store.acquireLease(migrationId, holder.name, 1, clock.now());
    if (lease.ok) await store.releaseLease(lease.value);
  } catch (error) {
    log.warn(`the lease could not be given back: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Observes, decides, records and acts. False when someone else wrote first: nothing was stored, the reading is stale. */
async function step(engine: Engine, journal: Journal, signal: AbortSignal): Promise<boolean> {
  const observation = await observe(engine, journal, signal);
  if (signal.aborted) return true;
  const { at } = observation;
  const observed: Event = { type: 'observed', at, observation };
  const events = [observed, ...decide(apply(journal.state, observed))];
  const stored = wantsRollback(events)
    ? await journal.appendUnlessBroken(events, at, engine)
    : await journal.append(events, at);
  if (!stored.ok) return false;
  const intent = journal.state.openIntent;
  if (intent?.id !== observation.nextIntentId) return true;
  const outcome = await act(engine, journal.state, intent);
  // Not stored when an operator's rollback came between: the zone and the intent's id say what happened.
  await journal.append([outcome], outcome.at);
  return true;
}

/**
 * A tick that cannot be finished, because the disk is full for instance. Nothing can go forward, but a rollback that was asked
 * for or that the guard wants now is made all the same, and told on the log; everything else ends with the error.
 */
async function guardOnly(
  engine: Engine,
  migrationId: string,
  { error, back }: { readonly error: unknown; readonly back: RollBack },
  signal: AbortSignal,
): Promise<Result<TickOutcome, TickSkipped>> {
  const journal = await Journal.open(engine.store, migrationId, null);
  const isMine = isLive(journal.state.phase) && engine.objection(journal.state.plan) === null;
  if (!isMine || signal.aborted) throw error;
  if (!isRollingBack(journal)) {
    const events = await watchUnsaved(engine, journal, signal);
    if (!wantsRollback(events)) throw error;
    await journal.appendOrGoOn(events, engine.clock.now(), engine);
  }
  await back(journal);
  engine.telling.begin(journal);
  return ok(outcomeOf(journal));
}

/**
 * Looks until there are enough probes for a verdict or they pass: what cannot be journaled is forgotten between two ticks. The
 * last reading's decision is the one that counts.
 */
async function watchUnsaved(engine: Engine, journal: Journal, signal: AbortSignal): Promise<Event[]> {
  const { tickEveryMs, probes } = journal.state.plan.policy;
  const readings = 1 + Math.ceil((probes.failed.of * sideProbes(probes, 'target').everyMs) / tickEveryMs);
  const seen: Event[] = [];
  let state = journal.state;
  for (let count = 1; ; count += 1) {
    const observation = await observe(engine, journal, signal);
    const observed: Event = { type: 'observed', at: observation.at, observation };
    seen.push(observed);
    state = apply(state, observed);
    const decided = decide(state);
    const isFailing = observation.probes.some(
      ({ side, outcomes }) => side === 'target' && outcomes.some(({ result }) => result === 'failed'),
    );
    if (signal.aborted || wantsRollback(decided) || !isFailing || count === readings) {
      return [...seen, ...(signal.aborted ? [] : decided)];
    }
    await engine.clock.sleep(tickEveryMs, signal);
  }
}

function wantsRollback(events: readonly Event[]): boolean {
  return events.some((event) => event.type === 'rollback-requested');
}

function isRollingBack(journal: Journal): boolean {
  return journal.state.phase.phase === 'rolling-back';
}

function outcomeOf({ state, added }: Journal): TickOutcome {
  return { state, events: added.filter((event) => event.type !== 'observed') };
}

/** A lease outlives three ticks, so that a slow one is not overtaken; one whose process is gone for good is taken at once. */
async function takeLease(engine: Engine, migrationId: string): Promise<Result<Lease, Lease>> {
  const { store, holder, clock } = engine;
  const lease = await store.acquireLease(migrationId, holder.name, leaseMs, clock.now());
  if (lease.ok || !holder.isGone(lease.error.holder)) return lease;
  return ok(await store.seizeLease(migrationId, holder.name, leaseMs, clock.now()));
}

const leaseMs = 180_000;
