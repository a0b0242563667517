import type { Event } from '../../core/event.js';
import { whoChangedIt } from '../../core/halt-advice.js';
import { safeCopy } from './safe-copy.js';

/** `history -o json` has them all. */
const maxDifferences = 40;

/** Under a halt of a history: every difference that was found, and how to find out whose it is. Empty for every other event. */
export function haltLines(event: Event): readonly string[] {
  if (event.type !== 'halted' || event.differences.length === 0) return [];
  const { differences } = safeCopy(event);
  const left = differences.length - maxDifferences;
  return [
    ...differences.slice(0, maxDifferences).map((difference) => `    ${difference}`),
    ...(left > 0 ? [`    and ${left} more: history -o json shows them all`] : []),
    '    - is missing there, + stands there instead; who did it, by CloudTrail:',
    `    ${whoChangedIt}`,
  ];
}
