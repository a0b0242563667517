import { ascii } from './scan.js';
import { LogTime } from './log-time.js';

/** Heroku's log system says that it threw lines away. */
export interface LossNotice {
  readonly code: 'L10' | 'L11' | 'L12' | 'L13' | 'L15';
  /** How many lines, null when it does not say. */
  readonly dropped: number | null;
  /** Since when, milliseconds since the epoch; null when it does not say. */
  readonly sinceMs: number | null;
}

/** A notice is a hundred characters long. */
const maxLength = 400;

/**
 * Reads what follows the time stamp (in a drain: the host) of a line of logplex, such as ` heroku[logplex]: Error L11 (Tail
 * buffer overflow) -> This tail session dropped 1101 messages since 2026-11-05T12:34:56+00:00` (Heroku Dev Center, "Heroku
 * Error Codes"). Null for anything that is not a loss, L14 among them.
 */
export function readLossNotice(bytes: Uint8Array, start: number, end: number): LossNotice | null {
  const text = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + maxLength)));
  const found =
    /^ (?:heroku\[logplex\]:|logplex\[\d+\]:|heroku logplex -|logplex \d+ -) (?:- )?Error (L10|L11|L12|L13|L15)\b/.exec(
      text,
    );
  const code = found?.[1] as LossNotice['code'] | undefined;
  if (code === undefined) return null;
  const dropped = /\b(\d{1,12}) messages\b/.exec(text)?.[1];
  const since = /\bsince (\S+)/.exec(text)?.[1];
  return {
    code,
    dropped: dropped === undefined ? null : Number(dropped),
    sinceMs: since === undefined ? null : readTime(since),
  };
}

function readTime(text: string): number | null {
  const time = new LogTime(new DataView(ascii(text.padEnd(40)).buffer));
  return time.read(0) < 0 ? null : time.ms;
}
