import { drainBatch } from '../core/rollback.js';
import type { Event } from '../core/event.js';
import type { Intent } from '../core/intent.js';
import { collapseBatch } from '../core/intent-factory.js';
import { limitViolations } from '../core/limits.js';
import type { MigrationState } from '../core/migration-state.js';
import { assert } from '../core/result.js';
import { withDeadline } from './deadline.js';
import { callTimeoutMs, type Engine } from './engine.js';
import { rollbackRecordMs } from './journal.js';

/**
 * Makes the one call of an open intent, once, and says what came back. A failure of any kind closes nothing: the next tick
 * reads the zone and settles by the intent's id whether the write happened.
 *
 * The signal does not cut a write short: a call whose answer is thrown away would only have to be read back.
 */
export async function act(engine: Engine, state: MigrationState, intent: Intent): Promise<Event> {
  if (intent.kind !== 'rollback') {
    const violations = limitViolations(state, intent);
    assert(violations.length === 0, `a forward write keeps the limits: ${violations.join('; ')}`);
  }
  const refreshed = writeBreakGlass(engine, state, intent);
  if (intent.kind !== 'rollback') await refreshed;
  const timeoutMs = callTimeoutMs(state.plan.policy.tickEveryMs);
  const result = await engine.zones.change(
    state.plan.zone.id,
    intent.batch,
    timeoutMs,
    AbortSignal.timeout(timeoutMs),
  );
  const at = engine.clock.now();
  await refreshed;
  if (!result.ok) return { type: 'change-failed', at, intentId: intent.id, failure: result.error };
  return { type: 'change-accepted', at, intentId: intent.id, changeId: result.value.changeId, how: 'reply' };
}

/**
 * Both files must be right before the call is made; for a rollback they are a help, never a condition, so that it does not wait for the disk:
 * the files of the stage before put everything back as well.
 */
async function writeBreakGlass(engine: Engine, state: MigrationState, intent: Intent): Promise<void> {
  const { plan } = state;
  const files = {
    migrationId: plan.id,
    zoneId: plan.zone.id,
    drain: drainBatch(plan),
    collapse: collapseBatch(state, intent),
  };
  if (intent.kind !== 'rollback') {
    await engine.breakGlass.write(files);
    return;
  }
  const written = await withDeadline(engine.breakGlass.write(files), rollbackRecordMs, engine.clock);
  if (!written.ok) engine.log.warn(`the break-glass files could not be refreshed: ${written.error}`);
}
