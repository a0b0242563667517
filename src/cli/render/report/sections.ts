import { grouped, percent as rateText } from '../../../core/gate/metrics/wording.js';
import type { Counts } from '../../../core/gate/metrics/bucket.js';
import type { MigrationReport } from '../../../core/report/migration-report.js';
import type { SideSeries } from '../../../core/report/side-series.js';
import type { StageLeaving, StageVisit } from '../../../core/report/stage-visit.js';
import { unreachable } from '../../../core/result.js';
import { rollbackMoments } from '../../../core/rollback-times.js';
import { describeRemains } from '../../../core/source-remains.js';
import { eventText } from '../event-line.js';
import { glance, stopwatch } from '../moment.js';
import { whyDetails } from '../why-view.js';
import { phaseMark } from '../words.js';

/** Rows of texts under their titles, before they become HTML or Markdown. */
export interface Table {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** `2026-11-20 18:42:07`, in UTC: a report is read elsewhere, and by several people. */
export function utcTime(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** What moved and how it stands, in the words of the status. */
export function summary({ status, planned, from, to, madeAt }: MigrationReport): Table {
  const { hosts, zone, policy, id, phase, because, share, sourceRemains } = status;
  const { word } = phaseMark(phase);
  return {
    titles: ['', ''],
    rows: [
      ...hosts.map(({ host, source, target }) => ['host', `${host}, from ${source} to ${target}`]),
      ['policy', `${policy}, zone ${zone}, id ${id}`],
      ...(status.lab ? [['lab', 'everything ran on one computer; nothing was real']] : []),
      ['planned', `by ${planned.by} at ${utcTime(planned.createdAt)}`],
      ['phase', `${word} since ${utcTime(status.since)}`],
      ['because', because],
      ['set share', `${share}% at the target`],
      ...(sourceRemains.length === 0 ? [] : [['remains', describeRemains(sourceRemains, madeAt)]]),
      ['journal', `${glance(to - from)}, to ${utcTime(to)}`],
      ['this report', `made at ${utcTime(madeAt)}; all times are UTC`],
    ],
  };
}

/** When each stage was in force, and why it was left. */
export function stageTable({ stages }: MigrationReport): Table {
  return {
    titles: ['share', 'in force from', 'settled', 'left', 'after', 'because'],
    rows: stages.map(({ share, acceptedAt, settledAt, left }) => [
      `${share}%`,
      utcTime(acceptedAt),
      settledAt === null ? 'never' : `+${glance(settledAt - acceptedAt)}`,
      left === null ? 'not yet' : utcTime(left.at),
      left === null ? '' : glance(left.at - acceptedAt),
      left === null ? '' : `${leavingWords(left.how)}: ${left.because}`,
    ]),
  };
}

function leavingWords(how: StageLeaving): string {
  switch (how) {
    case 'next-stage':
      return 'next stage';
    case 'finalize':
      return 'finalized';
    case 'rollback':
      return 'rolled back';
    case 'halt':
      return 'halted';
    default:
      return unreachable(how);
  }
}

/** How long the rollback took, or null where there was none. */
export function rollbackTable({ status: { rollback }, madeAt }: MigrationReport): Table | null {
  if (rollback === null) return null;
  const moments = rollbackMoments(rollback, madeAt);
  return {
    titles: ['milestone', 'after the request', 'what it means'],
    rows: [
      ['requested', utcTime(rollback.requestedAt), 'somebody or the guard wanted everything back'],
      ...moments.map(({ name, afterMs, meaning }) => [
        name,
        afterMs === null ? '-' : `+${stopwatch(afterMs)}`,
        meaning,
      ]),
    ],
  };
}

/** What each side was asked since the plan was made, and how much of it failed. */
export function countTable({ users, probes }: MigrationReport): Table {
  const row = (what: string, { host, side, points }: SideSeries): string[] => {
    const { n, e } = sumOf(points);
    return [what, host, side, grouped(n), grouped(e), rateText(e / n)];
  };
  return {
    titles: ['what', 'host', 'side', 'count', 'failed', 'rate'],
    rows: [
      ...users.map((series) => row("users' requests", series)),
      ...probes.map((series) => row('our probes', series)),
    ],
  };
}

function sumOf(points: readonly Counts[]): Counts {
  return points.reduce((sum, { n, e }) => ({ n: sum.n + n, e: sum.e + e }), { n: 0, e: 0 });
}

/** Everything that happened, with its reason. */
export function eventTable({ events }: MigrationReport): Table {
  return {
    titles: ['time', 'event'],
    rows: events.flatMap((event) => {
      const text = eventText(event);
      return text === null ? [] : [[utcTime(event.at), text]];
    }),
  };
}

/** The numbers behind the verdict as they were when a stage was left. */
export function stageFigures({ status, left }: StageVisit, now: number): string[] {
  return whyDetails(status, left?.at ?? now, utcTime);
}

/** A title for the tab of a browser and the head of a ticket. */
export function reportTitle({ status }: MigrationReport): string {
  const { hosts, phase } = status;
  const more = hosts.length > 1 ? ` and ${hosts.length - 1} more` : '';
  return `${hosts[0]?.host ?? status.id}${more}: ${phaseMark(phase).word}`;
}
