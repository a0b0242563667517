import { describe, expect, test } from 'vitest';
import { withoutProbes, type Counts } from '../../../../src/core/gate/metrics/bucket.js';
import { decide } from '../../../../src/core/gate/metrics/decision.js';
import type { GateDecision } from '../../../../src/core/gate/metrics/gate-decision.js';
import { decideGroup } from '../../../../src/core/gate/metrics/group.js';
import { dataAgeLimitMs } from '../../../../src/core/gate/metrics/parameters.js';
import { plus } from '../../../../src/core/time.js';
import {
  calm,
  counts,
  decided,
  historyOf,
  inputOf,
  lnOf,
  minute,
  noon,
  noProbes,
  times,
  type Bucket,
} from './gate-world.js';

const said = ({ action, topic }: GateDecision): string => `${action}: ${topic}`;

describe('promotion', () => {
  test('a healthy stage is promoted when its dwell is over, not before', () => {
    expect(said(decided(times(9, calm)))).toBe('hold: dwell');
    expect(said(decided(times(10, calm)))).toBe('promote: ready');
  });

  test('never on too little evidence, however long it takes', () => {
    const lonely = times(12, { target: counts(1), source: counts(9) });
    expect(said(decided(lonely))).toBe('hold: evidence-short');
  });

  test('never on old data: their age is that of the end of the newest bucket with a request', () => {
    const late = [...times(12, calm), ...times(5, { source: counts(540) })];
    expect(said(decided(late))).toBe('promote: ready');
    expect(said(decided([...late, { source: counts(540) }]))).toBe('hold: data-age');
    expect(said(decided([...late, { target: counts(0), source: counts(540) }]))).toBe('hold: data-age');
  });

  test('never under suspicion', () => {
    const decision = decided([...times(12, calm), ...times(2, { ...calm, target: counts(60, 5) })]);
    expect(said(decision)).toBe('hold: suspicion');
    expect(decision.evidence.ln).toBeGreaterThan(1.6);
    expect(decision.evidence.ln).toBeLessThan(4.6);
  });

  test('never during a shared incident or within three buckets after it', () => {
    const failing: Bucket = { target: counts(60, 18), source: counts(540, 165) };
    const after = (calmBuckets: number): string =>
      said(decided([...times(12, calm), failing, ...times(calmBuckets, calm)]));
    expect(after(0)).toBe('hold: source-incident');
    // The five-bucket window still shows it, and three buckets on top of that remember it.
    expect(after(6)).toBe('hold: source-incident');
    expect(after(7)).toBe('promote: ready');
  });

  test('an incident is remembered while the metrics after it are still on their way', () => {
    const failing: Bucket = { target: counts(60, 18), source: counts(540, 165) };
    const waiting = [...times(12, calm), failing, ...times(7, {})];
    expect(said(decided(waiting))).toBe('hold: source-incident');
  });

  test('buckets from before the stage settled prove nothing, but what they say against the target counts', () => {
    const unsettled = { ...calm, isSettled: false };
    const decision = decided(times(12, unsettled));
    expect(said(decision)).toBe('hold: evidence-short');
    expect(decision.promotion).toMatchObject({ nats: 0, n: 0 });
    const bad = decided(times(5, { ...unsettled, target: counts(60, 60) }));
    expect(said(bad)).toBe('rollback: evidence');
  });

  test('a target whose metrics count other traffic is promoted by people only, and rolled back all the same', () => {
    const parameters = { isTargetShared: true };
    expect(said(decided(times(12, calm), { parameters }))).toBe('ask: shared-target');
    expect(said(decided(times(4, { ...calm, target: counts(60, 60) }), { parameters }))).toBe(
      'rollback: evidence',
    );
  });

  test('the last stage leads to the end and is judged by the budget of everything', () => {
    const last = times(30, { stage: 3, target: counts(590), source: null });
    const decision = decided(last, { stage: { dwellMs: 30 * minute } });
    expect(said(decision)).toBe('promote: ready');
    expect(decision.stage).toMatchObject({ isLast: true, nextShare: 1 });
    expect(decision.promotion.worstRate - decision.reference.rate).toBeCloseTo(0.02, 12);
  });

  test('a bake at 100 % is not held for ever by an incident that its last source metrics showed', () => {
    const failing: Bucket = { stage: 2, target: counts(300, 90), source: counts(300, 90) };
    const bake = times(30, { stage: 3, target: counts(590), source: null });
    const decision = decided([failing, ...bake], { stage: { dwellMs: 30 * minute } });
    expect(said(decision)).toBe('promote: ready');
  });
});

describe('asking', () => {
  const lonely = times(80, (b) =>
    b % 3 === 0 ? { target: counts(1), source: counts(2) } : { source: counts(2) },
  );

  test('a stage that lacks evidence for an hour over its dwell asks', () => {
    expect(said(decided(lonely.slice(0, 69)))).toBe('hold: evidence-short');
    expect(said(decided(lonely.slice(0, 70)))).toBe('ask: evidence-short');
  });

  test('only time in which advancing was allowed counts', () => {
    expect(said(decided(lonely, { stage: { heldMs: 69 * minute } }))).toBe('hold: evidence-short');
    expect(said(decided(lonely, { stage: { heldMs: 70 * minute } }))).toBe('ask: evidence-short');
  });

  test('a stage that is ready by then is promoted, not asked about', () => {
    expect(said(decided(times(100, calm)))).toBe('promote: ready');
  });
});

describe('missing data', () => {
  test('nothing at all holds, then asks, and claims no evidence', () => {
    const nothing = times(80, { target: counts(0), source: counts(0), probes: noProbes });
    const early = decided(nothing.slice(0, 20));
    expect(said(early)).toBe('hold: data-age');
    expect(early.evidence.ln).toBeNull();
    expect(said(decided(nothing))).toBe('ask: data-age');
  });

  test('with no requests and thirty probes a bucket nothing is ever promoted', () => {
    const probed = times(1000, { target: counts(0), source: counts(0) });
    for (const length of [10, 70, 71, 200, 1000]) {
      expect(decided(probed.slice(0, length)).action).not.toBe('promote');
    }
    const counted = withoutProbes(counts(30), counts(30));
    expect(decided(times(100, { target: counted, source: counts(0) })).action).not.toBe('promote');
  });

  test('only the target is dark while requests are due: rollback, from fifteen minutes on', () => {
    const dark = [...times(12, calm), ...times(20, { source: counts(540) })];
    expect(decided(dark.slice(0, 12 + 14)).action).toBe('hold');
    expect(said(decided(dark.slice(0, 12 + 15)))).toBe('rollback: blind');
  });

  test('a target that reports zero requests while the source has plenty is as dark', () => {
    const dark = [...times(12, calm), ...times(15, { target: counts(0), source: counts(540) })];
    expect(said(decided(dark))).toBe('rollback: blind');
  });

  test('both are dark: hold, then ask', () => {
    const dark = [...times(12, calm), ...times(20, {})];
    expect(decided(dark.slice(0, 12 + 14)).action).toBe('hold');
    expect(said(decided(dark.slice(0, 12 + 15)))).toBe('ask: metrics-dark');
  });

  test('a source that reports in fewer than half of the dark buckets asks', () => {
    const reported = (buckets: number): string =>
      said(decided([...times(12, calm), ...times(16, (b) => (b < buckets ? { source: counts(540) } : {}))]));
    expect(reported(8)).toBe('rollback: blind');
    expect(reported(7)).toBe('ask: metrics-dark');
  });

  test('a night without requests is no blindness: few are due by what the source still gets', () => {
    const night = [...times(12, calm), ...times(20, { source: counts(3) })];
    const decision = decided(night);
    expect(said(decision)).toBe('hold: data-age');
    expect(decision.darkness.expectedRequests).toBeCloseTo(20 / 3, 6);
  });

  test('what is due at 100 % is what came in the hour before, not what history had', () => {
    const quieter = times(20, { stage: 3, target: counts(40), source: counts(0) });
    const { darkness } = decided([...quieter, ...times(10, { stage: 3 })]);
    expect(darkness).toEqual({ forMs: 10 * minute, buckets: 10, sourceReported: 0, expectedRequests: 400 });
    expect(decided(times(10, { stage: 3 })).darkness.expectedRequests).toBe(6000);
  });

  test('no controller ran for a while: buckets nobody recorded are unknown', () => {
    const input = inputOf([...times(6, calm), ...times(4, {}), ...times(6, calm)]);
    const records = input.records.filter((_, b) => b < 6 || b >= 10);
    const blank = decide({
      ...input,
      records: input.records.map((record, b) =>
        b < 6 || b >= 10 ? record : { ...record, probes: noProbes },
      ),
    });
    expect(decide({ ...input, records })).toEqual(blank);
  });

  test('a reading that is revised is judged afresh', () => {
    const input = inputOf(times(8, calm));
    const revised = input.records.map((record) => ({
      ...record,
      requests: { ...record.requests, target: counts(60, 60) },
    }));
    expect(said(decide({ ...input, records: [...input.records, ...revised] }))).toBe('rollback: evidence');
    expect(decide({ ...input, records: [...revised, ...input.records] })).toEqual(decide(input));
  });

  test.each<[string, Counts]>([
    ['not a number', { n: NaN, e: 0 }],
    ['errors that are not', { n: 60, e: NaN }],
    ['a trace of', { n: 5e-324, e: 0 }],
    ['negative', { n: -60, e: 0 }],
    ['negative errors', { n: 60, e: -1 }],
    ['infinite', { n: Infinity, e: 0 }],
    ['absurd', { n: 1e300, e: 1e299 }],
  ])('%s counts are unknown', (_, garbage) => {
    const given = decided([...times(5, calm), { ...calm, target: garbage }, ...times(5, calm)]);
    const unknown = decided([...times(5, calm), { ...calm, target: null }, ...times(5, calm)]);
    expect(given).toEqual(unknown);
  });

  test('more errors than requests are all requests', () => {
    const given = decided([...times(5, calm), { ...calm, target: counts(60, 90) }]);
    expect(given).toEqual(decided([...times(5, calm), { ...calm, target: counts(60, 60) }]));
  });
});

describe('groups', () => {
  const borderline = [...times(10, calm), ...times(3, { ...calm, target: counts(60, 4) })];

  test('each of several hosts needs more evidence', () => {
    const alone = decided(borderline);
    expect(said(alone)).toBe('rollback: evidence');
    const five = decided(borderline, { parameters: { hosts: 20 } });
    expect(five.evidence.thresholdLn).toBeCloseTo(Math.log(2000), 12);
    expect(five.evidence.ln).toBe(alone.evidence.ln);
    expect(said(five)).toBe('hold: suspicion');
  });

  test('any host rolls the group back, all must allow a promotion', () => {
    const ready = { host: 'ready.example', decision: decided(times(12, calm)) };
    const early = { host: 'early.example', decision: decided(times(5, calm)) };
    const broken = {
      host: 'broken.example',
      decision: decided(times(5, { ...calm, target: counts(60, 60) })),
    };
    const asking = {
      host: 'asking.example',
      decision: decided(times(80, (b) => ({ target: b % 3 === 0 ? counts(1) : null }))),
    };
    expect(decideGroup([ready, ready]).action).toBe('promote');
    expect(decideGroup([ready, early])).toMatchObject({ action: 'hold', host: 'early.example' });
    expect(decideGroup([ready, asking, early])).toMatchObject({ action: 'ask', host: 'asking.example' });
    expect(decideGroup([early, asking, broken])).toMatchObject({
      action: 'rollback',
      host: 'broken.example',
    });
    expect(() => decideGroup([])).toThrow('at least one host');
  });
});

describe('numbers behind a decision', () => {
  test('it survives JSON', () => {
    for (const decision of [
      decided([]),
      decided(times(12, calm)),
      decided(times(5, { target: counts(60, 60) })),
    ]) {
      expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
    }
  });

  test('an absent channel leaves its share of the budget unused', () => {
    const bad = times(3, { ...calm, target: counts(60, 10), probes: noProbes });
    const decision = decided(bad);
    expect(lnOf(decision, 'probes')).toBeNull();
    expect(decision.evidence.ln).toBeCloseTo(Math.log(0.6) + (lnOf(decision, 'errors') ?? NaN), 12);
  });

  test('a probe of ours that the balancer counted is taken out again', () => {
    expect(withoutProbes(counts(90, 4), counts(30, 3))).toEqual({ n: 60, e: 1 });
    expect(withoutProbes(counts(20, 2), counts(30, 3))).toEqual({ n: 0, e: 0 });
    expect(withoutProbes(counts(40, 12), counts(30, 0))).toEqual({ n: 10, e: 10 });
    expect(withoutProbes(null, counts(30, 0))).toBeNull();
  });

  test('data may be as old as settling, filling and two readings take', () => {
    expect(dataAgeLimitMs({ settleDelayMs: 1000, bucketMs: 1000, tickEveryMs: 1000 })).toBe(4000);
  });

  test('history without a request is no history', () => {
    expect(decided(times(5, calm), { history: historyOf([counts(0), { n: NaN, e: 1 }]) })).toEqual(
      decided(times(5, calm), { history: historyOf([]) }),
    );
  });

  test('records from before the first weight change are left out', () => {
    const input = inputOf(times(12, calm));
    const old = { ...input.records[0]!, at: plus(noon, -minute) };
    expect(decide({ ...input, records: [old, ...input.records] })).toEqual(decide(input));
  });

  test('more buckets than any migration has are refused', () => {
    const input = inputOf([calm]);
    const records = [{ ...input.records[0]!, at: plus(noon, 300_000 * minute) }];
    expect(() => decide({ ...input, records })).toThrow('at most 270000 buckets');
  });
});
