import type { HostStatus, Status } from '../../core/status.js';
import { displayName } from '../../core/record-name.js';
import { bar } from './bar.js';
import { foldedRow, row, span, type Line, type Span } from './line.js';
import { glance } from './moment.js';

/** The share that is set, beside the share that the name servers hand out. */
export function trafficLines(status: Status, columns: number, now: number): Line[] {
  const { hosts, share, generation, lastTickAt } = status;
  const cells = columns >= 72 ? 20 : 10;
  const servers = serverCounts(hosts);
  return [
    row('set', ...shareSpans(share, cells), span(`  generation ${generation}`, 'dim')),
    lastTickAt === null
      ? row('measured', span('nobody has looked yet', 'dim'))
      : measuredLine(hosts, cells, glance(now - lastTickAt)),
    ...(servers.length === 0 ? [] : foldedRow('to target', servers.join(', '), columns, 3)),
  ];
}

function measuredLine(hosts: readonly HostStatus[], cells: number, age: string): Line {
  const answers = hosts.flatMap(({ nameServers }) => nameServers);
  const target = sum(answers.map((server) => server.target));
  const all = target + sum(answers.map((server) => server.source));
  if (all === 0) return row('measured', span(`unknown: no name server named a side, ${age} ago`, 'warn'));
  const seen = `  ${all} answers, ${age} ago`;
  return row('measured', ...shareSpans((100 * target) / all, cells), span(seen, 'dim'));
}

function shareSpans(share: number, cells: number): Span[] {
  return [span(`${percent(share).padStart(4)}  `), span(bar(share, cells), 'busy')];
}

/** Whole percents; only 0 reads as `0%` and only 100 as `100%`. */
export function percent(share: number): string {
  if (share > 0 && share < 1) return '<1%';
  if (share > 99 && share < 100) return '>99%';
  return `${Math.round(share)}%`;
}

/** `ns-1 6 of 25` for each name server over all hosts, with what it answered besides. */
function serverCounts(hosts: readonly HostStatus[]): string[] {
  const answers = hosts.flatMap(({ nameServers }) => nameServers);
  const names = [...new Set(answers.map(({ server }) => server))];
  return names.map((name) => {
    const mine = answers.filter(({ server }) => server === name);
    const target = sum(mine.map((server) => server.target));
    const source = sum(mine.map((server) => server.source));
    const other = sum(mine.map((server) => server.other));
    const failed = sum(mine.map((server) => server.failed));
    const besides = [...(other > 0 ? [`${other} other`] : []), ...(failed > 0 ? [`${failed} failed`] : [])];
    const note = besides.length === 0 ? '' : ` (${besides.join(', ')})`;
    return `${shortName(name, names)} ${target}/${source + target}${note}`;
  });
}

/** The first label, where that tells the name servers apart. */
function shortName(name: string, names: readonly string[]): string {
  const label = firstLabel(name);
  return names.filter((other) => firstLabel(other) === label).length === 1 ? label : displayName(name);
}

function firstLabel(name: string): string {
  return name.split('.')[0] ?? name;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
