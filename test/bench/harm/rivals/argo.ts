import type { Counts } from '../../../../src/core/gate/metrics/bucket.js';
import type { Judge, Rule, Verdict, View } from '../rule.js';
import { isBreached, type Limit } from './limit.js';

const graceMinutes = 4;
/** The CloudWatch provider reads the last five minutes. */
const lookbackMinutes = 5;
/** After an error the next try comes after ten seconds, whatever the interval. */
const triesPerMinute = 6;

export interface ArgoSettings {
  readonly intervalMinutes: number;
  /** The largest error rate that is a success; 0.05 is `successCondition: result >= 0.95`. */
  readonly limit: Limit;
  /** The run fails when more measurements than this have failed. */
  readonly failureLimit: number;
  /** The run ends in error when more than this many measurements in a row had no value; null switches that off. The default is 4. */
  readonly consecutiveErrorLimit: number | null;
}

/**
 * A background AnalysisRun of Argo Rollouts on the success rate (argoproj/argo-rollouts 9f8d111, analysis/analysis.go,
 * metricproviders/cloudwatch): failed measurements add up over the run; no value is an error, which is tried again after ten seconds and
 * counted in a row; a failed or errored run aborts. The steps are pauses and go on by themselves.
 */
export function argoRule(settings: ArgoSettings, name: string = argoName(settings)): Rule {
  return { name, start: () => new Argo(settings) };
}

class Argo implements Judge {
  readonly #settings: ArgoSettings;
  #next = graceMinutes + 1;
  #failed = 0;
  #errorsInARow = 0;

  constructor(settings: ArgoSettings) {
    this.#settings = settings;
  }

  judge(view: View): Verdict {
    if (view.minute >= this.#next && this.#measure(view)) return 'rollback';
    return view.isDue ? 'promote' : 'hold';
  }

  /** True aborts. */
  #measure(view: View): boolean {
    const { intervalMinutes, limit, failureLimit, consecutiveErrorLimit } = this.#settings;
    const value = this.#value(view);
    if (value === null) {
      this.#errorsInARow += triesPerMinute;
      this.#next = view.minute + 1;
      return consecutiveErrorLimit !== null && this.#errorsInARow > consecutiveErrorLimit;
    }
    this.#errorsInARow = 0;
    this.#next = view.minute + intervalMinutes;
    if (isBreached(value, limit)) this.#failed += 1;
    return this.#failed > failureLimit;
  }

  /** With an interval of five minutes the query covers them all; with one minute it takes the newest point. */
  #value(view: View): Counts | null {
    const points = view.newestOfTarget(this.#settings.intervalMinutes, lookbackMinutes);
    if (points.length === 0) return null;
    return points.reduce((sum, { n, e }) => ({ n: sum.n + n, e: sum.e + e }));
  }
}

export function argoName({
  intervalMinutes,
  limit,
  failureLimit,
  consecutiveErrorLimit,
}: ArgoSettings): string {
  const errors = consecutiveErrorLimit === null ? ', no error limit' : '';
  const rate = Number(((1 - limit) * 100).toPrecision(4));
  return `Argo ${intervalMinutes} m, ${rate} %, ${failureLimit}${errors}`;
}
