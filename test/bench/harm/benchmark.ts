import type { Calibration } from './calibration.js';
import {
  badCells,
  blackHoleCells,
  healthyCell,
  healthyCells,
  healthyNoises,
  faults,
  levels,
  nearZeroCells,
  serviceClasses,
  spikeCell,
  type Cell,
  type ServiceClass,
} from './cells.js';
import {
  asDocumented,
  oracle,
  shift,
  shiftWeeks,
  singles,
  tunedPerClass,
  type Contestant,
} from './contestants.js';
import type { Job } from './job.js';
import { workAll } from './pool.js';
import type { Profile } from './profile.js';
import type { Ramp } from './rule.js';
import type { Tally } from './tally.js';

/** Not the calibration's: what a rival was tuned on must not judge it. */
const seed = 400_009;

/** What one contestant did in one cell. */
export interface Result {
  readonly contestant: Contestant;
  readonly part: Part;
  readonly cell: Cell;
  readonly tally: Tally;
}

/** `near-zero` and `black-hole` are migrations with hardly any metrics; `group` moves five hosts at once; `week` takes seven days. */
export type Part = 'healthy' | 'bad' | 'spike' | 'near-zero' | 'black-hole' | 'group' | 'week';

export const hostsOfGroup = 5;

const hour = 60;
/** Two days at each stage and one at 100 %: seven days. */
export const weekRamp: Ramp = {
  shares: [0.1, 0.25, 0.5, 1],
  dwellMinutes: [48 * hour, 48 * hour, 48 * hour, 24 * hour],
};
/** Breaks in the middle of the seventh day. */
const lateMinute = 6.5 * 24 * hour;

interface Task {
  readonly contestant: Contestant;
  readonly part: Part;
  readonly job: Job;
}

/** Simulates everything of a profile. */
export async function benchmark(profile: Profile, calibration: Calibration): Promise<Result[]> {
  const tuned = tunedPerClass(calibration);
  const fixed = [shift, oracle, ...asDocumented, ...singles(calibration)];
  // Thousands of minutes a side are more pairs than a rank test is for.
  const weekly = [...shiftWeeks, ...singles(calibration).filter(({ name }) => !name.startsWith('Kayenta'))];
  const tasks = [
    ...[...fixed, ...tuned].flatMap((contestant) => classTasks(contestant, profile)),
    ...fixed.flatMap((contestant) => edgeTasks(contestant, profile)),
    ...[shift, ...singles(calibration)].flatMap((contestant) => groupTasks(contestant, profile)),
    ...weekly.flatMap((contestant) => weekTasks(contestant, profile)),
  ];
  // The longest first, so that all cores finish together.
  const order = tasks.toSorted((a, b) => weight(b) - weight(a));
  const tallies = await workAll(order.map(({ job }) => job));
  return order.map(({ contestant, part, job }, i) => ({
    contestant,
    part,
    cell: job.cell,
    tally: tallies[i]!,
  }));
}

function weight({ part, contestant }: Task): number {
  if (part === 'week') return contestant.kind === 'shift' ? 4 : 3;
  if (part === 'group') return 2;
  return contestant.kind === 'shift' ? 1 : 0;
}

/** The cells of section 4 of every class: sound, bad, and with a shared spike. */
function classTasks(contestant: Contestant, profile: Profile): Task[] {
  return serviceClasses(profile.levels).flatMap((service) => {
    const rule = contestant.ruleFor(service);
    if (rule === null) return [];
    const first = seed + 1000 * classNumber(service);
    const task = (part: Part, cell: Cell, offset: number, runs: number): Task => {
      return { contestant, part, job: { rule, cell, seed: first + offset, runs } };
    };
    return [
      ...healthyCells(service).map((cell, i) => {
        const runs = cell.noise.blipEveryMinutes === null ? profile.healthyRuns : profile.blipRuns;
        return task('healthy', cell, i, runs);
      }),
      ...badCells(service).map((cell, i) => task('bad', cell, 100 + i, profile.badRuns)),
      task('spike', spikeCell(service), 200, profile.spikeRuns),
    ];
  });
}

function edgeTasks(contestant: Contestant, { edgeRuns }: Profile): Task[] {
  const task = (part: Part, cell: Cell, offset: number): Task[] => {
    const rule = contestant.ruleFor(cell);
    return rule === null
      ? []
      : [{ contestant, part, job: { rule, cell, seed: seed + 100_000 + offset, runs: edgeRuns } }];
  };
  return [
    ...nearZeroCells().flatMap((cell, i) => task('near-zero', cell, i)),
    ...blackHoleCells().flatMap((cell, i) => task('black-hole', cell, 100 + i)),
  ];
}

/** Five hosts in one migration: sound, and with one of them bad. */
function groupTasks(contestant: Contestant, { groupRuns }: Profile): Task[] {
  const service: ServiceClass = { rps: 10, baseRate: 0.001 };
  const bad = faults.filter(({ name }) => ['broken 100 %', '+5 pp', 'x10'].includes(name));
  const cells = [
    ...healthyCells(service),
    ...bad.map((fault) => ({ ...healthyCell(service, healthyNoises[0]!), fault })),
  ];
  return tasksOf(contestant, 'group', cells, { seed: seed + 200_000, runs: groupRuns, hosts: hostsOfGroup });
}

/** Seven days: sound, and breaking late. */
function weekTasks(contestant: Contestant, { weekRuns }: Profile): Task[] {
  const services: ServiceClass[] = [1, 10, 100].map((rps) => ({ rps, baseRate: 0.001 }));
  const late = faults.filter(({ name }) => ['broken 50 %', '+5 pp', '+1 pp'].includes(name));
  const cells = services.flatMap((service) => [
    ...healthyCells(service),
    ...late.map((fault) => ({
      ...healthyCell(service, healthyNoises[0]!),
      fault: { ...fault, fromMinute: lateMinute },
    })),
  ]);
  return tasksOf(contestant, 'week', cells, { seed: seed + 300_000, runs: weekRuns, ramp: weekRamp });
}

function tasksOf(
  contestant: Contestant,
  part: Part,
  cells: readonly Cell[],
  how: Omit<Job, 'rule' | 'cell'>,
): Task[] {
  return cells.flatMap((cell, i) => {
    const rule = contestant.ruleFor(cell);
    return rule === null ? [] : [{ contestant, part, job: { ...how, rule, cell, seed: how.seed + 10 * i } }];
  });
}

/** The same in every profile, so that a cell has the same weather in each. */
function classNumber(service: ServiceClass): number {
  return serviceClasses(levels).findIndex(
    ({ rps, baseRate }) => rps === service.rps && baseRate === service.baseRate,
  );
}
