import type { MigrationReport } from '../../../core/report/migration-report.js';
import { safeText } from '../../../core/safe-text.js';
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

/** The longest single text of a report. */
const maxLength = 4_000;

/** The report for a change ticket or a post-mortem, in the Markdown that ticket systems share (GitHub Flavored Markdown, tables). */
export function markdownReport(report: MigrationReport): string {
  const back = rollbackTable(report);
  const parts = [
    `# ${escaped(reportTitle(report))}`,
    tableOf({ ...summary(report), titles: ['what', 'how'] }),
    '## Stages',
    tableOf(stageTable(report)),
    ...(back === null ? [] : ['## Rollback', tableOf(back)]),
    '## Counted on both sides',
    tableOf(countTable(report)),
    '## The numbers behind each verdict',
    ...figures(report),
    '## Events',
    tableOf(eventTable(report)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function figures(report: MigrationReport): string[] {
  return report.stages
    .filter(({ stage }) => stage >= 0)
    .flatMap((visit) => [
      `### ${visit.share}%, ${visit.left === null ? 'as it is now' : 'when it was left'}`,
      indented(stageFigures(visit, report.madeAt)),
    ]);
}

/** Code by indentation, which no text inside can end. */
function indented(lines: readonly string[]): string {
  return lines.map((line) => (line === '' ? '' : `    ${line}`)).join('\n');
}

function tableOf({ titles, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(titles), `|${titles.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

/** Everything that Markdown or the HTML in it would take for more than text. */
function escaped(text: string): string {
  return safeText(text, maxLength).replace(/[\\`*_{}[\]<>|#~&!]/g, (character) => `\\${character}`);
}
