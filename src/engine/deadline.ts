import { err, ok, type Result } from '../core/result.js';
import type { Clock } from './ports.js';

/** Waits for `work` no longer than `ms`; a rejection and silence are both an error that says so. The work itself goes on. */
export async function withDeadline<T>(
  work: Promise<T>,
  ms: number,
  clock: Clock,
): Promise<Result<T, string>> {
  const told = work.then(
    (value): Result<T, string> => ok(value),
    (error: unknown): Result<T, string> => err(error instanceof Error ? error.message : String(error)),
  );
  const abandon = new AbortController();
  const late = clock.sleep(ms, abandon.signal).then(() => err(`no answer within ${ms} ms`));
  const first = await Promise.race([told, late]);
  abandon.abort();
  return first;
}
