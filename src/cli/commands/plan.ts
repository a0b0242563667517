import { withEarlierOriginals } from '../../compose/earlier-originals.js';
import { composePlanner } from '../../compose/planner.js';
import { besideCode } from '../../core/beside-code.js';
import { forecastPlan, type Forecast } from '../../core/forecast/forecast.js';
import type { MigrationPlan } from '../../core/plan.js';
import type { Check } from '../../engine/check.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { firstObjection } from '../clear-checks.js';
import { valueOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { readRequest, type RequestOptions } from '../migration-request.js';
import { labelled } from '../render/labelled.js';
import { forecastLines } from '../render/forecast-view.js';
import { planLines } from '../render/plan-view.js';
import { checkLines, startOutlook } from '../render/check-view.js';
import { jsonText } from '../render/json-text.js';

/** Buckets of the source's past that a forecast rests on: as many as the gate itself reads when a migration begins. */
const historyBuckets = 180;

const besideCodeHint =
  'Terraform, CloudFormation, octoDNS and dnscontrol would put the old records back; --beside-code says what to add.';

/** The shape of `plan -o json`; the number grows when a field changes its meaning or goes away. */
const planVersion = 1;

/** What `plan -o json` prints. */
export interface PlanOutput {
  readonly version: number;
  readonly plan: MigrationPlan;
  readonly forecast: Forecast;
  readonly checks: readonly Check[];
  /** True when `start` would begin. */
  readonly clear: boolean;
}

/** Everything that would happen, what to expect of it, and every check; writes nothing. Exit 3 when `start` would refuse. */
export async function plan(
  context: CommandContext,
  host: string | undefined,
  options: RequestOptions & { output: OutputFormat; besideCode?: boolean },
): Promise<number> {
  const { config, terminal, signal } = context;
  const request = await readRequest(config, host, options);
  await using planner = await composePlanner(config);
  const planned = await withEarlierOriginals(config, valueOrFail(await planner.plan(request, signal)));
  const [checks, past] = await Promise.all([
    planner.check(planned, signal),
    planner.history(planned, historyBuckets, signal),
  ]);
  const forecast = forecastPlan(planned, past.hosts, past.questionsPerTick);
  const isClear = firstObjection(checks) === null;
  if (options.output === 'json') {
    const output: PlanOutput = { version: planVersion, plan: planned, forecast, checks, clear: isClear };
    terminal.out(jsonText(output));
  } else {
    const lines = [planLines(planned), forecastLines(forecast), checkLines(checks, terminal.hasColor)];
    const isOwned = checks.some(({ name, verdict }) => name === 'ownership' && verdict !== 'ok');
    const isWanted = options.besideCode === true || isOwned;
    lines.push(isWanted ? [...besideCode(planned)] : labelled('as code', besideCodeHint));
    terminal.out(lines.map((part) => part.join('\n')).join('\n\n'));
    terminal.out(`Nothing was written. ${startOutlook(checks)}`);
  }
  return isClear ? exitCode.done : exitCode.refused;
}
