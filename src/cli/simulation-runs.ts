import { invalidArgument } from './command-failure.js';

const maxRuns = 5_000;

/** `--runs` as a number. */
export function runsOf(typed: string): number {
  const runs = Number(typed);
  if (!Number.isInteger(runs) || runs < 1 || runs > maxRuns)
    throw invalidArgument('--runs', `must be a whole number from 1 to ${maxRuns}`);
  return runs;
}
