const backgroundMass = 0.3;
const backgroundBuckets = 240;
const stageMass = 0.7;
const stageBuckets = 2;

const backgroundLeft: number = backgroundMass * (1 - 1 / backgroundBuckets) ** backgroundBuckets;

/**
 * The prior chance that the target breaks in bucket `b` (from the first weight change), `a` buckets into its stage. Most of it lies on
 * the first two buckets of every stage, because that is when things break. The rest covers all other buckets: evenly at first, then
 * falling like `1 / (b ln(b)^2)`, so slowly that a target that breaks after a week is still found within minutes. Sums to at most 1.
 */
export function startMass(b: number, a: number, stages: number): number {
  return background(b) + (a < stageBuckets ? stageMass / (stageBuckets * stages) : 0);
}

function background(b: number): number {
  if (b < backgroundBuckets) return (backgroundMass * (1 - 1 / backgroundBuckets) ** b) / backgroundBuckets;
  // 1/ln(b) - 1/ln(b + 1), written so that it keeps its digits when b is large.
  const step = Math.log1p(1 / b) / (Math.log(b) * Math.log(b + 1));
  return backgroundLeft * Math.log(backgroundBuckets) * step;
}
