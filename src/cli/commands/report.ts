import { openStore } from '../../compose/store.js';
import { migrationReport, type MigrationReport } from '../../core/report/migration-report.js';
import { unreachable } from '../../core/result.js';
import { instant } from '../../core/time.js';
import { invalidArgument } from '../command-failure.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { writeNewFile } from '../new-file.js';
import { note } from '../terminal.js';
import { htmlReport } from '../render/report/html-report.js';
import { markdownReport } from '../render/report/markdown-report.js';
import { safeCopy } from '../render/safe-copy.js';
import { jsonText } from '../render/json-text.js';

export type ReportForm = 'html' | 'markdown';

export interface ReportOptions {
  readonly as?: ReportForm;
  readonly out?: string;
  readonly force?: boolean;
  readonly output: OutputFormat;
}

/**
 * A migration from its plan to its end, or until now, from the journal alone: a page for a post-mortem or Markdown for a ticket. Without
 * `--as` the file's ending decides, and Markdown where there is none.
 */
export async function report(
  { config, terminal }: CommandContext,
  host: string | undefined,
  options: ReportOptions,
): Promise<number> {
  const { out, force, output } = options;
  if (output === 'json' && options.as !== undefined)
    throw invalidArgument('--as', '-o json has a form of its own; leave --as out');
  await using store = await openStore(config, true);
  const row = await findMigration(store, host, config.stateDirectory.path);
  const entries = await store.read(row.id, 0);
  const made = migrationReport(
    entries.map(({ event }) => event),
    instant(Date.now()),
  );
  const text = output === 'json' ? `${jsonText(made)}\n` : inForm(safeCopy(made), options.as ?? formOf(out));
  if (out === undefined) terminal.out(text.trimEnd());
  else {
    await writeNewFile(out, text, force === true);
    note(terminal, `shiftctl: written to ${out}`);
  }
  return exitCode.done;
}

function formOf(path: string | undefined): ReportForm {
  return path !== undefined && /\.html?$/i.test(path) ? 'html' : 'markdown';
}

function inForm(made: MigrationReport, form: ReportForm): string {
  switch (form) {
    case 'html':
      return htmlReport(made);
    case 'markdown':
      return markdownReport(made);
    default:
      return unreachable(form);
  }
}
