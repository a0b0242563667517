import type { Check } from '../engine/check.js';

/** The first check that keeps `start` from beginning: one that refuses, else one that could not be told. Null when nothing does. */
export function firstObjection(checks: readonly Check[]): Check | null {
  return (
    checks.find(({ verdict }) => verdict === 'refused') ??
    checks.find(({ verdict }) => verdict === 'unknown') ??
    null
  );
}
