import { createHash } from 'node:crypto';
import type { MigrationReport } from '../../../core/report/migration-report.js';
import type { CountPoint, SideSeries } from '../../../core/report/side-series.js';
import { chart, type Chart, type ChartLine } from './chart.js';
import { fragment, join, preformatted, type Markup } from './markup.js';
import { pageStyle } from './page-style.js';
import { percentTop } from './scale.js';
import {
  countTable,
  eventTable,
  reportTitle,
  rollbackTable,
  stageFigures,
  stageTable,
  summary,
  type Table,
} from './sections.js';

/**
 * The report as one page that needs nothing else: its style is inline, its charts are SVG, and its policy lets a browser load and run
 * nothing. Every text is escaped, so that no server's words can become markup. It is well-formed XML too.
 */
export function htmlReport(report: MigrationReport): string {
  const hash = createHash('sha256').update(pageStyle).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const title = reportTitle(report);
  const page = fragment`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${policy}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${title}</title>
<style>${{ markup: pageStyle }}</style>
</head>
<body>
<h1>${title}</h1>
${tableOf(summary(report))}
${join(charts(report))}
<h2>Stages</h2>
${tableOf(stageTable(report))}
${rollbackSection(report)}
<h2>Counted on both sides</h2>
${tableOf(countTable(report))}
<h2>The numbers behind each verdict</h2>
${join(figures(report))}
<h2>Events</h2>
${tableOf(eventTable(report))}
<footer>Made by shiftctl from the journal alone. Where a line is broken nothing is known; that is not zero.</footer>
</body>
</html>
`;
  return page.markup;
}

function rollbackSection(report: MigrationReport): Markup {
  const table = rollbackTable(report);
  if (table === null) return fragment``;
  return join([fragment`<h2>Rollback</h2>`, tableOf(table)]);
}

function figures(report: MigrationReport): Markup[] {
  return report.stages
    .filter(({ stage }) => stage >= 0)
    .flatMap((visit) => [
      fragment`<h3>${visit.share}%, ${visit.left === null ? 'as it is now' : 'when it was left'}</h3>`,
      fragment`<pre>${preformatted(stageFigures(visit, report.madeAt))}</pre>`,
    ]);
}

function charts(report: MigrationReport): Markup[] {
  const { from, to, shares, users, probes } = report;
  const marks = report.stages.map(({ acceptedAt, share }) => ({ at: acceptedAt, label: `${share}%` }));
  const back = report.status.rollback;
  const rolledBack = back === null ? [] : [{ at: back.requestedAt, label: 'back' }];
  const frame = { from, to, marks: [...marks, ...rolledBack] };
  const share: Chart = {
    ...frame,
    title: 'Share of the target: set, and handed out by the name servers',
    top: 100,
    lines: [
      { name: 'set', kind: 'set', isStep: true, points: shares.map(({ at, set }) => ({ at, percent: set })) },
      {
        name: 'measured at the name servers',
        kind: 'measured',
        isStep: false,
        points: shares.map(({ at, measured }) => ({ at, percent: measured })),
      },
    ],
  };
  return [
    figure(share),
    ...hostsOf(users).map((host) =>
      figure(rateChart(frame, `Users' requests that failed, ${host}`, users, host)),
    ),
    ...hostsOf(probes).map((host) =>
      figure(rateChart(frame, `Our probes that failed, ${host}`, probes, host)),
    ),
  ];
}

/** The counts of more hosts than this stand in the tables alone. */
const maxChartedHosts = 6;

function hostsOf(series: readonly SideSeries[]): string[] {
  return [...new Set(series.map(({ host }) => host))].slice(0, maxChartedHosts);
}

function rateChart(
  frame: Pick<Chart, 'from' | 'to' | 'marks'>,
  title: string,
  series: readonly SideSeries[],
  host: string,
): Chart {
  const mine = series.filter((one) => one.host === host);
  const worst = Math.max(0, ...mine.flatMap(({ points }) => points.map(({ n, e }) => e / n)));
  const lines = mine.map(({ side, points }): ChartLine => ({
    name: side,
    kind: side,
    isStep: false,
    points: ratePoints(points),
  }));
  return { ...frame, title, top: percentTop(worst), lines };
}

/** The rate of each point in its middle, and a gap wherever buckets are missing between two of them. */
function ratePoints(points: readonly CountPoint[]): ChartLine['points'] {
  return points.flatMap(({ at, forMs, n, e }, index) => {
    const before = points[index - 1];
    const gap =
      before !== undefined && at > before.at + 2 * forMs ? [{ at: before.at + forMs, percent: null }] : [];
    return [...gap, { at: at + forMs / 2, percent: (100 * e) / n }];
  });
}

function figure(drawn: Chart): Markup {
  const key = drawn.lines.map(({ name, kind }) => {
    const stroke = fragment`<path class="line ${kind}" d="M1 5H31"/>`;
    return fragment`<span class="key"><svg viewBox="0 0 32 10" aria-hidden="true">${stroke}</svg>${name}</span>`;
  });
  return fragment`<figure>
${chart(drawn)}
<figcaption>${drawn.title}. ${join(key)}</figcaption>
</figure>`;
}

function tableOf({ titles, rows }: Table): Markup {
  const isTitled = titles.some((title) => title !== '');
  const names = titles.map((title) => fragment`<th scope="col">${title}</th>`);
  const lines = rows.map((row) => {
    const [first = '', ...rest] = row;
    const head = isTitled
      ? fragment`<td class="first">${first}</td>`
      : fragment`<th scope="row">${first}</th>`;
    return fragment`<tr>${join([head, ...rest.map((cell) => fragment`<td>${cell}</td>`)])}</tr>`;
  });
  return join([
    fragment`<table>`,
    ...(isTitled ? [fragment`<thead><tr>${join(names)}</tr></thead>`] : []),
    fragment`<tbody>`,
    ...lines,
    fragment`</tbody></table>`,
  ]);
}
