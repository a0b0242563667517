import { composePlanner } from '../../compose/planner.js';
import { knownBuckets, type SourceHistory } from '../../core/forecast/source-history.js';
import { gateParameters } from '../../core/gate/gate-input.js';
import type { HostMetrics } from '../../core/plan.js';
import type { Policy } from '../../core/policy/policy.js';
import { displayName, type RecordName } from '../../core/record-name.js';
import { degradations } from '../../core/simulation/degradation.js';
import { stageTimes } from '../../core/simulation/gate-run.js';
import { parseHistoryFile } from '../../core/simulation/history-file.js';
import { historyRun, type HistoryRun, type HistoryRunInput } from '../../core/simulation/history-run.js';
import { seededRandom } from '../../core/simulation/random.js';
import { summarize, type SimulationRow } from '../../core/simulation/summary.js';
import { parseDuration } from '../../core/time.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { CommandFailure, invalidArgument, valueOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { readRequest, type RequestOptions } from '../migration-request.js';
import { loadPolicy, readText } from '../policy-file.js';
import { ProgressBar } from '../render/progress-bar.js';
import { degradationText, simulationLines, type SimulationReport } from '../render/simulation-view.js';

export interface SimulateOptions extends RequestOptions {
  /** True asks the source's metrics, text names a file. */
  readonly history?: true | string;
  readonly last: string;
  readonly runs: string;
  readonly seed: string;
  readonly output: OutputFormat;
}

const maxRuns = 5_000;
/** With fewer known buckets every run would be the same one. */
const minBuckets = 60;

/** One past and the policy that is tried on it. */
interface Subject {
  readonly name: string;
  readonly policy: Policy;
  readonly hosts: number;
  readonly past: SourceHistory['buckets'];
}

/**
 * The gate on a site's own past: its requests dealt out to two sides at random, with nothing wrong and with degradations planted. Reads
 * only. Exit 3 when there is no past to read.
 */
export async function simulate(
  context: CommandContext,
  host: string | undefined,
  options: SimulateOptions,
): Promise<number> {
  const { terminal, signal } = context;
  const runs = Number(options.runs);
  if (!Number.isInteger(runs) || runs < 1 || runs > maxRuns)
    throw invalidArgument('--runs', `must be a whole number from 1 to ${maxRuns}`);
  const subjects = await subjectsOf(context, host, options);
  const reports: SimulationReport[] = [];
  using progress = new ProgressBar(process.stderr);
  for (const subject of subjects) {
    const rows = await simulateRows(subject, { runs, seed: options.seed, progress, signal });
    reports.push(reportOf(subject, rows, options.seed));
  }
  progress[Symbol.dispose]();
  if (options.output === 'json') terminal.out(JSON.stringify({ version: 1, simulations: reports }));
  else terminal.out(reports.map((report) => simulationLines(report).join('\n')).join('\n\n'));
  return exitCode.done;
}

async function subjectsOf(
  context: CommandContext,
  host: string | undefined,
  options: SimulateOptions,
): Promise<readonly Subject[]> {
  const { history } = options;
  if (history === undefined)
    throw invalidArgument('--history', 'is missing; it asks the source, and --history <file> reads a file');
  if (history !== true) return [await fromFile(history, options)];
  const lastMs = parseDuration(options.last);
  if (!lastMs.ok) throw invalidArgument('--last', lastMs.error);
  const request = await readRequest(context.config, host, options);
  await using planner = await composePlanner(context.config);
  const plan = valueOrFail(await planner.plan(request, context.signal));
  const buckets = Math.ceil(lastMs.value / plan.policy.bucketMs);
  const past = await planner.history(plan, buckets, context.signal);
  return past.hosts.map((one) => ({
    name: displayName(one.host),
    policy: plan.policy,
    hosts: plan.hosts.length,
    past: readable(one),
  }));
}

async function fromFile(path: string, options: SimulateOptions): Promise<Subject> {
  const past = parseHistoryFile(readText(path, '--history'));
  if (!past.ok) throw invalidArgument('--history', `${path} ${past.error}`);
  const policy = await loadPolicy(options.policy ?? 'standard');
  const history = { host: path as RecordName, buckets: past.value, because: null };
  return { name: path, policy, hosts: 1, past: readable(history) };
}

/** The buckets, or the end of the verb when they are too few to learn from. */
function readable(history: SourceHistory): SourceHistory['buckets'] {
  const known = knownBuckets(history).filter(({ n }) => n > 0).length;
  if (known >= minBuckets) return history.buckets;
  const few = `only ${known} buckets with requests are known, and ${minBuckets} are the least`;
  throw new CommandFailure({
    reason: 'refused',
    check: 'history',
    message: `${displayName(history.host)} has no past to simulate with: ${history.because ?? few}`,
    fix: 'give it in a file: --history past.csv with the columns requests and errors, one bucket a row, oldest first',
  });
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
