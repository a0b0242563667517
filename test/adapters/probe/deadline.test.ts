import { expect, test } from 'vitest';
import { underDeadline } from '../../../src/adapters/probe/deadline.js';
import { instant } from '../../../src/core/time.js';
import type { Clock } from '../../../src/engine/ports.js';

/** Sleeps until the test says so. */
function manualClock(): Clock & { wake(): void } {
  let wake = (): void => undefined;
  const sleep = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  return { now: () => instant(0), monotonicMs: () => 0, bootId: 'test', sleep, wake: () => wake() };
}

const never = new AbortController().signal;

/** Rejects as soon as it is told to stop, as most clients do. */
function untilStopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
}

test('work that is done in time gives its value, and is told that nobody waits any more', async () => {
  let given: AbortSignal | undefined;
  const result = await underDeadline(manualClock(), 1000, never, (signal) => {
    given = signal;
    return Promise.resolve('done');
  });
  expect(result).toEqual({ ok: true, value: 'done' });
  expect(given?.aborted).toBe(true);
});

test('work that fails in time rejects with its own error', async () => {
  const work = (): Promise<never> => Promise.reject(new Error('broken'));
  await expect(underDeadline(manualClock(), 1000, never, work)).rejects.toThrow('broken');
});

test('work that is late is stopped, and its error is not heard of again', async () => {
  const clock = manualClock();
  const running = underDeadline(clock, 1000, never, untilStopped);
  clock.wake();
  expect(await running).toEqual({ ok: false, error: 'deadline' });
});

test('work that fails because the caller gave up is not a failure', async () => {
  const caller = new AbortController();
  const running = underDeadline(manualClock(), 1000, caller.signal, untilStopped);
  caller.abort();
  expect(await running).toEqual({ ok: false, error: 'caller' });
});

test('a caller who gave up before the start is heard', async () => {
  const work = async (signal: AbortSignal): Promise<string> =>
    signal.aborted ? Promise.reject(new Error('stopped')) : 'done';
  expect(await underDeadline(manualClock(), 1000, AbortSignal.abort(), work)).toEqual({
    ok: false,
    error: 'caller',
  });
});
