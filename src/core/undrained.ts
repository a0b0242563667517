import { parseMarkerText } from './marker.js';
import type { MigrationState } from './migration-state.js';
import { doubtfulAnswers } from './name-server-agreement.js';
import type { NameServerReading } from './name-server.js';
import { displayName } from './record-name.js';

/** More are counted, not named. */
const maxNamed = 8;

/**
 * What an accepted rollback still lacks by the latest reading, one sentence each; empty once it is clean. A name server that was not
 * asked, or did not answer, lacks as much as one that still hands out the target.
 */
export function undrained(state: MigrationState): readonly string[] {
  const { phase, plan, latest } = state;
  if (phase.phase !== 'draining') return [];
  const lacks: string[] = [];
  const readings = latest?.nameServers ?? [];
  for (const { host, target } of plan.hosts) {
    for (const server of plan.zone.nameServers) {
      const reading = readings.find((candidate) => candidate.server === server && candidate.host === host);
      const lack = lackOf(state, reading, target.dnsName);
      if (lack !== null) lacks.push(`${server} ${lack} (${displayName(host)})`);
    }
  }
  const { settle } = phase;
  if (settle !== null && settle.changeId !== null && settle.insyncAt === null)
    lacks.push(`Route 53 does not say INSYNC of the change ${settle.changeId}`);
  const left = lacks.length - maxNamed;
  return left > 0 ? [...lacks.slice(0, maxNamed), `and ${left} more`] : lacks;
}

function lackOf(
  state: MigrationState,
  reading: NameServerReading | undefined,
  target: string,
): string | null {
  if (reading === undefined) return 'has not been asked';
  const handedOut = reading.answers[target] ?? 0;
  const answered = Object.values(reading.answers).reduce((sum, count) => sum + count, reading.other);
  if (handedOut > 0) return `still hands out the target, in ${handedOut} of ${answered} answers`;
  const doubtful = doubtfulAnswers(state, reading);
  if (doubtful > 0)
    return `hands out addresses, which may be the target's, in ${doubtful} of ${answered} answers`;
  if (reading.failed > 0)
    return answered === 0 ? 'does not answer' : `left ${reading.failed} questions unanswered`;
  if (answered === 0) return 'does not answer';
  if (reading.marker === null) return 'did not say which marker it has';
  const shown = parseMarkerText(reading.marker);
  if (state.generation > 0 && shown?.state !== 'ended') return 'does not show the ended marker yet';
  return null;
}
