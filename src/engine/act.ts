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
import type { BreakGlassFiles } from './ports.js';

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
  const isRollback = intent.kind === 'rollback';
  if (!isRollback) await engine.breakGlass.write(breakGlassFiles(state, intent));
  const timeoutMs = callTimeoutMs(state.plan.policy.tickEveryMs);
  const result = await engine.zones.change(
    state.plan.zone.id,
    intent.batch,
    timeoutMs,
    AbortSignal.timeout(timeoutMs),
  );
  const at = engine.clock.now();
  if (isRollback) await refreshBreakGlass(engine, breakGlassFiles(state, intent));
  if (!result.ok) return { type: 'change-failed', at, intentId: intent.id, failure: result.error };
  return { type: 'change-accepted', at, intentId: intent.id, changeId: result.value.changeId, how: 'reply' };
}

/** What both files have to hold while this write is the latest. */
export function breakGlassFiles(state: MigrationState, intent: Intent): BreakGlassFiles {
  const { plan } = state;
  return {
    migrationId: plan.id,
    zoneId: plan.zone.id,
    drain: drainBatch(plan),
    collapse: collapseBatch(state, intent),
  };
}

/**
 * Before any other call both files must be right; for a rollback they are a help, never a condition. It does not wait for the disk and is
 * sent first: the files of the stage before put everything back as well.
 */
export async function refreshBreakGlass(engine: Engine, files: BreakGlassFiles): Promise<void> {
  const written = await withDeadline(engine.breakGlass.write(files), rollbackRecordMs, engine.clock);
  if (!written.ok) engine.log.warn(`the break-glass files could not be refreshed: ${written.error}`);
}
