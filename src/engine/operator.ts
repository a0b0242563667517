import type { Event } from '../core/event.js';
import type { Failure } from '../core/failure.js';
import type { MigrationState } from '../core/migration-state.js';
import type { MigrationPlan } from '../core/plan.js';
import { displayName } from '../core/record-name.js';
import { err, ok, type Result } from '../core/result.js';
import { withDeadline } from './deadline.js';
import { inheritOriginals } from './inherited-originals.js';
import type { Engine } from './engine.js';
import { Journal, rollbackRecordMs } from './journal.js';
import { recordWord } from './record-word.js';
import { rollBack } from './roll-back.js';

/** Who does something, and why; recorded with everything an operator does. */
export interface Operator {
  readonly by: string;
  readonly because: string;
}

/** Stores a confirmed plan; the next tick takes over. Refused when one of its hosts is in a live migration. */
export async function begin(engine: Engine, asked: MigrationPlan): Promise<Result<MigrationState, Failure>> {
  const plan = await inheritOriginals(engine.store, asked);
  const hosts = plan.hosts.map((host) => host.host);
  const at = engine.clock.now();
  const planned: Event = { type: 'migration-planned', at, plan };
  const stored = await engine.store.create({ id: plan.id, hosts, live: true, createdAt: at }, planned, at);
  if (stored.ok) return ok((await Journal.open(engine.store, plan.id, null)).state);
  const refusal = stored.error;
  const message =
    refusal.reason === 'host-taken'
      ? `${displayName(refusal.host)} is in the live migration ${refusal.migrationId}`
      : `the journal refused the plan (${refusal.reason})`;
  return err({ reason: 'conflict', message, fix: 'see: shiftctl list' });
}

/** Stops advancing; the guard stays on. Resolves with the state, which may still have a write to verify. */
export async function pause(
  engine: Engine,
  id: string,
  operator: Operator,
): Promise<Result<MigrationState, Failure>> {
  return recordWord(
    engine,
    id,
    (_state, at) => ok({ type: 'paused', at, ...operator }),
    'it can be paused while it is live and not paused',
  );
}

/** Ends a pause, or a wait for a person; the time until the gate asks begins again. */
export async function resume(
  engine: Engine,
  id: string,
  operator: Operator,
): Promise<Result<MigrationState, Failure>> {
  return recordWord(
    engine,
    id,
    (_state, at) => ok({ type: 'resumed', at, ...operator }),
    'only a paused or waiting migration can be resumed',
  );
}

/**
 * Everything back to the source, now. Takes the lease from whoever has it and does not return before Route 53 has accepted,
 * or the signal ended it; what is left then is done by the next tick or the next rollback.
 */
export async function requestRollback(
  engine: Engine,
  id: string,
  operator: Operator,
  signal: AbortSignal,
): Promise<Result<MigrationState, Failure>> {
  const { store, holder, clock, log } = engine;
  const lease = await withDeadline(
    store.seizeLease(id, holder.name, rollbackLeaseMs, clock.now()),
    rollbackRecordMs,
    clock,
  );
  if (!lease.ok) log.warn(`the lease cannot be taken (${lease.error}); rolling back all the same`);
  const journal = await Journal.openInHaste(store, id, lease.ok ? lease.value.epoch : null);
  const objection = engine.objection(journal.state.plan);
  if (objection !== null)
    return err({ reason: 'refused', check: 'lab', message: objection, fix: 'nothing was changed' });
  if (journal.state.phase.phase === 'forgotten') return err(isForgotten(journal.state.plan));
  const { phase } = journal.state;
  if (phase.phase !== 'rolling-back' || phase.rollback.by === 'guard') {
    const at = engine.clock.now();
    const { by: who, because } = operator;
    await journal.appendOrGoOn(
      [{ type: 'rollback-requested', at, by: 'operator', who, because }],
      at,
      engine,
    );
  }
  if (journal.state.phase.phase === 'rolling-back') await rollBack(engine, journal, signal);
  await journal.readRest(engine);
  engine.telling.begin(journal);
  return ok(journal.state);
}

function isForgotten({ id, hosts }: MigrationPlan): Failure {
  const [first] = hosts;
  const line =
    first === undefined
      ? ''
      : ` ${displayName(first.host)} --no-state --to ${displayName(first.source.dnsName)}`;
  return {
    reason: 'conflict',
    message: `${id} is forgotten: nothing in the zone is known to be its own any more`,
    fix: `if its old side still serves, and everything shall go there: shiftctl rollback${line}`,
  };
}

const rollbackLeaseMs = 180_000;
