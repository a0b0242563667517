import { err, ok, type Result } from '../../core/result.js';
import type { Clock } from '../../engine/ports.js';

/** What ended the work before it was done. */
export type EndedBy = 'deadline' | 'caller';

/**
 * Runs `work` until it settles, `timeoutMs` has passed or the caller's signal aborts. The signal given to `work` aborts as soon as
 * nobody waits for it any more. Rejects only with what `work` rejects with.
 */
export async function underDeadline<T>(
  clock: Clock,
  timeoutMs: number,
  caller: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Result<T, EndedBy>> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  caller.addEventListener('abort', abort);
  if (caller.aborted) abort();
  const over = clock
    .sleep(timeoutMs, stop.signal)
    .then(() => err<EndedBy>(caller.aborted ? 'caller' : 'deadline'));
  try {
    return await Promise.race([over, work(stop.signal).then(ok)]);
  } catch (error) {
    if (caller.aborted) return err('caller');
    throw error;
  } finally {
    caller.removeEventListener('abort', abort);
    abort();
  }
}
