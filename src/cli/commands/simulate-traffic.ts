import type { Config } from '../../config.js';
import { gateParameters } from '../../core/gate/gate-input.js';
import { degradations, type Degradation } from '../../core/simulation/degradation.js';
import { stageTimes } from '../../core/simulation/gate-run.js';
import { historyRun, type HistoryRun } from '../../core/simulation/history-run.js';
import { seededRandom } from '../../core/simulation/random.js';
import { summarize } from '../../core/simulation/summary.js';
import {
  badTarget,
  drainOf,
  durationSpread,
  givenPast,
  type BadTarget,
  type GivenTraffic,
} from '../../core/simulation/traffic-forecast.js';
import { instant } from '../../core/time.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { invalidArgument } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { defaultPolicy, loadPolicy } from '../policy-file.js';
import { jsonText } from '../render/json-text.js';
import { ProgressBar } from '../render/progress-bar.js';
import { degradationText } from '../render/simulation-view.js';
import { trafficForecastLines, type TrafficReport } from '../render/traffic-forecast-view.js';
import { subjectsOf, type Subject, type SubjectOptions } from '../simulation-subject.js';

/** The shape of `simulate -o json`; the number grows when a field changes its meaning or goes away. */
const forecastVersion = 1;

/** What `simulate -o json` prints without `--history` and `--journal`. */
export interface SimulateTrafficOutput {
  readonly version: number;
  /** One for each host, or for the traffic that was given. */
  readonly forecasts: readonly TrafficReport[];
}

/** Traffic that is assumed. */
export interface TrafficOptions {
  /** Requests a second; without it the source's metrics are asked. */
  readonly rps?: string;
  readonly errorRate?: string;
  readonly degradation?: string;
}

interface Asked extends Omit<SubjectOptions, 'history'>, TrafficOptions {
  readonly seed: string;
  readonly output: OutputFormat;
  readonly runs: number;
}

/** Records whose TTL nobody has read are taken to have this one. */
const usualTtlSeconds = 300;
const maxPerSecond = 1_000_000;
const defaultErrorRate = '0.1%';

/** What to expect of a policy on given traffic, or on that of the source: how long, how often wrong, and what a bad target costs. */
export async function forecastTraffic(
  context: CommandContext,
  host: string | undefined,
  options: Asked,
): Promise<number> {
  const planted = plantedIn(options.degradation);
  const subjects =
    options.rps === undefined
      ? await measuredSubjects(context, host, options)
      : [await givenSubject(context.config, options.rps, host, options)];
  const reports: TrafficReport[] = [];
  const { terminal } = context;
  using progress = new ProgressBar(process.stderr, terminal.isQuiet);
  for (const subject of subjects)
    reports.push(await forecast(context, subject, { ...options, planted, progress }));
  progress[Symbol.dispose]();
  const output: SimulateTrafficOutput = { version: forecastVersion, forecasts: reports };
  if (options.output === 'json') terminal.out(jsonText(output));
  else terminal.out(reports.map((report) => trafficForecastLines(report).join('\n')).join('\n\n'));
  return exitCode.done;
}

async function measuredSubjects(
  context: CommandContext,
  host: string | undefined,
  options: Asked,
): Promise<readonly Subject[]> {
  if (options.errorRate !== undefined)
    throw invalidArgument('--error-rate', 'says nothing without --rps; else the source is measured');
  return subjectsOf(context, host, { ...options, history: true });
}

async function givenSubject(
  config: Config,
  rps: string,
  host: string | undefined,
  options: Asked,
): Promise<Subject> {
  const perSecond = Number(rps);
  if (!(perSecond > 0 && perSecond <= maxPerSecond))
    throw invalidArgument('--rps', `must be requests a second, up to ${maxPerSecond}`);
  const errorRate = rateOf('--error-rate', options.errorRate ?? defaultErrorRate);
  const policy = await loadPolicy(options.policy ?? defaultPolicy(config), config);
  const past = givenPast({ perSecond, errorRate }, policy.bucketMs, seededRandom(`${options.seed} past`));
  return { name: host ?? 'given traffic', policy, hosts: 1, past, oldTtlSeconds: null };
}

/** `0.5%` or `0.005`. */
function rateOf(where: string, text: string): number {
  const [, amount, sign] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const rate = Number(amount) / (sign === '%' ? 100 : 1);
  if (rate >= 0 && rate <= 1) return rate;
  throw invalidArgument(where, `"${text}" is not a share of requests; write for example 0.5%`);
}

/** `+2%`, `x5` or `broken`; without one, a few of each kind. */
function plantedIn(text: string | undefined): readonly Degradation[] {
  if (text === undefined) return degradations.filter(({ kind }) => kind !== 'none');
  if (text === 'broken') return [{ kind: 'broken' }];
  const [, factor] = /^x(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (factor !== undefined && Number(factor) > 1) return [{ kind: 'times', factor: Number(factor) }];
  if (text.startsWith('+')) return [{ kind: 'more', excess: rateOf('--degradation', text.slice(1)) }];
  throw invalidArgument('--degradation', `"${text}" is not known; write for example +2%, x5 or broken`);
}

interface How {
  readonly runs: number;
  readonly seed: string;
  readonly rps?: string;
  readonly planted: readonly Degradation[];
  readonly progress: ProgressBar;
}

async function forecast({ signal }: CommandContext, subject: Subject, how: How): Promise<TrafficReport> {
  const { policy, past, hosts, name } = subject;
  const parameters = gateParameters(policy, { queries: [], gauges: [], sharedTarget: false }, hosts);
  const rows = how.planted.length + 1;
  const played = async (degradation: Degradation, row: number): Promise<HistoryRun[]> => {
    const done: HistoryRun[] = [];
    for (let run = 0; run < how.runs; run += 1) {
      done.push(historyRun({ policy, parameters, past }, degradation, seededRandom(`${how.seed} ${run}`)));
      how.progress.draw((row + (run + 1) / how.runs) / rows, `${name}: ${degradationText(degradation)}`);
      // Ctrl-C is heard between two runs.
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    }
    return done;
  };
  const traffic = meanOf(past, policy.bucketMs);
  const healthy = await played({ kind: 'none' }, 0);
  const bad: BadTarget[] = [];
  for (const [index, degradation] of how.planted.entries())
    bad.push(badTarget(policy, degradation, await played(degradation, index + 1), traffic));
  const oldTtlMs = (subject.oldTtlSeconds ?? usualTtlSeconds) * 1000;
  return {
    traffic: name,
    isAssumed: how.rps !== undefined,
    policy: policy.name,
    seed: how.seed,
    ...traffic,
    healthy: summarize({ kind: 'none' }, healthy),
    duration: durationSpread(policy, healthy, { startsAt: instant(Date.now()), oldTtlMs }),
    hasCalendar: policy.calendar !== undefined,
    approvals: policy.stages.filter(({ needsApproval }) => needsApproval === true).length,
    isCut: [...policy.stages.keys()].some((stage) => stageTimes(policy, stage).isCut),
    bad,
    drain: drainOf(policy),
  };
}

function meanOf(past: Subject['past'], bucketMs: number): GivenTraffic {
  const known = past.filter((counts) => counts !== null);
  const requests = known.reduce((sum, { n }) => sum + n, 0);
  const failed = known.reduce((sum, { e }) => sum + e, 0);
  return {
    perSecond: (requests / Math.max(1, past.length) / bucketMs) * 1000,
    errorRate: requests === 0 ? 0 : failed / requests,
  };
}
