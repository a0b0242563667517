import type { SideEvidence } from '../../core/gate/verdict.js';
import type { Status } from '../../core/status.js';
import { foldedRow, type Line } from './line.js';
import { measuredShare } from './status-traffic.js';

/** After these nobody probes any more; a completed migration is watched until its marker is removed. */
const over: readonly Status['phase'][] = ['rolled-back', 'restored', 'forgotten'];

/** The sides that a probe still says something about: once a migration is over, what is unknown stays so and is no news. */
export function knownSides({ phase, probes }: Status): readonly SideEvidence[] {
  return over.includes(phase) ? probes.filter(({ health }) => health !== 'unknown') : probes;
}

/** The look that found the records put back by hand is the last one, and its answers may be older than the records. */
export function beforePutBackLines({ phase, rollback, hosts }: Status, columns: number): Line[] {
  const isUnseen = phase === 'rolled-back' && rollback === null && (measuredShare(hosts) ?? 0) > 0;
  const text =
    'these answers are of the look that found the records put back; name servers and caches follow, and nobody has looked since: shiftctl runbook has the lines that ask them';
  return isUnseen ? foldedRow('', text, columns, 4) : [];
}
