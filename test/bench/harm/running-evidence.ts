import { estimateBaseline, type Baseline } from '../../../src/core/gate/metrics/baseline.js';
import { bucketLn } from '../../../src/core/gate/metrics/bucket-evidence.js';
import type { Counts } from '../../../src/core/gate/metrics/bucket.js';
import { errorRule, type CountRule } from '../../../src/core/gate/metrics/count-rule.js';
import { logAddExp, logMeanExp } from '../../../src/core/gate/metrics/log-space.js';
import { defaultParameters } from '../../../src/core/gate/metrics/parameters.js';
import { referenceRate } from '../../../src/core/gate/metrics/reference-rate.js';
import { startMass } from '../../../src/core/gate/metrics/start-mass.js';

/** What one minute showed, as far as it can be read by now. */
export interface Reading {
  readonly stage: number;
  readonly target: Counts | null;
  readonly source: Counts | null;
  readonly sourceProbes: Counts;
}

/** Where the recursion stands before a bucket. */
interface Standing {
  readonly ln: Float64Array;
  readonly carried: number;
}

/**
 * The gate's evidence from failed requests, carried forward from minute to minute instead of computed from the whole journal, so that a
 * week can be simulated. The gate itself recomputes, because late readings then need no special case; here only the latest readings
 * may still change. It tells when asking the gate is worth the time, and never decides.
 */
export class RunningEvidence {
  readonly #rule: CountRule = errorRule(defaultParameters);
  readonly #baseline: Baseline;
  readonly #stages: number;
  readonly #stageStarts: number[] = [];
  /** Sums over all buckets before an index: requests and errors of the source, without and with its probes. */
  readonly #sums = { n: [0], e: [0], seenN: [0], seenE: [0] };
  readonly #standings: (Standing | undefined)[] = [];

  constructor(history: readonly Counts[], stages: number) {
    this.#baseline = estimateBaseline(history, this.#rule.minRate);
    this.#stages = stages;
    const ln = new Float64Array(this.#rule.ratios.length).fill(-Infinity);
    this.#standings.push({ ln, carried: 0 });
  }

  /** The log e-value after reading the buckets from `first` on (again). */
  read(first: number, readings: readonly Reading[]): number {
    for (const [i, reading] of readings.entries()) this.#step(first + i, reading);
    // Standings before the buckets that may still change are enough to go on from.
    this.#standings[first - 1] = undefined;
    return logMeanExp(this.#standings[first + readings.length]?.ln ?? new Float64Array());
  }

  #step(b: number, { stage, target, source, sourceProbes }: Reading): void {
    const before = this.#standings[b];
    if (before === undefined) throw new Error(`bucket ${b} cannot be read any more`);
    const { n, e, seenN, seenE } = this.#sums;
    n[b + 1] = n[b]! + (source?.n ?? 0);
    e[b + 1] = e[b]! + (source?.e ?? 0);
    seenN[b + 1] = seenN[b]! + (source?.n ?? 0) + sourceProbes.n;
    seenE[b + 1] = seenE[b]! + (source?.e ?? 0) + sourceProbes.e;
    const start = (this.#stageStarts[stage] ??= b);
    const carried = before.carried + startMass(b, b - start, this.#stages);
    if (target === null) {
      this.#standings[b + 1] = { ln: before.ln, carried };
      return;
    }
    const over = (sums: readonly number[], buckets: number): number =>
      sums[b + 1]! - sums[Math.max(0, b + 1 - buckets)]!;
    const window = {
      n1: over(seenN, 1),
      e1: over(seenE, 1),
      n5: over(seenN, 5),
      e5: over(seenE, 5),
      n60: over(n, 60),
      e60: over(e, 60),
    };
    const reference = referenceRate(window, this.#baseline, this.#rule);
    const lnMass = Math.log(carried);
    const ln = before.ln.map((value, j) => {
      const ratio = this.#rule.ratios[j] ?? 1;
      const said = bucketLn(target.n, target.e, reference, this.#baseline, this.#rule, ratio);
      return logAddExp(value, lnMass) + said;
    });
    this.#standings[b + 1] = { ln, carried: 0 };
  }
}
