import { percent } from './cells.js';
import { shift } from './contestants.js';
import type { Profile } from './profile.js';
import type { Results, Summary } from './summary.js';

/** The two figures that the benchmark ends with. */
export interface Headline {
  /** Harm of the best rival that is tuned for each class of services, over ours. */
  readonly tuned: number;
  /** Harm of the best rival with one setting for all, over ours. */
  readonly ratio: number;
}

export function headlineOf(results: Results): Headline {
  const ours = results.summary(shift).harm;
  const best = (kind: 'tuned' | 'single'): number => {
    const rivals = results.contestants().filter((contestant) => contestant.kind === kind);
    return Math.min(...rivals.map((rival) => results.summary(rival).harm)) / ours;
  };
  return { tuned: best('tuned'), ratio: best('single') };
}

export interface KeptPromise {
  readonly text: string;
  readonly isKept: boolean;
}

/** What the gate promises, each with the figure that keeps or breaks it. */
export function promisesOf(results: Results, { promises }: Profile): KeptPromise[] {
  const ours: Summary = results.summary(shift);
  const { tuned, ratio } = headlineOf(results);
  const gross = results.pooled(shift, 'bad', ({ fault }) => fault?.severity === 'gross');
  const nearZero = results.pooled(shift, 'near-zero');
  const atMost = (what: string, value: number, limit: number, show: (n: number) => string): KeptPromise => {
    return { text: `${what}: ${show(value)}, at most ${show(limit)}`, isKept: value <= limit };
  };
  const atLeast = (what: string, value: number, limit: number): KeptPromise => {
    return { text: `${what}: ${value.toFixed(2)}, at least ${limit.toFixed(2)}`, isKept: value >= limit };
  };
  const digits = (value: number): string => value.toFixed(3);
  return [
    atMost('false rollbacks in the worst class', ours.falseWorst, promises.worstFalseRollback, percent),
    atMost('false rollbacks on average', ours.falseMean, promises.meanFalseRollback, percent),
    atMost('rollbacks for a failure that both sides share', ours.spike, promises.sharedSpike, percent),
    atMost('harm, mean', ours.harm, promises.harm, digits),
    atMost('harm, geometric mean over cells', ours.geometric, promises.geometricHarm, digits),
    atLeast('harm of the best single setting over ours', ratio, promises.ratio),
    atLeast('harm of the best tuned rival over ours', tuned, promises.tuned),
    atMost('gross failures that reached 100 %', gross.reachedLast, 0, String),
    atMost(
      'migrations that reached 100 % at 0.05 requests a second or less',
      nearZero.reachedLast,
      0,
      String,
    ),
  ];
}
