import { resolverSummary, type HostResolvers } from '../../core/resolver-report.js';
import { labelColumns } from './line.js';
import { column } from './width.js';

/** What resolvers of other people hand out, for the foot of the status: one line for each host and one for whatever a person should know. */
export function resolverLines(reports: readonly HostResolvers[] | null): string[] {
  const lines =
    reports === null ? ['none is asked: SHIFT_REPORT_RESOLVERS=none'] : reports.flatMap(hostLines);
  return lines.map((line, index) => column(index === 0 ? 'resolvers' : '', labelColumns) + line);
}

function hostLines({ host, findings, isAuthorityHeard }: HostResolvers): string[] {
  const troubles = findings.flatMap(({ resolver, trouble }) =>
    trouble === null ? [] : [`${resolver} ${trouble}`],
  );
  return [
    resolverSummary(host, findings),
    ...troubles,
    ...(isAuthorityHeard
      ? []
      : ['no authoritative name server answered in time, so this is held against the last accepted write']),
    ...(troubles.length === 0 ? [] : ['only the authoritative name servers decide anything']),
  ];
}
