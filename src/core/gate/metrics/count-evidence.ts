import type { Baseline } from './baseline.js';
import { bucketLn, evidenceCap, uncappedLn } from './bucket-evidence.js';
import type { CountRule } from './count-rule.js';
import { accumulate, eachStart, type Evidence } from './e-process.js';
import { logMeanExp } from './log-space.js';
import { referenceRate, type ReferenceRate } from './reference-rate.js';
import type { Column, Timeline } from './timeline.js';

/** Target counts against what the source would have produced. */
export interface CountEvidence {
  /** The log e-value; minus infinity without a single target bucket. */
  readonly ln: number;
  /** By bucket; they exist for buckets without target counts too. */
  readonly references: readonly ReferenceRate[];
}

/** What the evidence is made of. */
export interface CountInput {
  readonly timeline: Timeline;
  readonly target: Column;
  readonly source: Column;
  /** The source's probes: they tell how the source is when it has no metrics, or no requests any more. Null where they do not apply. */
  readonly sourceProbes: Column | null;
  readonly baseline: Baseline;
  readonly rule: CountRule;
}

export function countEvidence(input: CountInput): CountEvidence {
  const references = referencesOf(input);
  return { ln: logMeanExp(accumulate(evidenceOf(input, references))), references };
}

/** Where it most likely began, how much worse the target is since, and what each bucket said. */
export interface Onset {
  readonly bucket: number;
  /** The ratio to the tolerated rate that explains the target best. */
  readonly ratio: number;
  readonly buckets: readonly {
    readonly bucket: number;
    readonly nats: number;
    readonly isCapped: boolean;
  }[];
  /** Failed requests beyond those tolerated. */
  readonly excess: number;
}

/** How many buckets an onset lists: the latest, for they decided. */
const maxListed = 10;

/**
 * The start and the ratio that explain the target best; null without a single target bucket. Caps are left out of the search, because
 * a capped bucket fits every large ratio equally well.
 */
export function onsetOf(input: CountInput, references: readonly ReferenceRate[]): Onset | null {
  const { target, baseline, rule } = input;
  const starts: { b: number; lnMass: number; reference: ReferenceRate; n: number; e: number }[] = [];
  eachStart(evidenceOf(input, references), (b, lnMass) => {
    const reference = references[b];
    if (reference === undefined) return;
    starts.push({ b, lnMass, reference, n: target.n[b] ?? 0, e: target.e[b] ?? 0 });
  });
  const latestFirst = starts.toReversed();
  let best = { ln: -Infinity, bucket: -1, ratio: 1 };
  for (const ratio of rule.ratios) {
    let since = 0;
    for (const { b, lnMass, reference, n, e } of latestFirst) {
      since += uncappedLn(n, e, reference, baseline, ratio);
      if (lnMass + since > best.ln) best = { ln: lnMass + since, bucket: b, ratio };
    }
  }
  if (best.bucket < 0) return null;
  const after = starts.filter(({ b }) => b >= best.bucket);
  const excess = after.reduce((sum, { n, e, reference }) => sum + e - n * reference.rate, 0);
  const buckets = after.slice(-maxListed).map(({ b, n, e, reference }) => {
    const nats = bucketLn(n, e, reference, baseline, rule, best.ratio);
    return { bucket: b, nats, isCapped: nats >= evidenceCap(n, e, reference.rate, rule) };
  });
  return { bucket: best.bucket, ratio: best.ratio, buckets, excess: Math.max(0, excess) };
}

function evidenceOf(input: CountInput, references: readonly ReferenceRate[]): Evidence {
  const { target, baseline, rule } = input;
  return {
    alternatives: rule.ratios.length,
    mass: input.timeline.mass,
    isPresent: (b) => (target.n[b] ?? 0) > 0,
    lnFactor: (b, j) => {
      const reference = references[b];
      const ratio = rule.ratios[j];
      if (reference === undefined || ratio === undefined) return 0;
      return bucketLn(target.n[b] ?? 0, target.e[b] ?? 0, reference, baseline, rule, ratio);
    },
    carriesMass: true,
  };
}

/** The reference of every bucket, in one pass: windows are running sums. */
function referencesOf({ timeline, source, sourceProbes, baseline, rule }: CountInput): ReferenceRate[] {
  const plain = { n: source.n, e: source.e };
  const seen = sourceProbes === null ? plain : added(source, sourceProbes);
  const five = { n: 0, e: 0 };
  const sixty = { n: 0, e: 0 };
  const references: ReferenceRate[] = [];
  for (let b = 0; b < timeline.length; b += 1) {
    slide(five, seen, b, 5);
    slide(sixty, plain, b, 60);
    const window = {
      n1: seen.n[b] ?? 0,
      e1: seen.e[b] ?? 0,
      n5: five.n,
      e5: five.e,
      n60: sixty.n,
      e60: sixty.e,
    };
    references.push(referenceRate(window, baseline, rule));
  }
  return references;
}

function slide(sum: { n: number; e: number }, from: Column, b: number, buckets: number): void {
  sum.n += (from.n[b] ?? 0) - (from.n[b - buckets] ?? 0);
  sum.e += (from.e[b] ?? 0) - (from.e[b - buckets] ?? 0);
}

function added(a: Column, b: Column): Column {
  return { n: a.n.map((n, i) => n + (b.n[i] ?? 0)), e: a.e.map((e, i) => e + (b.e[i] ?? 0)) };
}
