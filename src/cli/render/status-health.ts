import { describeCertificate } from '../../core/certificate.js';
import { rollbackLimit, type CertificateClock } from '../../core/certificate-clock.js';
import type { ProbeTally, SideEvidence } from '../../core/gate/verdict.js';
import { familyName, type SideName } from '../../core/probe.js';
import { displayName } from '../../core/record-name.js';
import type { HostStatus, Status } from '../../core/status.js';
import { instant } from '../../core/time.js';
import { foldedRow, labelColumns, markSpan, row, span, type Line } from './line.js';
import { localTime } from './moment.js';
import { knownSides } from './status-over.js';
import { percent } from './status-traffic.js';
import { healthMark } from './words.js';
import { column, displayWidth, fold } from './width.js';

const healthColumns = '✔ passing'.length + 2;
const measuredColumns = 'measured'.length + 2;

/** More failures are counted, not shown. */
const maxFailures = 5;

/** The probes and certificates of both sides: rows for one host, a table for several; under it why a probe failed last. */
export function healthLines(status: Status, columns: number, now: number): Line[] {
  const { hosts, certificates } = status;
  const probes = knownSides(status);
  if (hosts.length > 1) {
    return [
      ...(probes.length === 0 ? [] : hostTable(hosts, probes, columns)),
      ...failuresOf(status.probes, columns),
      ...firstToEnd(certificates, columns, now),
    ];
  }
  return probes.flatMap((side) => [
    ...foldedCounts(side, columns),
    ...(side.lastFailure === null
      ? []
      : foldedRow('', `last failure: ${side.lastFailure.because}`, columns, 2)),
    ...certificates
      .filter((certificate) => certificate.side === side.side)
      .flatMap((certificate) => certificateLines('', certificate, '', columns, now)),
  ]);
}

/** Over two families there may be more to tell than fits beside the health. */
function foldedCounts(side: SideEvidence, columns: number): Line[] {
  const mark = markSpan(healthMark(side.health), healthColumns);
  const { families, leftOut } = side;
  const over = families.map((family) => `${familyName(family.family)}: ${counts(family)}`);
  const missing = leftOut === null ? [] : [`${familyName(leftOut)} left out: no route from here`];
  const text = [...(over.length > 0 ? over : [counts(side)]), ...missing].join('; ');
  const [first = '', ...rest] = fold(text, Math.max(10, columns - labelColumns - healthColumns - 2), 3);
  const indent = ' '.repeat(healthColumns + 2);
  return [row(side.side, mark, span(`  ${first}`)), ...rest.map((line) => row('', span(indent + line)))];
}

function certificateLines(
  label: string,
  clock: CertificateClock,
  more: string,
  columns: number,
  now: number,
): Line[] {
  const limit = rollbackLimit(clock, localTime);
  const warning = clock.isShort ? '⚠ ends soon: ' : '';
  return [
    ...foldedRow(label, `${warning}${describeCertificate(clock, instant(now))}${more}`, columns, 2),
    ...(limit === null ? [] : foldedRow('', limit, columns, 2)),
  ];
}

/** Of several hosts only the certificate of each side that ends first. */
function firstToEnd(certificates: readonly CertificateClock[], columns: number, now: number): Line[] {
  const lines = (['source', 'target'] as const).flatMap((side) => {
    const all = certificates.filter((certificate) => certificate.side === side);
    const [first] = all.toSorted((a, b) => a.endsAt - b.endsAt);
    const more = all.length > 1 ? `, the first of ${all.length} to end` : '';
    return first === undefined ? [] : certificateLines(side, first, more, columns, now);
  });
  return lines.length === 0 ? [] : [[], ...lines];
}

/** `6 ok, 2 failed`: what the newest probes of a side said. */
export function counts({ ok, failed, unknown }: ProbeTally): string {
  if (ok + failed === 0) return 'no probe says anything yet';
  const bad = [...(failed > 0 ? [`${failed} failed`] : []), ...(unknown > 0 ? [`${unknown} unknown`] : [])];
  return [`${ok} ok`, ...bad].join(', ');
}

function failuresOf(probes: readonly SideEvidence[], columns: number): Line[] {
  const failures = probes.flatMap(({ host, side, lastFailure }) =>
    lastFailure === null ? [] : [`${displayName(host)} ${side}: ${lastFailure.because}`],
  );
  if (failures.length === 0) return [];
  const shown = failures.slice(0, maxFailures);
  const left = failures.length - shown.length;
  return [
    [],
    ...shown.flatMap((text, index) => foldedRow(index === 0 ? 'failures' : '', text, columns, 2)),
    ...(left === 0 ? [] : [row('', span(`and ${left} more`, 'dim'))]),
  ];
}

function hostTable(hosts: readonly HostStatus[], probes: readonly SideEvidence[], columns: number): Line[] {
  const wanted = Math.max(...hosts.map(({ host }) => displayWidth(host))) + 2;
  const hostColumns = Math.max(12, Math.min(wanted, columns - measuredColumns - 2 * healthColumns));
  const title = column('HOST', hostColumns) + column('MEASURED', measuredColumns);
  const lines = hosts.map(({ host, measuredShare }): Line => {
    const measured = measuredShare === null ? 'unknown' : percent(measuredShare);
    return [
      span(`${column(host, hostColumns - 1)} ${column(measured, measuredColumns)}`),
      markSpan(healthMark(healthOf(probes, host, 'source')), healthColumns),
      markSpan(healthMark(healthOf(probes, host, 'target'))),
    ];
  });
  return [[], [span(`${title}${column('SOURCE', healthColumns)}TARGET`, 'dim')], ...lines];
}

function healthOf(probes: readonly SideEvidence[], host: string, side: SideName): SideEvidence['health'] {
  return probes.find((probe) => probe.side === side && displayName(probe.host) === host)?.health ?? 'unknown';
}
