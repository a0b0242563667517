import { parseMarkerText, readMarker } from './marker.js';
import type { MigrationState } from './migration-state.js';
import type { NameServerReading } from './name-server.js';
import type { HostPlan } from './plan.js';

/**
 * True when every name server of the zone returns, for every host, the marker that our last write left there, known by its id:
 * a generation alone could be that of a write we superseded. In a rollback every ended marker of ours will do, because hosts
 * are written one by one and some may have been put back by an earlier try. No answer is no agreement.
 */
export function serversShowMarkers(state: MigrationState, readings: readonly NameServerReading[]): boolean {
  return everyReading(state, readings, (reading, host) => {
    const written = state.image.find((image) => image.host === host.host);
    const expected = readMarker(written?.marker ?? []);
    if (expected === null) return reading.marker !== null;
    const shown = reading.marker === null ? null : parseMarkerText(reading.marker);
    if (state.phase.phase === 'draining' && shown?.migrationId === state.plan.id && shown.state === 'ended')
      return true;
    return shown?.migrationId === expected.migrationId && shown.intentId === expected.intentId;
  });
}

/** True when every name server answered and none handed out the target for any host, or may have. */
export function serversAreClean(state: MigrationState, readings: readonly NameServerReading[]): boolean {
  return everyReading(state, readings, (reading, host) => {
    const answered = Object.values(reading.answers).reduce((sum, count) => sum + count, reading.other);
    const handedOut = reading.answers[host.target.dnsName] ?? 0;
    return answered > 0 && reading.failed === 0 && handedOut === 0 && doubtfulAnswers(state, reading) === 0;
  });
}

/**
 * How many answers without a CNAME may have been the target's: an alias hands out the addresses of what it points at. Where a CNAME of
 * ours is all that was written no answer goes without one, so a server that gives others still has what stood before.
 */
export function doubtfulAnswers(state: MigrationState, { host, other }: NameServerReading): number {
  const written = state.image.find((image) => image.host === host)?.records ?? [];
  const isOurs = state.phase.phase === 'draining' && state.phase.settle !== null;
  return isOurs && written.length > 0 && written.every(({ type }) => type === 'CNAME') ? other : 0;
}

function everyReading(
  state: MigrationState,
  readings: readonly NameServerReading[],
  test: (reading: NameServerReading, host: HostPlan) => boolean,
): boolean {
  return state.plan.hosts.every((host) =>
    state.plan.zone.nameServers.every((server) =>
      readings.some(
        (reading) => reading.server === server && reading.host === host.host && test(reading, host),
      ),
    ),
  );
}
