import { gateParameters } from '../../core/gate/gate-input.js';
import type { HostMetrics } from '../../core/plan.js';
import { degradations } from '../../core/simulation/degradation.js';
import { stageTimes } from '../../core/simulation/gate-run.js';
import { historyRun, type HistoryRun, type HistoryRunInput } from '../../core/simulation/history-run.js';
import { seededRandom } from '../../core/simulation/random.js';
import { summarize, type SimulationRow } from '../../core/simulation/summary.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { jsonText } from '../render/json-text.js';
import { ProgressBar } from '../render/progress-bar.js';
import { degradationText, simulationLines, type SimulationReport } from '../render/simulation-view.js';
import { runsOf } from '../simulation-runs.js';
import { subjectsOf, type Subject, type SubjectOptions } from '../simulation-subject.js';
import { simulateJournal } from './simulate-journal.js';
import { forecastTraffic, type TrafficOptions } from './simulate-traffic.js';

/** The shape of `simulate --history -o json`; the number grows when a field changes its meaning or goes away. */
const simulationVersion = 1;

/** What `simulate --history -o json` prints. */
export interface SimulateHistoryOutput {
  readonly version: number;
  /** One for each host, or for the file. */
  readonly simulations: readonly SimulationReport[];
}

export interface SimulateOptions extends Partial<SubjectOptions>, TrafficOptions {
  /** True asks for the only live migration, text names one. */
  readonly journal?: true | string;
  readonly last: string;
  readonly runs: string;
  readonly seed: string;
  readonly output: OutputFormat;
}

/**
 * What a policy would do: with `--journal` to a migration that has been, with `--history` to a site's own past dealt out to two sides at
 * random, else to traffic that is given or measured. Reads only. Exit 3 when there is no past to read.
 */
export async function simulate(
  context: CommandContext,
  host: string | undefined,
  options: SimulateOptions,
): Promise<number> {
  const { terminal, signal } = context;
  const { history, journal } = options;
  if (journal !== undefined) return simulateJournal(context, journal === true ? host : journal, options);
  const runs = runsOf(options.runs);
  if (history === undefined) return forecastTraffic(context, host, { ...options, runs });
  const subjects = await subjectsOf(context, host, { ...options, history });
  const reports: SimulationReport[] = [];
  using progress = new ProgressBar(process.stderr, terminal.isQuiet);
  for (const subject of subjects) {
    const rows = await simulateRows(subject, { runs, seed: options.seed, progress, signal });
    reports.push(reportOf(subject, rows, options.seed));
  }
  progress[Symbol.dispose]();
  const output: SimulateHistoryOutput = { version: simulationVersion, simulations: reports };
  if (options.output === 'json') terminal.out(jsonText(output));
  else terminal.out(reports.map((report) => simulationLines(report).join('\n')).join('\n\n'));
  return exitCode.done;
}

/** The gate of the policy, without what a split of requests cannot show. */
function inputOf({ policy, hosts, past }: Subject): HistoryRunInput {
  const metrics: HostMetrics = { queries: [], gauges: [], sharedTarget: false };
  return { policy, past, parameters: gateParameters(policy, metrics, hosts) };
}

async function simulateRows(
  subject: Subject,
  how: {
    readonly runs: number;
    readonly seed: string;
    readonly progress: ProgressBar;
    readonly signal: AbortSignal;
  },
): Promise<SimulationRow[]> {
  const input = inputOf(subject);
  const rows: SimulationRow[] = [];
  for (const [index, degradation] of degradations.entries()) {
    const done: HistoryRun[] = [];
    const name = degradationText(degradation);
    for (let run = 0; run < how.runs; run += 1) {
      // The same run sees the same users whatever is planted, so that rows can be compared.
      done.push(historyRun(input, degradation, seededRandom(`${how.seed} ${run}`)));
      how.progress.draw((index + (run + 1) / how.runs) / degradations.length, `${subject.name}: ${name}`);
      // Ctrl-C is heard between two runs.
      await new Promise((resolve) => setImmediate(resolve));
      how.signal.throwIfAborted();
    }
    rows.push(summarize(degradation, done));
  }
  return rows;
}

function reportOf({ name, policy, past }: Subject, rows: SimulationRow[], seed: string): SimulationReport {
  const known = past.filter((counts) => counts !== null);
  const requests = known.reduce((sum, { n }) => sum + n, 0);
  const failed = known.reduce((sum, { e }) => sum + e, 0);
  return {
    past: name,
    policy: policy.name,
    seed,
    buckets: past.length,
    known: known.length,
    bucketMs: policy.bucketMs,
    requestsPerMinute: ((requests / past.length) * 60_000) / policy.bucketMs,
    errorRate: failed / requests,
    isCut: [...policy.stages.keys()].some((stage) => stageTimes(policy, stage).isCut),
    rows,
  };
}
