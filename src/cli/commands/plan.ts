import { composePlanner } from '../../compose.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { valueOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { readRequest, type RequestOptions } from '../migration-request.js';
import { planLines } from '../render/plan-view.js';
import { checkLines } from '../render/check-view.js';

/** Everything that would happen, and every check; writes nothing. Exit 3 when `start` would refuse. */
export async function plan(
  context: CommandContext,
  host: string | undefined,
  options: RequestOptions & { output: OutputFormat },
): Promise<number> {
  const { config, terminal, signal } = context;
  const request = await readRequest(config, host, options);
  await using planner = await composePlanner(config);
  const planned = valueOrFail(await planner.plan(request, signal));
  const checks = await planner.check(planned, signal);
  const isClear = checks.every((check) => check.verdict !== 'refused');
  if (options.output === 'json') {
    terminal.out(JSON.stringify({ version: 1, plan: planned, checks, clear: isClear }));
  } else {
    for (const line of [...planLines(planned), '', ...checkLines(checks, terminal.hasColor)])
      terminal.out(line);
    terminal.out(
      isClear
        ? 'Nothing was written. To begin: the same line with start.'
        : 'Nothing was written. start would refuse until the checks above pass.',
    );
  }
  return isClear ? exitCode.done : exitCode.refused;
}
