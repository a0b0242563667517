import type { Brand } from './brand.js';
import { err, ok, type Result } from './result.js';

/** A point in time, in milliseconds since the epoch (UTC). */
export type Instant = Brand<number, 'Instant'>;

/** A length of time in milliseconds, never negative. */
export type Millis = Brand<number, 'Millis'>;

/** The longest duration a policy may ask for: a year. */
export const maxDurationMs: number = 366 * 24 * 3_600_000;

export function instant(epochMs: number): Instant {
  return epochMs as Instant;
}

export function millis(ms: number): Millis {
  return Math.max(0, ms) as Millis;
}

export function plus(at: Instant, ms: number): Instant {
  return (at + ms) as Instant;
}

/** Elapsed time from `start` to `end`; a wall clock that stepped back counts as nothing elapsed, never as negative. */
export function elapsed(start: Instant, end: Instant): Millis {
  return millis(end - start);
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `500ms`, `30s`, `10m`, `24h`, `7d` or a combination such as `1h30m`. The error says what to type instead. */
export function parseDuration(text: string): Result<Millis, string> {
  const advice = 'write a number with a unit, for example 30s, 10m or 24h';
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return err(`"${text}" is not a duration; ${advice}`);
  let total = 0;
  for (const [, amount = '0', unit = 'ms'] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (unitsMs[unit] ?? 0);
  }
  if (!Number.isFinite(total) || total > maxDurationMs)
    return err(`"${text}" is longer than 366 days; ${advice}`);
  return ok(millis(Math.round(total)));
}

/** The shortest exact spelling, largest units first: `1h30m`, `10s`, `1s500ms`; zero is `0s`. Read back by `parseDuration`. */
export function formatDuration(ms: number): string {
  let rest = Math.max(0, Math.round(ms));
  if (rest === 0) return '0s';
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = unitsMs[unit] ?? 1;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** The start of the first bucket of `bucketMs`, aligned to the epoch, that begins at or after `at`. */
export function nextBucketStart(at: Instant, bucketMs: number): Instant {
  return instant(Math.ceil(at / bucketMs) * bucketMs);
}
