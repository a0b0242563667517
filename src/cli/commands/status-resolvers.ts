import { composeResolverReport } from '../../compose/resolver-report.js';
import type { MigrationState } from '../../core/migration-state.js';
import type { HostResolvers } from '../../core/resolver-report.js';
import { statusOf, type Status } from '../../core/status.js';
import { instant } from '../../core/time.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { invalidArgument } from '../command-failure.js';
import { jsonText } from '../render/json-text.js';
import { resolverLines } from '../render/resolver-view.js';
import { statusView } from '../render/status-view.js';

/** What `status -o json` prints. */
export interface StatusOutput extends Status {
  /** What resolvers of other people hand out for each host, only with `--resolvers`; null where none is to be asked. */
  readonly resolvers?: readonly HostResolvers[] | null;
}

/** What else was typed; with what explains or follows, or does without a journal, it makes no sense. */
export interface ResolverOptions {
  readonly watch?: boolean;
  readonly why?: boolean;
  readonly stage?: string;
  readonly state?: boolean;
}

/** Throws where `--resolvers` stands beside an option that it does not fit. */
export function refuseBeside({ watch, why, stage, state }: ResolverOptions): void {
  if (state === false)
    throw invalidArgument(
      '--resolvers',
      'needs the journal, which says what the sides are: leave --no-state out',
    );
  const other = watch === true ? '--watch' : why === true ? '--why' : stage === undefined ? null : '--stage';
  if (other !== null)
    throw invalidArgument(
      '--resolvers',
      `asks about this moment, once, and cannot be combined with ${other}`,
    );
}

/** `status --resolvers`: the status, and beside it what resolvers of other people hand out. Asks for two seconds at most. */
export async function statusWithResolvers(
  { config, terminal, signal }: CommandContext,
  state: MigrationState,
  output: OutputFormat,
): Promise<void> {
  const report = await composeResolverReport(config);
  const resolvers = report === null ? null : await report(state, signal);
  const now = instant(Date.now());
  const status = statusOf(state, now);
  if (output === 'json') {
    const whole: StatusOutput = { ...status, resolvers };
    terminal.out(jsonText(whole));
    return;
  }
  const { hasColor } = terminal;
  const columns = terminal.columns();
  const footer = resolverLines(resolvers);
  for (const line of statusView(status, { columns, hasColor, now, hasFigures: true, footer }))
    terminal.out(line);
}
