/** How one kind of counted failure is judged: failed requests and slow requests differ only in these. */
export interface CountRule {
  /** How many times the source's rate the target may have. */
  readonly tolerance: number;
  /** A rate that is never held against anyone. */
  readonly minRate: number;
  /** The ratios to the tolerated rate that are tried as explanations, with equal weights. */
  readonly ratios: readonly number[];
  /** A bucket in which a quarter of many requests fails may count in full; otherwise every bucket is capped alike. */
  readonly trustsGrossBuckets: boolean;
}

/** Failed requests. */
export function errorRule(parameters: { tolerance: number; minErrorRate: number }): CountRule {
  return {
    tolerance: parameters.tolerance,
    minRate: parameters.minErrorRate,
    ratios: [1.5, 2.5, 5, 12, 40, 150, 1000],
    trustsGrossBuckets: true,
  };
}

/** Requests slower than the source's usual p95: one in twenty is normal, and two platforms differ more in speed than in errors. */
export const slowRule: CountRule = {
  tolerance: 2,
  minRate: 0.02,
  ratios: [1.5, 2.5, 5, 12],
  trustsGrossBuckets: false,
};
