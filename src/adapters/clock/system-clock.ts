import { setTimeout as wait } from 'node:timers/promises';
import { instant, type Instant } from '../../core/time.js';
import type { Clock } from '../../engine/ports.js';
import { bootId } from './boot-id.js';

/** A timer above this fires at once instead of late (Node.js documentation, `setTimeout`). */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's own time. The only place that reads it on the engine's behalf. */
export function createSystemClock(): Clock {
  return { now, monotonicMs, bootId: bootId(), sleep };
}

function now(): Instant {
  return instant(Date.now());
}

/** `process.hrtime` is CLOCK_MONOTONIC, which the processes of one boot share. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  const end = monotonicMs() + Math.max(0, ms);
  for (let rest = ms; rest > 0 && !signal.aborted; rest = end - monotonicMs()) {
    try {
      await wait(Math.min(rest, longestTimerMs), undefined, { signal });
    } catch {
      return; // The only thing a timer rejects with is the abort of its signal.
    }
  }
}
