import type { Event } from '../core/event.js';
import type { Failure } from '../core/failure.js';
import { IllegalEvent } from '../core/legality.js';
import type { MigrationState } from '../core/migration-state.js';
import { possibleVerbs } from '../core/possible-verbs.js';
import { err, ok, type Result } from '../core/result.js';
import type { Instant } from '../core/time.js';
import type { Engine } from './engine.js';
import { Journal } from './journal.js';

/** Tries again when another process wrote first, so that two operators are served one after the other. */
const maxTries = 5;

/**
 * Journals what an operator said. The event is made afresh from the state that it will follow, so that the second of two operators is
 * judged by what the first has left. Refused with what the present phase allows instead.
 *
 * @param rule in which phases the verb makes sense, for whoever is refused
 */
export async function recordWord(
  engine: Engine,
  id: string,
  make: (state: MigrationState, at: Instant) => Result<Event, Failure>,
  rule: string,
): Promise<Result<MigrationState, Failure>> {
  const journal = await Journal.open(engine.store, id, null);
  for (let tries = 0; tries < maxTries; tries += 1) {
    const at = engine.clock.now();
    const event = make(journal.state, at);
    if (!event.ok) return event;
    try {
      const stored = await journal.append([event.value], at);
      if (stored.ok) return ok(journal.state);
    } catch (error) {
      if (!(error instanceof IllegalEvent)) throw error;
      return err(notNow(journal.state, rule, at));
    }
    await journal.refresh();
  }
  return err({ reason: 'conflict', message: `${id} is being changed by another process`, fix: 'try again' });
}

/** A verb that makes no sense now: where the migration is, when the verb would make sense, and what does now. */
export function notNow(state: MigrationState, rule: string, at: Instant): Failure {
  const { plan, phase, pause, openIntent } = state;
  const open = openIntent === null ? '' : ', with a write under way';
  const possible = possibleVerbs(state, at);
  const verbs = possible.length === 0 ? 'nothing by hand' : possible.join(', ');
  return {
    reason: 'conflict',
    message: `${plan.id} is ${phase.phase}${pause === null ? '' : ' and paused'}${open}: ${rule}`,
    fix: `possible now: ${verbs}; why: shiftctl status ${plan.id}`,
  };
}
