import { composePlanner } from '../../compose/planner.js';
import type { Check } from '../../engine/check.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { firstObjection } from '../clear-checks.js';
import { valueOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { readRequest, type RequestOptions } from '../migration-request.js';
import { provedOrInterrupted } from '../proved.js';
import { checkLines, startOutlook } from '../render/check-view.js';
import { jsonText } from '../render/json-text.js';

/** The shape of `preflight -o json`; the number grows when a field changes its meaning or goes away. */
const preflightVersion = 1;

/** What `preflight -o json` prints. */
export interface PreflightOutput {
  readonly version: number;
  readonly checks: readonly Check[];
}

export interface PreflightOptions extends RequestOptions {
  readonly prove?: boolean;
  readonly output: OutputFormat;
}

/** Looks at everything `start` depends on; writes nothing but, with `--prove`, a test record that it removes. Exit 3 when a check refuses. */
export async function preflight(
  context: CommandContext,
  host: string | undefined,
  options: PreflightOptions,
): Promise<number> {
  const { config, terminal, signal } = context;
  const request = await readRequest(config, host, options);
  await using planner = await composePlanner(config);
  const planned = valueOrFail(await planner.plan(request, signal));
  const looked = await planner.check(planned, signal);
  const checks =
    options.prove === true ? [...looked, await provedOrInterrupted(context, planner, planned)] : looked;
  const output: PreflightOutput = { version: preflightVersion, checks };
  if (options.output === 'json') terminal.out(jsonText(output));
  else
    for (const line of [...checkLines(checks, terminal.hasColor), startOutlook(checks)]) terminal.out(line);
  return firstObjection(checks) === null ? exitCode.done : exitCode.refused;
}
