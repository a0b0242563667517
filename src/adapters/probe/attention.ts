import type { Result } from '../../core/result.js';
import type { Clock } from '../../engine/ports.js';
import { underJudgedDeadline, type EndedBy, type Overdue } from './deadline.js';

/** Time was up, but it was this process that came late and not the other side: for so long altogether nothing ran here meanwhile. */
export interface HeldUp {
  readonly heldMs: number;
}

const beatMs = 50;

/** A deadline noticed this late was missed by this process. */
const missedMs = 500;

/** A deadline noticed this late came after a pause, in which an answer may have come that nobody has read yet. */
const pausedMs = 20;

/** As long as reading what is there already may take. */
const catchUpMs = 50;

/**
 * Runs `work` under a deadline that does not hold against the other side what this process spent without running: when that was half of
 * the time and half a second or more, or when the answer turns out to have been there, it ends as held up. Otherwise as `underDeadline`.
 */
export async function underAttentiveDeadline<T>(
  clock: Clock,
  timeoutMs: number,
  caller: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Result<T, EndedBy | HeldUp>> {
  const startMs = clock.monotonicMs();
  const ended = new AbortController();
  const held = watchHeldUp(clock, ended.signal);
  const over = async ({ working, signal }: Overdue): Promise<EndedBy | HeldUp> => {
    const lateMs = clock.monotonicMs() - startMs - timeoutMs;
    const heldMs = held();
    if (lateMs > missedMs || heldMs >= Math.max(missedMs, timeoutMs / 2)) return { heldMs };
    if (lateMs <= pausedMs) return 'deadline';
    // Timers run before sockets are read (Node.js documentation, "The Node.js Event Loop"), so what came during the pause is read only now.
    const silence = clock.sleep(catchUpMs, signal).then(() => null);
    return (await Promise.race([working, silence])) === null ? 'deadline' : { heldMs };
  };
  try {
    return await underJudgedDeadline(clock, { timeoutMs, over }, caller, work);
  } finally {
    ended.abort();
  }
}

/**
 * Measures for how long altogether this process did not get to its work: its event loop was blocked, or the machine ran something else.
 * A beat is due every 50 ms, and what it comes late by is counted. Goes on until the signal aborts; the result is in milliseconds so far.
 */
function watchHeldUp(clock: Clock, signal: AbortSignal): () => number {
  let heldMs = 0;
  let beatFromMs = clock.monotonicMs();
  const lateMs = (): number => Math.max(0, clock.monotonicMs() - beatFromMs - beatMs);
  const beat = async (): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(beatMs, signal);
      heldMs += lateMs();
      beatFromMs = clock.monotonicMs();
    }
  };
  void beat();
  return () => heldMs + lateMs();
}
