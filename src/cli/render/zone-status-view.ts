import { displayName } from '../../core/record-name.js';
import { formatDuration } from '../../core/time.js';
import type { ZoneStatus } from '../../engine/status-without-state.js';
import { localTime } from './moment.js';
import { safeCopy } from './safe-copy.js';

/** What the zone tells, for a person who has no journal: the weights, and whether a controller is overdue. */
export function zoneStatusView(found: ZoneStatus): string[] {
  const { migrationId, state, generation, hosts, due, overdueMs } = safeCopy(found);
  const [first] = hosts;
  const host = first === undefined ? '<host>' : displayName(first.host);
  return [
    `migration ${migrationId}, ${state}, generation ${generation} (read from the zone alone)`,
    ...hosts.flatMap((one) => [
      `${displayName(one.host)}  ${one.share === null ? 'no pair of ours' : `${one.share} % at the target, by weight`}`,
      ...one.records.map((record) => `  ${record}`),
    ]),
    ...(state === 'ended' ? [] : controllerLines(host, localTime(due), overdueMs)),
  ];
}

function controllerLines(host: string, due: string, overdueMs: number | null): string[] {
  if (overdueMs === null) return [`✔ the controller writes or asks a person by ${due}`];
  const late = formatDuration(Math.floor(overdueMs / 1000) * 1000);
  return [
    `⚠ the controller is overdue by ${late}: it should have written or asked a person by ${due}`,
    `  look whether it runs, or put everything back: shiftctl rollback ${host} --no-state`,
  ];
}
