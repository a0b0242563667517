import { formatDuration } from '../../core/time.js';

const unitsMs = [86_400_000, 3_600_000, 60_000, 1_000] as const;

/**
 * `2026-11-20 18:42:07` in the time zone of this computer (TZ). The one way a view spells a point in time: a history is read days
 * later, so the date is always there.
 */
export function localTime(epochMs: number): string {
  const at = new Date(epochMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** A length of time at a glance, in its two largest units: `4s`, `12m30s`, `2h5m`, `1d3h`. Parts of a second are dropped. */
export function glance(ms: number): string {
  const largest = unitsMs.findIndex((unit) => ms >= unit);
  const smallest = unitsMs[largest + 1] ?? 1_000;
  return formatDuration(largest < 0 ? 0 : Math.floor(ms / smallest) * smallest);
}

/** How long until `at`, rounded up to whole seconds so that a countdown ends at `1s`; null when it is over. */
export function countdown(at: number, now: number): string | null {
  return at <= now ? null : glance(Math.ceil((at - now) / 1_000) * 1_000);
}

/** A measured length of time: tenths of a second up to a minute, then at a glance. */
export function stopwatch(ms: number): string {
  return ms < 60_000 ? `${(Math.max(0, ms) / 1_000).toFixed(1)}s` : glance(ms);
}
