import { grouped } from '../../core/gate/metrics/wording.js';
import type { PlatformMemory } from '../../core/platform/platform-memory.js';
import { displayName } from '../../core/record-name.js';
import type { SourceRemains } from '../../core/source-remains.js';
import type { Status } from '../../core/status.js';
import { foldedRow, row, span, type Line } from './line.js';
import { glance, localTime } from './moment.js';

/** More hosts than this are counted, not shown; `status -o json` has them all. */
const maxHosts = 3;

/** Whether the source may be switched off: what still reaches it, since when hardly anything, and until when it can be gone back to. */
export function remainsLines(status: Status, columns: number, now: number): Line[] {
  const { sourceRemains: remains } = status;
  const shown = remains.slice(0, maxHosts).flatMap((one, index) => {
    const whose = remains.length === 1 ? '' : `${one.host}: `;
    return [
      ...foldedRow(index === 0 ? 'remains' : '', `${whose}${traffic(one, now)}`, columns, 2),
      ...foldedRow('', `${whose}${wayBack(one, now)}`, columns, 3),
    ];
  });
  const left = remains.length - maxHosts;
  return left > 0
    ? [...shown, row('', span(`and ${left} more: status -o json shows them all`, 'dim'))]
    : shown;
}

function traffic(
  { requestsPerMinute, notCountedYet, limitPerMinute, quietSince, countedTo }: SourceRemains,
  now: number,
): string {
  if (requestsPerMinute === null || countedTo === null)
    return `what still reaches the source is ${notCountedYet ? 'not counted yet' : 'not known'}`;
  const unit = requestsPerMinute === 1 ? 'request' : 'requests';
  const counted = `the source still gets ${grouped(requestsPerMinute)} ${unit} a minute, counted ${glance(now - countedTo)} ago`;
  if (quietSince === null) return counted;
  return `${counted}; below ${limitPerMinute} for ${glance(countedTo - quietSince)}, since ${localTime(quietSince)}`;
}

function wayBack({ rollbackBroken, rollbackUntil }: SourceRemains, now: number): string {
  if (rollbackBroken !== null) return `⚠ no rollback is possible: ${rollbackBroken}`;
  if (rollbackUntil === null) return 'rollback is possible while the source stands and can bear everything';
  if (rollbackUntil <= now)
    return "⚠ the source's certificate has ended: after a rollback clients would refuse it";
  return `rollback is possible while the source stands, and without a new certificate until ${localTime(rollbackUntil)}`;
}

/** Platforms that did not answer the latest look: no alarm, but nobody must take silence for good news. */
export function unseenLines({ platforms }: Status, columns: number): Line[] {
  const unseen = platforms.filter(({ unseen, name }) => unseen !== null || name === 'unknown');
  return unseen
    .slice(0, maxHosts)
    .flatMap((one, index) => foldedRow(index === 0 ? 'unseen' : '', unseenText(one), columns, 2));
}

function unseenText({ host, side, unseen }: PlatformMemory): string {
  const what = unseen ?? 'DNS did not say whether its own name still has an address';
  return `⚠ ${side} of ${displayName(host)}: ${what}`;
}
