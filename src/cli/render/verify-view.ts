import type { HeadAnchor, KeptHeadFound } from '../../core/report/head-anchor.js';
import { unreachable } from '../../core/result.js';
import { localTime } from './moment.js';
import { safeCopy } from './safe-copy.js';

/** What `history --verify` found. */
export interface Verification {
  readonly entries: number;
  /** The hash of the last entry. */
  readonly head: string;
  readonly anchors: readonly HeadAnchor[];
  /** What the heads say that were given with `--head`. */
  readonly kept: readonly KeptHeadFound[];
  /** Why the zone could not be read, or null when it was. */
  readonly notCompared: string | null;
}

/** What was checked, and what that proves and what not. */
export function verifyView(verification: Verification): string[] {
  const { entries, head, anchors, kept, notCompared } = safeCopy(verification);
  return [
    `✔ the hash chain is whole: each of ${entries} entries fits its content and the entry before it`,
    `  head ${head}`,
    ...(notCompared === null ? anchors.map(anchorLine) : [`? not compared with the zone: ${notCompared}`]),
    ...kept.map(keptLine),
    ...meaning(verification),
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

function keptLine(kept: KeptHeadFound): string {
  const { head } = kept;
  switch (kept.found) {
    case 'in-chain':
      return `✔ that head is in the chain: entry ${kept.sequence}, ${localTime(kept.at)}; ${kept.later === 0 ? 'none' : kept.later} came after it`;
    case 'cut': {
      const rest = kept.lastAt === null ? 'nothing is left' : `what is left ends ${localTime(kept.lastAt)}`;
      const gone = kept.from === kept.to ? `entry ${kept.to} is` : `entries ${kept.from} to ${kept.to} are`;
      return `✖ that head is not in the chain: ${gone} gone; ${rest}`;
    }
    case 'changed':
      return `✖ that head is not in the chain: entry ${kept.sequence}, ${localTime(kept.at)}, or one before it is not what it was`;
    case 'absent':
      return `✖ that head is not in the chain: ${head.hash} is the hash of no entry here`;
    default:
      return unreachable(kept);
  }
}

/** Whether something outside contradicts the journal. */
export function isRefuted({ anchors, kept }: Verification): boolean {
  return (
    anchors.some(({ found }) => found === 'unanchored') || kept.some(({ found }) => found !== 'in-chain')
  );
}

function meaning(verification: Verification): string[] {
  const { anchors, kept } = verification;
  const known = [...anchors, ...kept].flatMap((one) =>
    one.found === 'anchored' || one.found === 'in-chain' ? [one.sequence] : [],
  );
  const upTo = known.length === 0 ? null : Math.max(...known);
  if (isRefuted(verification))
    return [
      'The journal was changed, cut off or put back from an older copy, or the head is that of another journal.',
      ...(upTo === null ? [] : [`Up to entry ${upTo} it is what it was.`]),
    ];
  if (upTo === null)
    return [
      'The chain alone shows that nothing was changed in its middle; somebody who can write the file could have cut it off at its end, or written it anew from the start. Only the marker in the zone or the head in a message can show that: --head.',
    ];
  return [
    `So nobody has changed, removed or added anything up to entry ${upTo} since, unless they could change the zone or the message as well. Later entries are held by the chain alone: one cut off at the end would not show.`,
  ];
}
