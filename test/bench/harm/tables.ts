import { hostsOfGroup } from './benchmark.js';
import { nameOfClass, percent, serviceClasses, type Cell } from './cells.js';
import { oracle, shift, type Contestant } from './contestants.js';
import type { Results } from './summary.js';
import { severities } from './summary.js';
import { mean, meanHarm, rollbackShare, type Tally } from './tally.js';

export interface Table {
  readonly title: string;
  readonly note: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function tablesOf(results: Results): Table[] {
  return [
    mainTable(results),
    tunedTable(results),
    levelTable(results),
    nearZeroTable(results),
    blackHoleTable(results),
    groupTable(results),
    weekTable(results),
  ];
}

export function markdown({ title, note, head, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [`## ${title}`, '', note, '', line(head), line(rule), ...rows.map(line), ''].join('\n');
}

/** The same for a terminal, in columns. */
export function plain({ title, head, rows }: Table): string {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  return [title, line(head), ...rows.map(line), ''].join('\n');
}

const kindNames: Readonly<Record<Contestant['kind'], string>> = {
  shift: 'one default',
  oracle: 'knows the truth',
  documented: 'as documented',
  single: 'one setting, calibrated',
  tuned: 'a setting per class',
};

function mainTable(results: Results): Table {
  const ours = results.summary(shift);
  return {
    title: 'All rules',
    note:
      'Harm is the number of requests that failed because of a bad target, per bad migration, in minutes of the full traffic. False is the ' +
      'share of sound migrations rolled back: over all classes, and in the worst. Reached 100 % is how many bad migrations did.',
    head: [
      'rule',
      'settings',
      'false, mean',
      'worst',
      'shared failure',
      'harm gross',
      'moderate',
      'subtle',
      'harm',
      'over ours',
      'geometric',
      'over ours',
      'reached 100 %: gross',
      'moderate',
      'subtle',
    ],
    rows: results.contestants('healthy').map((contestant) => {
      const { falseMean, falseWorst, spike, harm, geometric, harmBy, lastBy } = results.summary(contestant);
      return [
        contestant.name,
        kindNames[contestant.kind],
        percent(falseMean),
        percent(falseWorst),
        percent(spike),
        ...severities.map((severity) => harmBy[severity].toFixed(2)),
        harm.toFixed(3),
        (harm / ours.harm).toFixed(2),
        geometric.toFixed(3),
        (geometric / ours.geometric).toFixed(2),
        ...severities.map((severity) => whole(lastBy[severity])),
      ];
    }),
  };
}

function tunedTable(results: Results): Table {
  const rivals = [oracle, ...results.contestants().filter(({ kind }) => kind === 'tuned')];
  const services = serviceClasses().filter((service) => results.harmIn(shift, service) !== null);
  return {
    title: 'Harm by class of services, over ours',
    note: 'Every rival has the setting that did least harm in this class and kept false rollbacks at 1 %, found on other seeds.',
    head: ['class', 'ours', ...rivals.map(({ name }) => name)],
    rows: services.map((service) => {
      const ours = results.harmIn(shift, service) ?? NaN;
      const over = rivals.map((rival) => {
        const harm = results.harmIn(rival, service);
        return harm === null ? 'none keeps it' : (harm / ours).toFixed(2);
      });
      return [nameOfClass(service), ours.toFixed(3), ...over];
    }),
  };
}

function levelTable(results: Results): Table {
  const levels = [...new Set(results.of(shift, 'healthy').map(({ cell }) => cell.rps))];
  const delay = (rps: number, fault: string): string => {
    const { delayMinutes, delays } = results.pooled(
      shift,
      'bad',
      (cell) => cell.rps === rps && cell.fault?.name === fault,
    );
    return delays === 0 ? '-' : (delayMinutes / delays).toFixed(0);
  };
  const reached = (rps: number, fault: string): string => {
    const { reachedLast, runs } = results.pooled(
      shift,
      'bad',
      (cell) => cell.rps === rps && cell.fault?.name === fault,
    );
    return whole(reachedLast / runs);
  };
  return {
    title: 'Ours by traffic',
    note: 'Minutes are from the first bad minute to the rollback, of those rolled back, with 1 to 3 minutes of metric delay in them.',
    head: [
      'requests a second',
      'false, mean',
      'worst',
      'asks',
      'minutes if completed',
      'broken: minutes',
      '+5 pp',
      '+1 pp',
      'reached 100 %: +5 pp',
      '+2 pp',
      '+1 pp',
      '+0.5 pp',
    ],
    rows: levels.map((rps) => {
      const healthy = results.of(shift, 'healthy', (cell) => cell.rps === rps).map(({ tally }) => tally);
      const shares = healthy.map(rollbackShare);
      const completed = healthy.filter((tally) => tally.completed > 0);
      return [
        String(rps),
        percent(mean(shares)),
        percent(Math.max(...shares)),
        percent(mean(healthy.map(({ parked, runs }) => parked / runs))),
        mean(completed.map((tally) => tally.completedMinutes / tally.completed)).toFixed(0),
        ...['broken 100 %', '+5 pp', '+1 pp'].map((fault) => delay(rps, fault)),
        ...['+5 pp', '+2 pp', '+1 pp', '+0.5 pp'].map((fault) => reached(rps, fault)),
      ];
    }),
  };
}

/** What happened to the migrations of some cells: `12 % back, 3 % asked, 85 % at 100 %`. */
function fate({ runs, rolledBack, parked, reachedLast }: Tally): string {
  return `${whole(rolledBack / runs)} back, ${whole(parked / runs)} asked, ${whole(reachedLast / runs)} at 100 %`;
}

export function nearZeroTable(results: Results): Table {
  const cells = [...new Set(results.of(shift, 'near-zero').map(({ cell }) => cell.rps))];
  const columns = cells.flatMap((rps) => [
    { name: `${rps} rps, sound`, matches: (cell: Cell) => cell.rps === rps && cell.fault === null },
    { name: `${rps} rps, broken`, matches: (cell: Cell) => cell.rps === rps && cell.fault !== null },
  ]);
  return {
    title: 'Hardly any requests',
    note: 'Rolled back, left to a person, and reached 100 %. Broken means that every request fails.',
    head: ['rule', ...columns.map(({ name }) => name)],
    rows: results
      .contestants('near-zero')
      .map((contestant) => [
        contestant.name,
        ...columns.map(({ matches }) => fate(results.pooled(contestant, 'near-zero', matches))),
      ]),
  };
}

function blackHoleTable(results: Results): Table {
  return {
    title: 'Black hole',
    note: 'Requests to the target never arrive, so that all of them fail and no metric says so. Harm in minutes of full traffic.',
    head: ['rule', 'probes see it', 'they do not'],
    rows: results
      .contestants('black-hole')
      .map((contestant) => [
        contestant.name,
        ...[1, 0].map((sees) =>
          meanHarm(results.pooled(contestant, 'black-hole', (cell) => cell.probesSee === sees)).toFixed(2),
        ),
      ]),
  };
}

function groupTable(results: Results): Table {
  const faults = [...new Set(results.of(shift, 'group').map(({ cell }) => cell.fault?.name ?? null))];
  return {
    title: `${hostsOfGroup} hosts in one migration`,
    note: 'Any host rolls the group back. False: sound groups rolled back. Harm: one of the hosts is bad, in minutes of its traffic.',
    head: ['rule', 'false, mean', 'worst', ...faults.filter((name) => name !== null)],
    rows: results.contestants('group').map((contestant) => {
      const sound = results.of(contestant, 'group', ({ fault }) => fault === null);
      const shares = sound.map(({ tally }) => rollbackShare(tally));
      return [
        contestant.name,
        percent(mean(shares)),
        percent(Math.max(...shares)),
        ...faults.flatMap((name) =>
          name === null
            ? []
            : [meanHarm(results.pooled(contestant, 'group', ({ fault }) => fault?.name === name)).toFixed(2)],
        ),
      ];
    }),
  };
}

function weekTable(results: Results): Table {
  const week = results.all.filter(({ part }) => part === 'week');
  const bad = [...new Set(week.flatMap(({ cell }) => cell.fault?.name ?? []))];
  const noises = [
    ...new Set(week.filter(({ cell }) => cell.fault === null).map(({ cell }) => cell.noise.name)),
  ];
  return {
    title: 'Seven days',
    note: 'Two days at 10, 25 and 50 % each and one at 100 %. False rollbacks by kind of noise; then the minutes until the rollback of a target that breaks on day seven.',
    head: ['rule', ...noises.map((noise) => `false: ${noise}`), ...bad.map((name) => `${name}, minutes`)],
    rows: results.contestants('week').map((contestant) => [
      contestant.name,
      ...noises.map((noise) =>
        percent(
          rollbackShare(
            results.pooled(contestant, 'week', (cell) => cell.fault === null && cell.noise.name === noise),
          ),
        ),
      ),
      ...bad.map((name) => {
        const tally = results.pooled(contestant, 'week', ({ fault }) => fault?.name === name);
        return tally.delays === 0 ? 'never' : (tally.delayMinutes / tally.delays).toFixed(1);
      }),
    ]),
  };
}

function whole(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 1 ? '< 1' : Math.round(value)} %`;
}
