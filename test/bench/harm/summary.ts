import type { Result, Part } from './benchmark.js';
import type { Cell, Fault, ServiceClass } from './cells.js';
import type { Contestant } from './contestants.js';
import { geometricMean, mean, meanHarm, rollbackShare, together, type Tally } from './tally.js';

type Severity = Fault['severity'];
export const severities: readonly Severity[] = ['gross', 'moderate', 'subtle'];

const kinds: readonly Contestant['kind'][] = ['shift', 'oracle', 'documented', 'single', 'tuned'];

/** One line of the main table. */
export interface Summary {
  readonly contestant: Contestant;
  readonly falseMean: number;
  readonly falseWorst: number;
  readonly spike: number;
  readonly harm: number;
  readonly geometric: number;
  readonly harmBy: Readonly<Record<Severity, number>>;
  readonly lastBy: Readonly<Record<Severity, number>>;
}

/** All results of a run, with the sums that the tables, figures and promises are made of. */
export class Results {
  readonly all: readonly Result[];

  constructor(all: readonly Result[]) {
    this.all = all;
  }

  /** Who has results in `part`: ours first, then the rivals by kind. */
  contestants(part: Part = 'healthy'): Contestant[] {
    const found = new Map<string, Contestant>();
    for (const { contestant, part: of } of this.all) if (of === part) found.set(contestant.name, contestant);
    return [...found.values()].toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
  }

  of(contestant: Contestant, part: Part, matches: (cell: Cell) => boolean = () => true): Result[] {
    return this.all.filter(
      (result) =>
        result.contestant.name === contestant.name &&
        result.contestant.kind === contestant.kind &&
        result.part === part &&
        matches(result.cell),
    );
  }

  pooled(contestant: Contestant, part: Part, matches?: (cell: Cell) => boolean): Tally {
    return together(this.of(contestant, part, matches).map(({ tally }) => tally));
  }

  /** Mean harm over the cells of a class; null where the contestant does not take part. */
  harmIn(contestant: Contestant, service: ServiceClass): number | null {
    const bad = this.of(contestant, 'bad', isIn(service));
    return bad.length === 0 ? null : mean(bad.map(({ tally }) => meanHarm(tally)));
  }

  summary(contestant: Contestant): Summary {
    const healthy = this.of(contestant, 'healthy').map(({ tally }) => rollbackShare(tally));
    const bad = this.of(contestant, 'bad');
    const harms = bad.map(({ tally }) => meanHarm(tally));
    const by = (of: (tally: Tally) => number): Record<Severity, number> => {
      const one = (severity: Severity): number =>
        mean(bad.filter(({ cell }) => cell.fault?.severity === severity).map(({ tally }) => of(tally)));
      return { gross: one('gross'), moderate: one('moderate'), subtle: one('subtle') };
    };
    return {
      contestant,
      falseMean: mean(healthy),
      falseWorst: Math.max(0, ...healthy),
      spike: rollbackShare(this.pooled(contestant, 'spike')),
      harm: mean(harms),
      geometric: geometricMean(harms),
      harmBy: by(meanHarm),
      lastBy: by(({ reachedLast, runs }) => reachedLast / runs),
    };
  }
}

export function isIn({ rps, baseRate }: ServiceClass): (cell: Cell) => boolean {
  return (cell) => cell.rps === rps && cell.baseRate === baseRate;
}
