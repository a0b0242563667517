import { unreachable } from '../../core/result.js';
import type { HostStatus, Status } from '../../core/status.js';
import { afterTheEndLines } from './after-the-end.js';
import { foldedRow, markSpan, row, span, type Line } from './line.js';
import { countdown, glance, localTime } from './moment.js';
import { column, displayWidth } from './width.js';
import { pausedMark, phaseMark, verdictMark } from './words.js';

/** Longer reasons are cropped; the whole ones stand in the history. */
const reasonLines = 3;

/** What moves, from where to where, and by which rules. */
export function headerLines(status: Status, columns: number): Line[] {
  const lab = row('LAB', span('everything runs on this computer; nothing is real', 'warn'));
  return [
    ...(status.lab ? [lab] : []),
    ...hostLines(status.hosts, columns),
    ...foldedRow('policy', `${status.policy}, zone ${status.zone}, id ${status.id}`, columns, 2),
  ];
}

/** Several hosts with the same sides are listed once, in the table of their health. */
function hostLines(hosts: readonly HostStatus[], columns: number): Line[] {
  const [first, ...others] = hosts;
  if (first === undefined) return [];
  const sides = [row('from', span(first.source)), row('to', span(first.target))];
  if (others.length === 0) return [row('host', span(first.host, 'strong')), ...sides];
  const together = row('hosts', span(`${hosts.length}, moving together`, 'strong'));
  if (others.every(({ source, target }) => source === first.source && target === first.target))
    return [together, ...sides];
  const hostColumns = Math.min(
    Math.max(...hosts.map(({ host }) => displayWidth(host))),
    Math.floor(columns / 3),
  );
  return [
    together,
    ...hosts.map(({ host, source, target }) =>
      row('', span(`${column(host, hostColumns)}  ${source} -> ${target}`)),
    ),
  ];
}

/** What it is doing, since when, why, and what comes next. */
export function progressLines(status: Status, columns: number, now: number): Line[] {
  const { phase, paused, alarm } = status;
  const next = nextStep(status, now);
  return [
    row('phase', markSpan(phaseMark(phase)), span(`, ${sinceWords(status, now)}`)),
    ...(paused === null ? [] : pausedLines(paused, columns, now)),
    ...foldedRow('because', status.because, columns, reasonLines),
    ...gateLines(status, columns),
    ...(next === null ? [] : foldedRow('next', next, columns, 2)),
    ...afterTheEndLines(status, columns, now),
    ...(alarm === null ? [] : [row('alarm', span(`⚠ ${alarm.replaceAll('-', ' ')}`, 'bad'))]),
  ];
}

function sinceWords({ phase, since }: Status, now: number): string {
  const hasEnded =
    phase === 'completed' ||
    phase === 'rolled-back' ||
    phase === 'halted' ||
    phase === 'restored' ||
    phase === 'forgotten';
  return hasEnded ? localTime(since) : `for ${glance(now - since)}`;
}

function pausedLines(paused: NonNullable<Status['paused']>, columns: number, now: number): Line[] {
  const { glyph, word } = pausedMark;
  const text = `${glyph} ${word} by ${paused.by} for ${glance(now - paused.since)}: ${paused.because}`;
  return foldedRow('', text, columns, 2).map((line) =>
    line.map(({ text: part }) => span(part, pausedMark.tone)),
  );
}

/** While it observes, the gate's reason is the one above; while a person is waited for, the gate may have changed its mind. */
function gateLines({ phase, verdict }: Status, columns: number): Line[] {
  if (verdict === null) return [];
  const { glyph, word, tone } = verdictMark(verdict.verdict);
  const hasNews = phase === 'waiting' && verdict.verdict !== 'ask';
  if (!hasNews) return [row('gate', markSpan({ glyph, word, tone }))];
  return foldedRow('gate', `${glyph} ${word}: ${verdict.because}`, columns, 2);
}

/** What will happen by itself, or null when it has ended. */
export function nextStep(status: Status, now: number): string | null {
  const { phase, next, paused } = status;
  if (paused !== null && advances(phase))
    return 'nothing before somebody resumes it; the guard keeps watching';
  if (next !== null) return dueStep(next, now);
  switch (phase) {
    case 'planned':
      return 'the take-over, with the next tick';
    case 'taking-over':
    case 'shifting':
      return 'the answer of Route 53';
    case 'settling':
      return 'cached answers must expire once every name server shows the change';
    case 'observing':
      return null;
    case 'waiting':
      return 'nothing before a person decides; the guard keeps watching';
    case 'finalizing':
      return 'completed, once every name server shows it and cached answers have expired';
    case 'rolling-back':
      return 'it is tried again until Route 53 accepts it';
    case 'draining':
      return 'rolled back, once no name server hands out the target';
    case 'halted':
      return 'nothing by itself';
    case 'adopting':
    case 'forgetting':
      return 'the answer of Route 53';
    case 'restoring':
      return 'restored, once every name server shows it and cached answers have expired';
    case 'completed':
    case 'rolled-back':
    case 'restored':
    case 'forgotten':
      return null;
    default:
      return unreachable(phase);
  }
}

/** True where a pause is what holds it; a halt, a rollback and an end do not wait for `resume`. */
function advances(phase: Status['phase']): boolean {
  switch (phase) {
    case 'planned':
    case 'taking-over':
    case 'shifting':
    case 'settling':
    case 'observing':
    case 'waiting':
    case 'finalizing':
    case 'adopting':
      return true;
    case 'rolling-back':
    case 'draining':
    case 'halted':
    case 'forgetting':
    case 'restoring':
    case 'completed':
    case 'rolled-back':
    case 'restored':
    case 'forgotten':
      return false;
    default:
      return unreachable(phase);
  }
}

function dueStep({ what, at, waitsFor }: NonNullable<Status['next']>, now: number): string {
  const left = countdown(at, now);
  switch (waitsFor) {
    case 'caches':
      return left === null ? `${what}, with the next tick` : `${what} in ${left}`;
    case 'dwell':
      return left === null ? `${what}, as soon as the gate allows` : `${what} in ${left}, at the earliest`;
    case 'calendar':
      return `${what} in ${left ?? '0s'}, when the calendar opens at ${localTime(at)}`;
    case 'question':
      return `${what} in ${left ?? '0s'}, shortly before the calendar opens`;
    case 'deadline':
      return `${what} in ${left ?? '0s'}, at the deadline: the calendar does not open before`;
    default:
      return unreachable(waitsFor);
  }
}
