import { grouped } from '../../core/gate/metrics/wording.js';
import type { HostStatus, Status } from '../../core/status.js';
import type { UserShare } from '../../core/user-share.js';
import { displayName } from '../../core/record-name.js';
import { bar } from './bar.js';
import { foldedRow, row, span, type Line, type Span } from './line.js';
import { glance } from './moment.js';
import { displayWidth } from './width.js';

/** The share that is set, beside the share that the name servers hand out and the share of the users' requests. */
export function trafficLines(status: Status, columns: number, now: number): Line[] {
  const { hosts, share, generation, lastTickAt } = status;
  const cells = columns >= 72 ? 20 : 10;
  const servers = serverCounts(hosts);
  return [
    row('set', ...shareSpans(share, cells), span(`  generation ${generation}`, 'dim')),
    lastTickAt === null
      ? row('measured', span('nobody has looked yet', 'dim'))
      : measuredLine(hosts, cells, glance(now - lastTickAt)),
    ...userLines(hosts, cells, columns),
    ...(servers.length === 0 ? [] : foldedRow('to target', servers.join(', '), columns, 3)),
  ];
}

function measuredLine(hosts: readonly HostStatus[], cells: number, age: string): Line {
  const answers = hosts.flatMap(({ nameServers }) => nameServers);
  const all = sum(answers.map(({ source, target }) => source + target));
  const share = measuredShare(hosts);
  const aliases = hosts.every(
    ({ records }) => records.length > 0 && records.every(({ alias }) => alias !== null),
  );
  const others = sum(answers.map(({ other }) => other));
  // Nobody can tell whose addresses an alias hands out.
  if (share === null && aliases && others > 0)
    return row('measured', span(`not by name: ${others} answers of the alias, ${age} ago`, 'dim'));
  if (share === null)
    return row('measured', span(`unknown: no name server named a side, ${age} ago`, 'warn'));
  const seen = `  ${all} answers, ${age} ago`;
  return row('measured', ...shareSpans(share, cells), span(seen, 'dim'));
}

/** The target's percentage of all answers that named a side; null where none did. */
export function measuredShare(hosts: readonly HostStatus[]): number | null {
  const answers = hosts.flatMap(({ nameServers }) => nameServers);
  const target = sum(answers.map((server) => server.target));
  const all = target + sum(answers.map((server) => server.source));
  return all === 0 ? null : (100 * target) / all;
}

/** More hosts than this show their shares in the JSON form only, but for those that are not as expected. */
const maxHosts = 3;

/** What users did with the answers of the name servers, and what is usual when each answer serves all users of a resolver. */
function userLines(hosts: readonly HostStatus[], cells: number, columns: number): Line[] {
  const known = hosts.flatMap(({ host, userShare }) => (userShare === null ? [] : [{ host, userShare }]));
  const shown = known.toSorted((a, b) => Number(a.userShare.isExpected) - Number(b.userShare.isExpected));
  return shown.slice(0, maxHosts).flatMap(({ host, userShare }, index) => {
    const { share, expected, isExpected, requests, forMs } = userShare;
    const usual = `${Math.floor(expected.low)} to ${Math.ceil(expected.high)}% expected`;
    const whose = hosts.length === 1 ? '' : `${host}, `;
    const counted = `${whose}${grouped(requests)} in ${glance(forMs)}`;
    const shares = row(index === 0 ? 'requests' : '', ...shareSpans(share, cells));
    const lines = besideShares(shares, span(usual, isExpected ? 'dim' : 'warn'), counted, columns);
    return isExpected ? lines : [...lines, ...foldedRow('', outsideText(userShare), columns, 5)];
  });
}

/** What was counted is never cut off: it goes on below where the host's name leaves no room, in a narrow window with what is expected. */
function besideShares(shares: Line, usual: Span, counted: string, columns: number): Line[] {
  const beside = [...shares, span('  '), usual];
  const whole = [...beside, span(`, ${counted}`, 'dim')];
  if (widthOf(whole) <= columns) return [whole];
  if (widthOf(beside) <= columns) return [beside, ...foldedRow('', counted, columns, 3)];
  return [shares, ...foldedRow('', `${usual.text}, ${counted}`, columns, 4)];
}

function widthOf(line: Line): number {
  return displayWidth(line.map(({ text }) => text).join(''));
}

function outsideText({ share, expected }: UserShare): string {
  return share < expected.low
    ? '⚠ fewer users than expected follow: few large resolvers, long-lived connections, or clients that keep old answers'
    : '⚠ more users than expected follow: few large resolvers, or somebody else sends requests to the target';
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
