import type { Outcome } from './migration.js';

/** What became of many runs of one cell under one rule. */
export interface Tally {
  readonly runs: number;
  readonly rolledBack: number;
  readonly parked: number;
  readonly reachedLast: number;
  readonly harm: number;
  /** Minutes until those that completed did. */
  readonly completedMinutes: number;
  readonly completed: number;
  /** Minutes from the beginning of the fault to the rollback, of those that were rolled back after it. */
  readonly delayMinutes: number;
  readonly delays: number;
}

export const emptyTally: Tally = {
  runs: 0,
  rolledBack: 0,
  parked: 0,
  reachedLast: 0,
  harm: 0,
  completedMinutes: 0,
  completed: 0,
  delayMinutes: 0,
  delays: 0,
};

export function tallyOf(outcomes: Iterable<Outcome>, lastStage: number): Tally {
  let tally = emptyTally;
  for (const outcome of outcomes) {
    const isCompleted = outcome.end === 'completed';
    tally = together([
      tally,
      {
        runs: 1,
        rolledBack: Number(outcome.end === 'rolled-back'),
        parked: Number(outcome.end === 'parked'),
        reachedLast: Number(outcome.stage === lastStage),
        harm: outcome.harm,
        completedMinutes: isCompleted ? outcome.minutes : 0,
        completed: Number(isCompleted),
        delayMinutes: outcome.delay ?? 0,
        delays: Number(outcome.delay !== null),
      },
    ]);
  }
  return tally;
}

/** Pools tallies: sums of everything. */
export function together(tallies: readonly Tally[]): Tally {
  const sum = (of: (tally: Tally) => number): number =>
    tallies.reduce((total, tally) => total + of(tally), 0);
  return {
    runs: sum(({ runs }) => runs),
    rolledBack: sum(({ rolledBack }) => rolledBack),
    parked: sum(({ parked }) => parked),
    reachedLast: sum(({ reachedLast }) => reachedLast),
    harm: sum(({ harm }) => harm),
    completedMinutes: sum(({ completedMinutes }) => completedMinutes),
    completed: sum(({ completed }) => completed),
    delayMinutes: sum(({ delayMinutes }) => delayMinutes),
    delays: sum(({ delays }) => delays),
  };
}

export function rollbackShare({ rolledBack, runs }: Tally): number {
  return runs === 0 ? 0 : rolledBack / runs;
}

export function meanHarm({ harm, runs }: Tally): number {
  return runs === 0 ? 0 : harm / runs;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of means of cells; a cell without any harm counts as a ten thousandth of a minute. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map((value) => Math.log(Math.max(1e-4, value)))));
}
