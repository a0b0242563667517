import type { Status } from '../../core/status.js';
import { formatDuration } from '../../core/time.js';
import { foldedRow, type Line } from './line.js';

/** What Route 53 would do by itself while a target is down, and the health checks that are left when all is over. */
export function failoverLines({ healthChecks, id }: Status, columns: number, now: number): Line[] {
  const leftOver = healthChecks.filter((check) => check.leftOver);
  if (leftOver.length > 0) return leftOverLines(leftOver, id, columns);
  const targets = healthChecks.filter(({ side }) => side === 'target');
  if (targets.length === 0) return [];
  if (targets.every(({ attached }) => attached))
    return foldedRow(
      'failover',
      '● Route 53 itself gives the source everything while the target is down',
      columns,
      2,
    );
  const since = targets.find(({ attached }) => !attached)?.healthySince ?? null;
  const seen =
    since === null
      ? 'its checkers do not find the target healthy yet'
      : `healthy for ${formatDuration(Math.max(0, Math.floor((now - since) / 1000) * 1000))}`;
  return foldedRow('failover', `◌ the health checks are not attached: ${seen}`, columns, 2);
}

function leftOverLines(checks: Status['healthChecks'], id: string, columns: number): Line[] {
  const names = checks.map((check) => check.id ?? `${check.host} ${check.side}, id not known`).join(', ');
  const text = `⚠ health checks left over, deleted by the next shiftctl tick ${id} once no record carries them: ${names}`;
  return foldedRow('failover', text, columns, 8);
}
