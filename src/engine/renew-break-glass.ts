import type { MigrationState } from '../core/migration-state.js';
import { isLive } from '../core/phase.js';
import { movesLeftBehind } from '../core/platform/left-behind.js';
import { breakGlassFiles, refreshBreakGlass } from './act.js';
import type { Engine } from './engine.js';
import type { Journal } from './journal.js';

/**
 * Keeps both break-glass files right after a source has moved, which no write of ours goes with. They are written at every tick until one
 * does, so that a process that ended in between is made up for. A help, never a condition: a disk that fails ends no tick.
 */
export async function renewBreakGlass(engine: Engine, journal: Journal): Promise<void> {
  const { state } = journal;
  const { phase, openIntent, intents, generation } = state;
  const isGoingBack = phase.phase === 'rolling-back' || phase.phase === 'draining';
  if (!isLive(phase) || isGoingBack || !mayBeOld(state)) return;
  const latest = openIntent ?? intents.findLast((intent) => intent.generation === generation);
  if (latest !== undefined) await refreshBreakGlass(engine, breakGlassFiles(state, latest));
}

/** The records say whether a write has followed, but not once they name the target alone. */
function mayBeOld(state: MigrationState): boolean {
  const { phase, plan } = state;
  const hasMoved = plan.hosts.some(({ formerSources }) => formerSources !== undefined);
  return movesLeftBehind(state).length > 0 || (phase.phase === 'finalizing' && hasMoved);
}
