import { grouped, percent as rateText } from '../../core/gate/metrics/wording.js';
import type { GateDecision } from '../../core/gate/metrics/gate-decision.js';
import type { SideEvidence } from '../../core/gate/verdict.js';
import type { SideName } from '../../core/probe.js';
import { displayName } from '../../core/record-name.js';
import type { Status } from '../../core/status.js';
import { row, span, markSpan, renderLine, type Line } from './line.js';
import { differenceLines } from './status-ending.js';
import { evidenceLines, isOver } from './status-gate.js';
import { progressLines } from './status-header.js';
import { counts } from './status-health.js';
import { movedLines } from './status-moved.js';
import { measuredShare, percent } from './status-traffic.js';
import { crop } from './width.js';
import { healthMark } from './words.js';

/** What fits on the smallest usual terminal; the shell's own line comes below it. */
export const whyHeadRows = 23;

/** Of a host's name, so that its figures keep their place. */
const nameColumns = 24;

/** Of more hosts than these the figures stand among the details only. */
const maxHosts = 3;

export interface WhyOptions {
  /** No line is wider. */
  readonly columns: number;
  readonly hasColor: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * What decides, on one screen: the phase and its reason, what is waited for, the share, and a line of figures for each side. What comes
 * first matters most, so that what does not fit is cut at the end; the details hold all of it.
 */
export function whyHead(status: Status, { columns, hasColor, now }: WhyOptions): string[] {
  const [worst] = worstFirst(status);
  const gate = status.gates.find(({ host }) => worst !== undefined && displayName(host) === worst);
  const lines: Line[] = [
    hostLine(status),
    ...progressLines(status, columns, now),
    shareLine(status),
    ...sideLines(status),
    ...(gate === undefined || !isJudged(status) ? [] : evidenceLines(gate.decision, columns)),
    ...differenceLines(status, columns),
    ...movedLines(status, columns),
  ];
  const fitting = lines.length <= whyHeadRows ? lines : [...lines.slice(0, whyHeadRows - 1), moreLine];
  return fitting.map((line) => renderLine(line, columns, hasColor));
}

/** Under a halt it is the zone that decides, and after the end nothing does. */
function isJudged({ phase, differences }: Status): boolean {
  return !isOver(phase) && differences.length === 0;
}

const moreLine: Line = row('', span('the rest stands among the details', 'dim'));

function hostLine({ hosts }: Status): Line {
  const text = hosts.length === 1 ? (hosts[0]?.host ?? '') : `${hosts.length}, moving together`;
  return row(hosts.length === 1 ? 'host' : 'hosts', span(text, 'strong'));
}

function shareLine({ share, hosts }: Status): Line {
  const measured = measuredShare(hosts);
  const seen =
    measured === null ? 'not measured' : `name servers give it in ${percent(measured)} of their answers`;
  return row('share', span(`${percent(share)} for the target`, 'strong'), span(`; ${seen}`));
}

/** Names of the hosts: first those with a side that does not pass, then those with the most evidence against the target. */
function worstFirst({ hosts, probes, gates }: Status): readonly string[] {
  const badness = (name: string): readonly [number, number] => {
    const bad = probes.filter(({ host, health }) => displayName(host) === name && health !== 'passing');
    const gate = gates.find(({ host }) => displayName(host) === name);
    return [bad.length, gate?.decision.evidence.ln ?? -Infinity];
  };
  return hosts
    .map(({ host }) => ({ host, badness: badness(host) }))
    .toSorted(({ badness: [a, c] }, { badness: [b, d] }) => b - a || (c === d ? 0 : d - c))
    .map(({ host }) => host);
}

function sideLines(status: Status): readonly Line[] {
  const names = worstFirst(status);
  const shown = names.slice(0, maxHosts).flatMap((name) => {
    const gate = status.gates.find(({ host }) => displayName(host) === name);
    const sides = status.probes.filter(({ host }) => displayName(host) === name);
    return sides.map((side) => sideLine(side, gate?.decision ?? null, names.length > 1 ? name : null));
  });
  const left = names.length - maxHosts;
  return left > 0 ? [...shown, row('', span(`and ${left} more among the details`, 'dim'))] : shown;
}

/** `✔ passing, 6 ok; users: 9 of 940 failed (0.96 %)`, with the latest failure where there was one. */
function sideLine(side: SideEvidence, decision: GateDecision | null, name: string | null): Line {
  const failure = side.lastFailure === null ? '' : `; last: ${side.lastFailure.because}`;
  const whose = name === null ? '' : `${crop(name, nameColumns)}: `;
  const text = `, ${counts(side)}${users(side.side, decision)}${failure}`;
  return row(side.side, span(whose), markSpan(healthMark(side.health)), span(text));
}

function users(side: SideName, decision: GateDecision | null): string {
  if (decision === null) return '';
  const { recent, reference } = decision;
  const seen = recent[side];
  if (seen === null || seen.n === 0) return '; users: unknown';
  const allowed = side === 'target' ? `, allowed ${rateText(reference.rate)}` : '';
  return `; users: ${grouped(seen.e)} of ${grouped(seen.n)} failed (${rateText(seen.e / seen.n)}${allowed})`;
}
