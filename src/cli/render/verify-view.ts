import type { HeadAnchor } from '../../core/report/head-anchor.js';
import { unreachable } from '../../core/result.js';
import { safeCopy } from './safe-copy.js';

/** What `history --verify` found. */
export interface Verification {
  readonly entries: number;
  /** The hash of the last entry. */
  readonly head: string;
  readonly anchors: readonly HeadAnchor[];
  /** Why the zone could not be read, or null when it was. */
  readonly notCompared: string | null;
}

/** What was checked, and what that proves and what not. */
export function verifyView(verification: Verification): string[] {
  const { entries, head, anchors, notCompared } = safeCopy(verification);
  return [
    `✔ the hash chain is whole: each of ${entries} entries fits its content and the entry before it`,
    `  head ${head}`,
    ...(notCompared === null ? anchors.map(anchorLine) : [`? not compared with the zone: ${notCompared}`]),
    ...meaning(anchors, notCompared),
  ];
}

function anchorLine(anchor: HeadAnchor): string {
  switch (anchor.found) {
    case 'anchored':
      return `✔ zone agrees: the marker of ${anchor.host} carries the hash of entry ${anchor.sequence}`;
    case 'unanchored':
      return `✖ zone disagrees: the marker of ${anchor.host} carries ${anchor.head}, the hash of no entry here`;
    case 'none':
      return `? not compared for ${anchor.host}: ${anchor.because}`;
    default:
      return unreachable(anchor);
  }
}

function meaning(anchors: readonly HeadAnchor[], notCompared: string | null): string[] {
  if (anchors.some(({ found }) => found === 'unanchored'))
    return [
      'The journal was changed, cut off or put back from an older copy, or another journal wrote the marker last.',
    ];
  const anchored = anchors.flatMap((anchor) => (anchor.found === 'anchored' ? [anchor.sequence] : []));
  if (notCompared !== null || anchored.length === 0)
    return [
      'The chain alone shows that nothing was changed in its middle; somebody who can write the file could have cut it',
      'off at its end, or written it anew from the start. Only the marker in the zone can show that.',
    ];
  return [
    `So up to entry ${Math.max(...anchored)} nothing was changed, removed or added since that marker was written, by anyone who`,
    'cannot write the zone too. Later entries are held by the chain alone: one cut off at the end would not show.',
  ];
}
