import { err, ok, type Result } from '../../core/result.js';
import type { Clock } from '../../engine/ports.js';

/** What ended the work before it was done. */
export type EndedBy = 'deadline' | 'caller';

/** The work as it goes on when its time is over, and the signal it was given. */
export interface Overdue {
  readonly working: Promise<unknown>;
  readonly signal: AbortSignal;
}

/**
 * Runs `work` until it settles, `timeoutMs` has passed or the caller's signal aborts. The signal given to `work` aborts as soon as
 * nobody waits for it any more. Rejects only with what `work` rejects with.
 */
export function underDeadline<T>(
  clock: Clock,
  timeoutMs: number,
  caller: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Result<T, EndedBy>> {
  const over = (): Promise<EndedBy> => Promise.resolve('deadline');
  return underJudgedDeadline(clock, { timeoutMs, over }, caller, work);
}

/** The same, and `over` says what it means that the time is over; until it has, the work goes on. */
export async function underJudgedDeadline<T, E>(
  clock: Clock,
  limit: { readonly timeoutMs: number; readonly over: (work: Overdue) => Promise<E> },
  caller: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Result<T, E | 'caller'>> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  caller.addEventListener('abort', abort);
  if (caller.aborted) abort();
  const over = clock.sleep(limit.timeoutMs, stop.signal).then(() => null);
  try {
    const working = work(stop.signal).then((value) => ok(value));
    const inTime = await Promise.race([over, working]);
    if (inTime !== null) return inTime;
    return err(caller.aborted ? 'caller' : await limit.over({ working, signal: stop.signal }));
  } catch (error) {
    if (caller.aborted) return err('caller');
    throw error;
  } finally {
    caller.removeEventListener('abort', abort);
    abort();
  }
}
