import type { Rule, Verdict, View } from '../rule.js';

/** Two-sided confidence of the shift interval, and the tolerance as a share of the estimate; both are fixed in the judge. */
const z98 = 2.3263478740408408;
const tolerance = 0.25;
const minPoints = 2;

export interface KayentaSettings {
  /** The analysis runs this often over the stage so far; null for once, at the end of the stage. */
  readonly intervalMinutes: number | null;
  /** `effectSize.allowedIncrease`: a smaller ratio of the means passes whatever the test says. 1 allows none. */
  readonly allowedIncrease: number;
}

/**
 * Kayenta's NetflixACAJudge on the error rate (spinnaker/kayenta a69573b, MannWhitneyClassifier): the per-minute rates of both sides
 * over the stage, a Mann-Whitney shift interval at 98 %, and "high" when all of it lies above a quarter of the estimate. A side without
 * data passes, which is the default, so the stage at 100 %, which has no control, is not judged.
 */
export function kayentaRule(settings: KayentaSettings, name: string = kayentaName(settings)): Rule {
  return { name, start: () => ({ judge: (view) => judge(view, settings) }) };
}

function judge(view: View, { intervalMinutes, allowedIncrease }: KayentaSettings): Verdict {
  const inStage = view.minute - view.stageStart;
  const isTime = view.isDue || (intervalMinutes !== null && inStage % intervalMinutes === 0);
  if (!isTime || view.isLastStage) return view.isDue ? 'promote' : 'hold';
  const experiment: number[] = [];
  const control: number[] = [];
  for (let b = view.stageStart; b < view.minute; b += 1) {
    const target = view.targetAt(b);
    const source = view.sourceAt(b);
    if (target !== null) experiment.push(target.e / target.n);
    if (source !== null) control.push(source.e / source.n);
  }
  if (isHigh(experiment, control, allowedIncrease)) return 'rollback';
  return view.isDue ? 'promote' : 'hold';
}

/** Whether the experiment is classified as higher than the control. */
export function isHigh(
  experiment: readonly number[],
  control: readonly number[],
  allowedIncrease: number,
): boolean {
  if (experiment.length < minPoints || control.length < minPoints) return false;
  const { estimate, low } = shift(experiment, control);
  if (!(low > tolerance * Math.abs(estimate))) return false;
  return allowedIncrease <= 1 || meanOf(experiment) >= allowedIncrease * meanOf(control);
}

/** The Hodges-Lehmann shift of `experiment` over `control` and the lower end of its interval, by the normal approximation. */
export function shift(
  experiment: readonly number[],
  control: readonly number[],
): { estimate: number; low: number } {
  const differences = experiment.flatMap((x) => control.map((y) => x - y)).sort((a, b) => a - b);
  const pairs = differences.length;
  const at = (rank: number): number => differences[Math.min(pairs - 1, Math.max(0, rank))] ?? 0;
  const estimate = (at(Math.floor((pairs - 1) / 2)) + at(Math.floor(pairs / 2))) / 2;
  const deviation = Math.sqrt((pairs * (experiment.length + control.length + 1)) / 12);
  const rank = Math.floor(pairs / 2 - z98 * deviation);
  return { estimate, low: rank < 0 ? -Infinity : at(rank) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function kayentaName({ intervalMinutes, allowedIncrease }: KayentaSettings): string {
  const when = intervalMinutes === null ? 'at stage end' : `every ${intervalMinutes} m`;
  return `Kayenta ${when}${allowedIncrease > 1 ? `, x${allowedIncrease} allowed` : ''}`;
}
