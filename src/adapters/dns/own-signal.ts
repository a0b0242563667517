import { setMaxListeners } from 'node:events';

/**
 * Runs work under a signal of its own that aborts with the caller's. Every question listens for the end, and Node warns of
 * a leak when more than ten listen on one signal; on this one they may, because it does not outlive the work.
 */
export async function underOwnSignal<T>(
  caller: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const abort = (): void => controller.abort();
  caller.addEventListener('abort', abort, { once: true });
  if (caller.aborted) abort();
  try {
    return await work(controller.signal);
  } finally {
    caller.removeEventListener('abort', abort);
  }
}
