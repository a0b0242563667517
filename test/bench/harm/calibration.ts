import { badCells, healthyCells, nameOfClass, serviceClasses, type ServiceClass } from './cells.js';
import type { Job } from './job.js';
import { workAll } from './pool.js';
import { families, type RivalSpec } from './rule-table.js';
import { mean, meanHarm, rollbackShare, type Tally } from './tally.js';

/** The false rollbacks that every rival is allowed in its worst class, which is what the gate promises. */
const budget = 0.01;
const seed = 20_011;
const healthyRuns = 200;
const badRuns = 20;

/** What the calibration found; committed, so that a run of the benchmark does not have to search. */
export interface Calibration {
  readonly budget: number;
  readonly seed: number;
  readonly healthyRuns: number;
  readonly badRuns: number;
  readonly families: readonly CalibratedFamily[];
}

export interface CalibratedFamily {
  readonly name: string;
  /** The setting with the least harm that keeps the budget in every class; null when none does. */
  readonly single: RivalSpec | null;
  /** The same for each class of services alone, with knowledge that nobody has: thousands of bad migrations of one's own service. */
  readonly tuned: Readonly<Record<string, RivalSpec | null>>;
}

/** Searches every setting of every family, each class with seeds of its own that the benchmark does not use again. */
export async function calibrate(onProgress: (text: string) => void): Promise<Calibration> {
  const found: CalibratedFamily[] = [];
  for (const { name, settings } of families) {
    onProgress(`${name}: ${settings.length} settings`);
    const trials = await tryAll(settings);
    found.push({ name, single: bestEverywhere(settings, trials), tuned: bestByClass(settings, trials) });
  }
  return { budget, seed, healthyRuns, badRuns, families: found };
}

/** Mean harm by setting and class; null where the budget is exceeded. */
type Trials = readonly (readonly (number | null)[])[];

async function tryAll(settings: readonly RivalSpec[]): Promise<Trials> {
  const classes = serviceClasses();
  const healthy = settings.flatMap((rule) => classes.flatMap((service, c) => healthyJobs(rule, service, c)));
  const perClass = healthyCells(classes[0]!).length;
  const calm = await workAll(healthy);
  const isWithin = (setting: number, c: number): boolean =>
    slice(calm, (setting * classes.length + c) * perClass, perClass).every(
      (tally) => tally.runs === healthyRuns && rollbackShare(tally) <= budget,
    );
  const feasible = settings.flatMap((rule, i) =>
    classes.flatMap((service, c) => (isWithin(i, c) ? [{ rule, service, i, c }] : [])),
  );
  const bad = await workAll(feasible.flatMap(({ rule, service, c }) => badJobs(rule, service, c)));
  const perBad = badCells(classes[0]!).length;
  const trials = settings.map(() => classes.map((): number | null => null));
  for (const [at, { i, c }] of feasible.entries()) {
    trials[i]![c] = mean(slice(bad, at * perBad, perBad).map(meanHarm));
  }
  return trials;
}

function healthyJobs(rule: RivalSpec, service: ServiceClass, c: number): Job[] {
  // One more than the budget allows is enough to know.
  const enoughRollbacks = Math.floor(budget * healthyRuns) + 1;
  return healthyCells(service).map((cell, i) => {
    return { rule, cell, seed: seed + 1000 * c + i, runs: healthyRuns, enoughRollbacks };
  });
}

function badJobs(rule: RivalSpec, service: ServiceClass, c: number): Job[] {
  return badCells(service).map((cell, i) => {
    return { rule, cell, seed: seed + 1000 * c + 100 + i, runs: badRuns };
  });
}

function bestEverywhere(settings: readonly RivalSpec[], trials: Trials): RivalSpec | null {
  const totals = trials.map((harms) => (harms.includes(null) ? null : mean(harms.map((harm) => harm ?? 0))));
  return best(settings, totals);
}

function bestByClass(settings: readonly RivalSpec[], trials: Trials): Record<string, RivalSpec | null> {
  return Object.fromEntries(
    serviceClasses().map((service, c) => [
      nameOfClass(service),
      best(
        settings,
        trials.map((harms) => harms[c] ?? null),
      ),
    ]),
  );
}

function best(settings: readonly RivalSpec[], harms: readonly (number | null)[]): RivalSpec | null {
  let found: { spec: RivalSpec; harm: number } | null = null;
  for (const [i, spec] of settings.entries()) {
    const harm = harms[i] ?? null;
    if (harm !== null && (found === null || harm < found.harm)) found = { spec, harm };
  }
  return found?.spec ?? null;
}

function slice(tallies: readonly Tally[], from: number, count: number): readonly Tally[] {
  return tallies.slice(from, from + count);
}
