import type { TickTimes } from './migration-state.js';
import { formatDuration } from './time.js';

/** A time in which nobody looked, or in which a clock cannot be trusted. */
export interface Gap {
  readonly gapMs: number;
  readonly because: string;
}

/**
 * The gap between two ticks, or null. Within one boot wall and monotonic time must agree; after a reboot only wall time can be
 * compared, put right by what Amazon's answers said of it. A wall clock that went back is a jump, never a negative age.
 */
export function gapBetween(before: TickTimes, after: TickTimes, gapAfterMs: number): Gap | null {
  const isSameBoot = before.bootId === after.bootId;
  const wallMs = after.at - before.at - (isSameBoot ? 0 : clockJumpMs(before, after));
  if (wallMs > gapAfterMs) {
    return { gapMs: wallMs, because: `nobody looked for ${formatDuration(wholeSeconds(wallMs))}` };
  }
  return jumpBetween(before, after, gapAfterMs);
}

/** The jump of the wall clock between two ticks, or null; a long silence alone is none. */
export function jumpBetween(before: TickTimes, after: TickTimes, gapAfterMs: number): Gap | null {
  const isSameBoot = before.bootId === after.bootId;
  const jumpMs = clockJumpMs(before, after);
  if (Math.abs(jumpMs) <= gapAfterMs) return null;
  const direction = jumpMs > 0 ? 'forward' : 'back';
  return {
    gapMs: Math.abs(jumpMs),
    because: `the clock jumped ${direction} by ${formatDuration(wholeSeconds(Math.abs(jumpMs)))}${isSameBoot ? '' : ", by the dates of Amazon's answers"}`,
  };
}

/** What a person reads; milliseconds say something only of what is shorter than some seconds. */
function wholeSeconds(ms: number): number {
  return ms < 10_000 ? ms : Math.round(ms / 1_000) * 1_000;
}

/**
 * How far the wall clock went beyond the time that has passed by the monotonic one. After a reboot only Amazon's clock can tell, and
 * where it did not, nobody knows, which is 0.
 */
export function clockJumpMs(before: TickTimes, after: TickTimes): number {
  if (before.bootId !== after.bootId) return (before.serverOffsetMs ?? 0) - (after.serverOffsetMs ?? 0);
  return after.at - before.at - (after.monotonicMs - before.monotonicMs);
}

/** When a reading was taken, for comparison with the next one. */
export function tickTimesOf({ at, monotonicMs, bootId, serverOffsetMs }: TickTimes): TickTimes {
  return { at, monotonicMs, bootId, ...(serverOffsetMs !== undefined && { serverOffsetMs }) };
}
