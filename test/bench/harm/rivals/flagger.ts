import type { Judge, Rule, Verdict, View } from '../rule.js';
import { isBreached, type Limit } from './limit.js';

/** The CloudWatch provider asks for ten intervals and takes the newest value. */
const lookbackIntervals = 10;
/** Metrics are late, so nobody would start the analysis before they can be there. */
const graceMinutes = 4;

export interface FlaggerSettings {
  /** Failed checks that end the run. */
  readonly threshold: number;
  /** The largest error rate that passes; 0.01 is `request-success-rate` of at least 99. */
  readonly limit: Limit;
}

/**
 * Flagger's canary analysis with an interval of a minute (fluxcd/flagger 15bd6ad, pkg/controller/scheduler.go and
 * scheduler_metrics.go, pkg/metrics/providers/cloudwatch.go): failed checks add up over the whole run and a success takes none back; no
 * value is a failed check; the check that reaches the threshold is acted upon at the next tick; only a passing check advances.
 */
export function flaggerRule(settings: FlaggerSettings, name: string = flaggerName(settings)): Rule {
  return { name, start: () => new Flagger(settings) };
}

class Flagger implements Judge {
  readonly #settings: FlaggerSettings;
  #failedChecks = 0;

  constructor(settings: FlaggerSettings) {
    this.#settings = settings;
  }

  judge(view: View): Verdict {
    const { threshold, limit } = this.#settings;
    if (this.#failedChecks >= threshold) return 'rollback';
    if (view.minute <= graceMinutes) return 'hold';
    const [newest] = view.newestOfTarget(1, lookbackIntervals);
    if (newest === undefined || isBreached(newest, limit)) {
      this.#failedChecks += 1;
      return 'hold';
    }
    return view.isDue ? 'promote' : 'hold';
  }
}

export function flaggerName({ threshold, limit }: FlaggerSettings): string {
  return `Flagger ${threshold} checks, ${Number(((1 - limit) * 100).toPrecision(4))} %`;
}
