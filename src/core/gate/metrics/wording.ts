import type { Instant } from '../../time.js';

/** `9,120`: whole, with thousands apart. */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A rate as a percentage with two digits: `0.42 %`, `25 %`. */
export function percent(rate: number): string {
  const value = 100 * rate;
  if (value === 0) return '0 %';
  if (value < 1e-6) return 'under 0.000001 %';
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(value)));
  return `${value.toFixed(Math.min(8, decimals))} %`;
}

/** A share of the ladder: `25 %`, never `25.0 %`. */
export function shareText(share: number): string {
  return `${trimmed(100 * share, 2)} %`;
}

/** A time one reads at a glance: `8 min`, `45 s`. */
export function span(ms: number): string {
  return `${spanNumber(ms, ms)} ${spanUnit(ms)}`;
}

/** `8/10 min`: one time out of another, in the unit of the larger. */
export function spanOf(ms: number, ofMs: number): string {
  const unitOf = Math.max(ms, ofMs);
  return `${spanNumber(ms, unitOf)}/${spanNumber(ofMs, unitOf)} ${spanUnit(unitOf)}`;
}

const longestSecondsMs = 119_999;

function spanUnit(ms: number): string {
  return ms === 0 || (ms <= longestSecondsMs && ms % 60_000 !== 0) ? 's' : 'min';
}

function spanNumber(ms: number, unitOf: number): string {
  return grouped(Math.floor(ms / (spanUnit(unitOf) === 's' ? 1000 : 60_000)));
}

/** The time of day in UTC, with seconds where buckets are shorter than a minute. */
export function utcClock(at: Instant, bucketMs: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(at / 60_000);
  const clock = `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
  return bucketMs % 60_000 === 0 ? clock : `${clock}:${two(Math.floor(at / 1000) % 60)}`;
}

function trimmed(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}
