import { logAddExp } from './log-space.js';

/** Evidence that grows bucket by bucket, for several alternatives at once. */
export interface Evidence {
  readonly alternatives: number;
  /** The prior mass of "it began in this bucket". */
  readonly mass: Float64Array;
  /** A bucket that is not present says nothing. */
  readonly isPresent: (b: number) => boolean;
  /** What bucket `b` says for alternative `j`, in nats; the mean of its exponential is at most 1 when nothing is wrong. */
  readonly lnFactor: (b: number, j: number) => number;
  /** The mass of an absent bucket goes to the next one present: a metric may be late, and what broke meanwhile broke all the same. */
  readonly carriesMass: boolean;
}

/**
 * The log e-value of each alternative, averaged over all start times: `R <- (R + mass) * factor` in logarithms. Under "nothing is
 * wrong" the chance that its mean over the alternatives ever reaches `x` is at most `1 / x`, however often one looks (Ville).
 */
export function accumulate(evidence: Evidence): Float64Array {
  const ln = new Float64Array(evidence.alternatives).fill(-Infinity);
  eachStart(evidence, (b, lnMass) => {
    for (let j = 0; j < ln.length; j += 1) {
      ln[j] = logAddExp(ln[j] ?? -Infinity, lnMass) + evidence.lnFactor(b, j);
    }
  });
  return ln;
}

/** Visits every present bucket with the logarithm of the mass that lies on it, carried mass included. */
export function eachStart(
  evidence: Pick<Evidence, 'mass' | 'isPresent' | 'carriesMass'>,
  visit: (b: number, lnMass: number) => void,
): void {
  let carried = 0;
  for (let b = 0; b < evidence.mass.length; b += 1) {
    carried += evidence.mass[b] ?? 0;
    const isPresent = evidence.isPresent(b);
    if (isPresent) visit(b, Math.log(carried));
    if (isPresent || !evidence.carriesMass) carried = 0;
  }
}
