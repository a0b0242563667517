import type { Counts } from '../../core/gate/metrics/bucket.js';
import type { GateDecision } from '../../core/gate/metrics/gate-decision.js';
import { bound, failsAtMost, odds, targetIsWorse } from '../../core/gate/metrics/odds.js';
import { grouped, percent } from '../../core/gate/metrics/wording.js';
import { displayName } from '../../core/record-name.js';
import type { Status } from '../../core/status.js';
import { foldedRow, row, span, type Line } from './line.js';

/** More hosts than this show their numbers in `status --why` and the JSON form only; those with the most evidence come first. */
const maxHosts = 3;

/** Everything has gone one way or the other; what the gate saw last stands in the report. */
const endings: readonly Status['phase'][] = [
  'completed',
  'rolled-back',
  'restoring',
  'restored',
  'forgetting',
  'forgotten',
];

/** The gate's numbers, each beside the bound that it is held against; nothing once the migration has ended. */
export function gateFigureLines({ phase, gates, hosts }: Status, columns: number): Line[] {
  if (isOver(phase)) return [];
  const worst = gates.toSorted((a, b) => evidenceOf(b.decision) - evidenceOf(a.decision));
  const left = worst.length - maxHosts;
  return [
    ...worst.slice(0, maxHosts).flatMap(({ host, decision }) => {
      const named = hosts.length === 1 ? [] : [row('gate of', span(displayName(host)))];
      return [...named, ...figureRows(decision, columns)];
    }),
    ...(left > 0 ? [row('', span(`and ${left} more: status --why shows them all`, 'dim'))] : []),
  ];
}

/** True where the gate has nothing left to decide. */
export function isOver(phase: Status['phase']): boolean {
  return endings.includes(phase);
}

function evidenceOf({ evidence }: GateDecision): number {
  return evidence.ln ?? -Infinity;
}

function figureRows(decision: GateDecision, columns: number): Line[] {
  const { recent, reference } = decision;
  const failing = `target ${countsText(recent.target)}, source ${countsText(recent.source)}, allowed ${percent(reference.rate)}`;
  return [...evidenceLines(decision, columns), ...foldedRow('failing', failing, columns, 2)];
}

/** How strong the evidence is for a rollback and for a promotion, each beside its bound. */
export function evidenceLines({ evidence, promotion, reference }: GateDecision, columns: number): Line[] {
  const { ln, thresholdLn } = evidence;
  const worse = `${odds(ln, targetIsWorse)}; rolled back at ${bound(thresholdLn, ln, targetIsWorse)}`;
  const claim = failsAtMost(promotion.worstRate);
  const proof = reference.isIncident
    ? 'nothing counts while the source fails too'
    : `${odds(promotion.nats, claim)}; promoted at ${bound(promotion.neededNats, promotion.nats, claim)}`;
  return [...foldedRow('evidence', worse, columns, 2), ...foldedRow('proof', proof, columns, 2)];
}

function countsText(counts: Counts | null): string {
  if (counts === null || counts.n === 0) return 'unknown';
  return `${grouped(counts.e)} of ${grouped(counts.n)} (${percent(counts.e / counts.n)})`;
}
