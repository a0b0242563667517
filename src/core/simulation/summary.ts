import type { Degradation } from './degradation.js';
import type { HistoryRun } from './history-run.js';

/** Many runs with the same degradation. Shares are between 0 and 1. */
export interface SimulationRow {
  readonly degradation: Degradation;
  readonly runs: number;
  readonly rolledBack: number;
  readonly asked: number;
  readonly completed: number;
  /** The share that was rolled back, and where it lies with 95 % confidence. */
  readonly rollbackShare: number;
  readonly rollbackRange: { readonly low: number; readonly high: number };
  /** The middle one of those that were rolled back, from the first weight change; null when none was. */
  readonly medianRollbackMs: number | null;
  /** How many reached the last stage: 100 %, less what is held back. */
  readonly reachedAll: number;
  /** The mean over all runs of the requests that failed because of what was planted. */
  readonly meanHarmed: number;
}

/** No policy holds back more than a tenth. */
const lastStageShare = 90;

export function summarize(degradation: Degradation, runs: readonly HistoryRun[]): SimulationRow {
  const count = (end: HistoryRun['end']): number => runs.filter((run) => run.end === end).length;
  const times = runs.filter(({ end }) => end === 'rolled-back').map(({ tookMs }) => tookMs);
  const rolledBack = count('rolled-back');
  return {
    degradation,
    runs: runs.length,
    rolledBack,
    asked: count('asked'),
    completed: count('completed'),
    rollbackShare: runs.length === 0 ? 0 : rolledBack / runs.length,
    rollbackRange: wilson(rolledBack, runs.length),
    medianRollbackMs: times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? null,
    reachedAll: runs.filter(({ share }) => share >= lastStageShare).length,
    meanHarmed: runs.length === 0 ? 0 : runs.reduce((sum, { harmed }) => sum + harmed, 0) / runs.length,
  };
}

const deviations = 1.96;

/** Wilson's interval for `hits` of `all`. */
function wilson(hits: number, all: number): { readonly low: number; readonly high: number } {
  if (all === 0) return { low: 0, high: 1 };
  const p = hits / all;
  const square = deviations ** 2 / all;
  const middle = (p + square / 2) / (1 + square);
  const half = (deviations * Math.sqrt((p * (1 - p)) / all + square / (4 * all))) / (1 + square);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
