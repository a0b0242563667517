import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BucketRecord, Counts, Sides } from '../../../../src/core/gate/metrics/bucket.js';
import { decide, type GateInput } from '../../../../src/core/gate/metrics/decision.js';
import { explainDecision } from '../../../../src/core/gate/metrics/explanation.js';
import { defaultParameters } from '../../../../src/core/gate/metrics/parameters.js';
import { plus } from '../../../../src/core/time.js';
import { counts, historyOf, inputOf, lnOf, minute, noon, noProbes, type Bucket } from './gate-world.js';

/** From nothing to a thousand million requests, with few, all and any number of them failed. */
const anyCounts: fc.Arbitrary<Counts> = fc
  .tuple(
    fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 1e9 })),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .chain(([n, share]) =>
    fc.constantFrom(0, Math.min(n, 1), n, Math.round(n * share ** 8)).map((e) => counts(n, e)),
  );

function sidesOf<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Sides<Value>> {
  return fc.record({ source: fc.option(value, { nil: null }), target: fc.option(value, { nil: null }) });
}

const anySides = sidesOf(anyCounts);
const anyProbes: fc.Arbitrary<Sides<Counts>> = fc.record({
  source: fc.option(fc.integer({ min: 0, max: 30 }).map((e) => counts(30, e))),
  target: fc.option(fc.integer({ min: 0, max: 30 }).map((e) => counts(30, e))),
});

/** Stages only ever go up, one bucket or many at a time. */
const anyBuckets: fc.Arbitrary<Bucket[]> = fc
  .array(
    fc.record({ requests: anySides, probes: anyProbes, step: fc.nat({ max: 9 }), isSettled: fc.boolean() }),
    {
      maxLength: 40,
    },
  )
  .map((rows) => {
    let stage = 0;
    return rows.map(({ requests, probes, step, isSettled }) => {
      if (step === 0) stage = Math.min(3, stage + 1);
      return { ...requests, probes, isSettled, stage };
    });
  });

const anyHistory = fc.array(anyCounts, { maxLength: 60 }).map(historyOf);

const anyInput: fc.Arbitrary<GateInput> = fc
  .tuple(anyBuckets, anyHistory)
  .map(([buckets, history]) => inputOf(buckets, { history }));

function withTarget(input: GateInput, b: number, change: (counts: Counts) => Counts): GateInput {
  const records = input.records.map((record, i) => {
    const { target } = record.requests;
    return i === b && target !== null
      ? { ...record, requests: { ...record.requests, target: change(target) } }
      : record;
  });
  return { ...input, records };
}

test('one more failure at the target never lowers the evidence against it', () => {
  fc.assert(
    fc.property(anyInput, fc.nat({ max: 39 }), fc.integer({ min: 1, max: 50 }), (input, b, more) => {
      const worse = withTarget(input, b, ({ n, e }) => counts(n, Math.min(n, e + more)));
      const [before, after] = [
        lnOf(decide(input), 'errors') ?? -Infinity,
        lnOf(decide(worse), 'errors') ?? -Infinity,
      ];
      // Rounding of sums of very large terms is all that may get in the way.
      expect(after).toBeGreaterThanOrEqual(before - 1e-9 * Math.abs(before) - 1e-9);
    }),
    { numRuns: 300 },
  );
});

test('a bucket about which nothing is known changes neither kind of evidence', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const last = input.records.at(-1);
      const blank: BucketRecord = {
        at: plus(noon, input.records.length * minute),
        stage: last?.stage ?? 0,
        isSettled: true,
        requests: { source: null, target: null },
        probes: noProbes,
        slow: null,
        latency: null,
        gauges: {},
      };
      const before = decide(input);
      const after = decide({ ...input, records: [...input.records, blank] });
      expect(after.evidence).toEqual(before.evidence);
      expect(after.promotion.nats).toBe(before.promotion.nats);
      expect(after.promotion.n).toBe(before.promotion.n);
    }),
  );
});

test('the mass of an unknown bucket goes to the next one: a degradation that began unseen is found as fast', () => {
  const unseen: Bucket[] = [{}, {}, {}, { target: counts(60, 5), source: counts(540) }];
  const seen: Bucket[] = [{ target: counts(60, 5), source: counts(540) }];
  const ln = (buckets: Bucket[]): number => lnOf(decide(inputOf(buckets)), 'errors') ?? -Infinity;
  expect(ln(unseen)).toBeGreaterThan(ln(seen));
});

test('the order in which readings arrive changes nothing', () => {
  fc.assert(
    fc.property(
      anyInput.chain((input) =>
        fc
          .shuffledSubarray([...input.records], { minLength: input.records.length })
          .map((records) => ({ input, shuffled: { ...input, records } })),
      ),
      ({ input, shuffled }) => {
        expect(decide(shuffled)).toEqual(decide(input));
      },
    ),
  );
});

test('a failure that both sides share never rolls back', () => {
  const share = fc.constantFrom(0.1, 0.25, 0.5);
  const scene = fc.record({
    perBucket: fc.integer({ min: 200, max: 100_000 }),
    share,
    rate: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
    calmBuckets: fc.nat({ max: 20 }),
    failingBuckets: fc.integer({ min: 1, max: 70 }),
    afterwards: fc.nat({ max: 10 }),
  });
  fc.assert(
    fc.property(scene, ({ perBucket, share: part, rate, calmBuckets, failingBuckets, afterwards }) => {
      const target = Math.round(perBucket * part);
      const source = perBucket - target;
      const stage = defaultParameters.shares.indexOf(part);
      const calm: Bucket = { stage, target: counts(target), source: counts(source) };
      const failing: Bucket = {
        stage,
        target: counts(target, Math.floor(rate * target)),
        source: counts(source, Math.max(5, Math.floor(rate * source))),
        probes: { target: counts(30, Math.floor(rate * 30)), source: counts(30, Math.floor(rate * 30)) },
      };
      const buckets = [
        ...Array.from({ length: calmBuckets }, () => calm),
        ...Array.from({ length: failingBuckets }, () => failing),
        ...Array.from({ length: afterwards }, () => calm),
      ];
      for (let length = calmBuckets + 1; length <= buckets.length; length += 1) {
        expect(decide(inputOf(buckets.slice(0, length))).action).not.toBe('rollback');
      }
    }),
    { numRuns: 60 },
  );
});

const anything: fc.Arbitrary<Counts> = fc.oneof(
  anyCounts,
  fc.record({ n: fc.double(), e: fc.double() }),
  fc.record({
    n: fc.constantFrom(NaN, Infinity, -1, 1e300, 1e-300),
    e: fc.constantFrom(NaN, Infinity, -1, 1e300),
  }),
);
const anyNumber = fc.oneof(fc.double(), fc.integer({ min: 0, max: 1000 }));
const anyExtra: fc.Arbitrary<Pick<BucketRecord, 'slow' | 'latency' | 'gauges'>> = fc.record({
  slow: fc.option(sidesOf(anything)),
  latency: fc.option(sidesOf(fc.record({ n: anyNumber, valueMs: anyNumber }))),
  gauges: fc.record({ queue: sidesOf(anyNumber) }),
});

test('whatever is measured, every number of a decision is a number and every sentence is readable', () => {
  const channels = {
    slowCounts: true,
    latencyQuantiles: true,
    gauges: [{ name: 'queue', worse: 'high' as const, limit: null }],
  };
  const bucket: fc.Arbitrary<Bucket> = fc.record({
    source: fc.option(anything, { nil: null }),
    target: fc.option(anything, { nil: null }),
    stage: fc.nat({ max: 3 }),
    isSettled: fc.boolean(),
    probes: anyProbes,
    extra: anyExtra,
  });
  const history = fc.record({
    requests: fc.array(anything, { maxLength: 40 }),
    slow: fc.array(anything, { maxLength: 40 }),
    latency: fc.array(fc.option(fc.record({ n: anyNumber, valueMs: anyNumber })), { maxLength: 40 }),
    gauges: fc.record({ queue: fc.array(fc.option(anyNumber), { maxLength: 40 }) }),
  });
  fc.assert(
    fc.property(fc.array(bucket, { maxLength: 30 }), history, (buckets, before) => {
      const decision = decide(inputOf(buckets, { history: before, parameters: { channels } }));
      expect(oddNumbers(decision)).toEqual([]);
      const { line, details } = explainDecision(decision);
      expect([line, ...details].join('\n')).not.toMatch(/NaN|Infinity|undefined|null/);
    }),
    { numRuns: 400 },
  );
});

/** The paths of all numbers that are not finite. */
function oddNumbers(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${path} = ${value}`];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => oddNumbers(inner, `${path}.${key}`));
}
