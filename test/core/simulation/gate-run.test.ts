import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gateParameters } from '../../../src/core/gate/gate-input.js';
import { weigh } from '../../../src/core/gate/metrics/evidence.js';
import { arrange } from '../../../src/core/gate/metrics/timeline.js';
import { degradations, type Degradation } from '../../../src/core/simulation/degradation.js';
import { runGate, type Traffic } from '../../../src/core/simulation/gate-run.js';
import { historyRun } from '../../../src/core/simulation/history-run.js';
import { binomial, seededRandom } from '../../../src/core/simulation/random.js';
import { runningEvidence } from '../../../src/core/simulation/running-evidence.js';
import { split } from '../../../src/core/simulation/split.js';
import { summarize } from '../../../src/core/simulation/summary.js';
import { builtInPolicy } from '../../cli/render/journey.js';
import { quietHistory, recordsOf } from '../gate/metrics/gate-world.js';

const fast = builtInPolicy('fast');
const parameters = gateParameters(fast, { queries: [], gauges: [], sharedTarget: false }, 1);
const noon = recordsOf([{}])[0]!.at;

describe('evidence after each bucket', () => {
  test('is what the gate finds when it looks at the buckets up to there', () => {
    const counts = fc.option(
      fc.nat(40).chain((n) => fc.record({ n: fc.constant(n), e: fc.nat(n) })),
      { nil: null },
    );
    const bucket = fc.record({ target: counts, source: counts, stage: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(bucket, { minLength: 1, maxLength: 25 }), (buckets) => {
        const ordered = buckets.toSorted((one, other) => one.stage - other.stage);
        const records = recordsOf(ordered);
        const running = runningEvidence(arrange(records, noon, 60_000, 3), quietHistory, parameters);
        for (const [b, ln] of running.entries()) {
          const seen = arrange(records.slice(0, b + 1), noon, 60_000, 3);
          const { errors } = weigh(seen, quietHistory, parameters);
          if (errors.ln === -Infinity) expect(ln).toBe(-Infinity);
          else expect(ln).toBeCloseTo(errors.ln, 8);
        }
      }),
    );
  });
});

describe('a migration in virtual time', () => {
  const input = { policy: fast, parameters, history: quietHistory };
  const users =
    (rate: (b: number) => number): Traffic =>
    (b, share) => ({
      requests: {
        target: { n: 600 * share, e: Math.round(600 * share * rate(b)) },
        source: share >= 1 ? null : { n: 600 * (1 - share), e: 0 },
      },
      probes: { source: { n: 30, e: 0 }, target: { n: 30, e: 0 } },
    });

  test('good on both sides: every stage is left when its dwell is over', () => {
    const { stages } = runGate({ ...input, traffic: users(() => 0) });
    expect(stages.map(({ decision }) => decision?.action)).toEqual(['promote', 'promote', 'promote']);
    expect(stages.map(({ settledBucket, endBucket }) => endBucket - settledBucket)).toEqual([10, 10, 30]);
    // What is younger than the settle delay is not read yet.
    expect(stages.map(({ decision }) => decision?.recent.dataAgeMs)).toEqual([180_000, 180_000, 180_000]);
    // 60 s of TTL and 30 s of tail.
    expect(stages.map(({ firstBucket, settledBucket }) => settledBucket - firstBucket)).toEqual([2, 2, 2]);
  });

  test('a target that breaks later is rolled back no sooner than its metrics come', () => {
    const { stages } = runGate({ ...input, traffic: users((b) => (b >= 20 ? 1 : 0)) });
    const last = stages.at(-1);
    expect(last?.decision).toMatchObject({ action: 'rollback', topic: 'evidence' });
    expect(last?.endBucket).toBeGreaterThan(20 + 3);
    expect(last?.endBucket).toBeLessThan(20 + 6);
  });

  test('failing probes are seen without any delay', () => {
    const traffic: Traffic = (b, share) => ({
      ...users(() => 0)(b, share),
      probes: { source: { n: 30, e: 0 }, target: { n: 30, e: b >= 5 ? 30 : 0 } },
    });
    expect(runGate({ ...input, traffic }).stages.at(-1)).toMatchObject({
      endBucket: 7,
      decision: { action: 'rollback' },
    });
  });

  test('a target that nothing is heard of is rolled back as blind', () => {
    const traffic: Traffic = (b, share) => {
      const { requests, probes } = users(() => 0)(b, share);
      return { requests: { ...requests, target: null }, probes };
    };
    const patient = { ...input, policy: builtInPolicy('standard') };
    const first = runGate({ ...patient, traffic }).stages[0];
    expect(first?.decision).toMatchObject({ topic: 'blind' });
    // Long before the dwell of 30 minutes is over.
    expect(first?.endBucket).toBe(15);
  });

  test('hardly any request: a person is asked', () => {
    const traffic: Traffic = (b) => ({
      requests: { target: b % 20 === 0 ? { n: 1, e: 0 } : null, source: { n: 9, e: 0 } },
      probes: { source: null, target: null },
    });
    const [first, second] = runGate({ ...input, traffic }).stages;
    expect(first?.decision?.action).toBe('ask');
    expect(second).toBeUndefined();
  });
});

describe('draws', () => {
  test.each([
    [1_000_000, 0.3],
    [200, 0.01],
    [40, 0.9],
  ])('%i trials of chance %d have the right mean and variance', (n, p) => {
    const random = seededRandom('draws');
    const drawn = Array.from({ length: 4_000 }, () => binomial(random, n, p));
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
    expect(Math.abs(mean - n * p)).toBeLessThan(4 * Math.sqrt((n * p * (1 - p)) / drawn.length));
    expect(variance / (n * p * (1 - p))).toBeGreaterThan(0.9);
    expect(variance / (n * p * (1 - p))).toBeLessThan(1.1);
  });

  test('a split loses nothing and never has more failures than requests', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.nat(100),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(100),
        (n, part, clump, seed) => {
          const e = Math.floor((n * part) / 100);
          const { source, target } = split({ n, e }, 0.25, clump, seededRandom(String(seed)));
          expect([source.n + target.n, source.e + target.e]).toEqual([n, e]);
          for (const side of [source, target]) expect(side.e).toBeLessThanOrEqual(side.n);
        },
      ),
    );
  });
});

describe("a side's past against itself", () => {
  const random = seededRandom('past');
  const past = Array.from({ length: 600 }, () => ({ n: 600, e: binomial(random, 600, 0.002) }));
  const rows = (degradation: Degradation, runs = 30): ReturnType<typeof summarize> =>
    summarize(
      degradation,
      Array.from({ length: runs }, (_, run) =>
        historyRun({ policy: fast, parameters, past }, degradation, seededRandom(`1 ${run}`)),
      ),
    );

  test('the same seed gives the same runs, another one others', () => {
    const once = (seed: string): unknown =>
      historyRun({ policy: fast, parameters, past }, { kind: 'more', excess: 0.02 }, seededRandom(seed));
    expect(once('a')).toEqual(once('a'));
    expect(once('a')).not.toEqual(once('b'));
  });

  test('healthy migrations are completed; broken ones never get beyond the first stage', () => {
    const healthy = rows({ kind: 'none' });
    expect(healthy.completed).toBeGreaterThanOrEqual(29);
    expect(healthy.meanHarmed).toBe(0);
    const broken = rows({ kind: 'broken' });
    expect(broken).toMatchObject({ rolledBack: 30, reachedAll: 0 });
    expect(broken.medianRollbackMs!).toBeLessThan(8 * 60_000);
  });

  test('what is worse is found more often and sooner', () => {
    const found = degradations
      .filter((degradation) => degradation.kind === 'more')
      .map((degradation) => rows(degradation, 20));
    const shares = found.map(({ rollbackShare }) => rollbackShare);
    expect(shares).toEqual(shares.toSorted((one, other) => one - other));
    expect(found.at(-1)).toMatchObject({ rollbackShare: 1 });
    expect(found.at(-1)!.medianRollbackMs!).toBeLessThan(found.at(-2)!.medianRollbackMs!);
  });

  test('an outage in the past hits both sides and is nobody’s fault', () => {
    const outage = past.map((counts, b) => (b >= 100 && b < 130 ? { n: 600, e: 150 } : counts));
    const runs = Array.from({ length: 30 }, (_, run) =>
      historyRun({ policy: fast, parameters, past: outage }, { kind: 'none' }, seededRandom(`o ${run}`)),
    );
    expect(summarize({ kind: 'none' }, runs).rolledBack).toBeLessThanOrEqual(2);
  });

  test('the range of a rate narrows with the runs and is honest about none', () => {
    expect(summarize({ kind: 'none' }, []).rollbackRange).toEqual({ low: 0, high: 1 });
    const run = { end: 'completed', share: 100, tookMs: 1, harmed: 0, requests: 1, lateMs: [] } as const;
    const { high } = summarize(
      { kind: 'none' },
      Array.from({ length: 300 }, () => run),
    ).rollbackRange;
    expect(high).toBeGreaterThan(0.005);
    expect(high).toBeLessThan(0.02);
  });
});
