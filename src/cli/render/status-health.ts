import type { SideEvidence } from '../../core/gate/verdict.js';
import type { SideName } from '../../core/probe.js';
import { displayName } from '../../core/record-name.js';
import type { HostStatus, Status } from '../../core/status.js';
import { foldedRow, markSpan, row, span, type Line } from './line.js';
import { percent } from './status-traffic.js';
import { healthMark } from './words.js';
import { column, displayWidth } from './width.js';

const healthColumns = '✔ passing'.length + 2;
const measuredColumns = 'measured'.length + 2;

/** More failures are counted, not shown. */
const maxFailures = 5;

/** The probes of both sides: a row each for one host, a table for several; under it why a probe failed last. */
export function healthLines({ hosts, probes }: Status, columns: number): Line[] {
  if (hosts.length > 1) return [...hostTable(hosts, probes, columns), ...failuresOf(probes, columns)];
  return probes.flatMap((side) => [
    row(side.side, markSpan(healthMark(side.health), healthColumns), span(`  ${counts(side)}`)),
    ...(side.lastFailure === null
      ? []
      : foldedRow('', `last failure: ${side.lastFailure.because}`, columns, 2)),
  ]);
}

function counts({ ok, failed, unknown }: SideEvidence): string {
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
