import { describe, expect, test } from 'vitest';
import { calm, counts, decided, historyOf, minute, times, type Bucket } from './gate-world.js';

const nats = (buckets: Bucket[], maxPromotionNats = 6): number =>
  decided(buckets, { parameters: { maxPromotionNats } }).promotion.nats;

describe('promotion evidence', () => {
  test('days of calm count no more than 403 : 1, so that a bad hour is not hidden by them', () => {
    expect(nats(times(12, calm))).toBe(6);
    expect(nats(times(12, calm), Infinity)).toBeGreaterThan(40);
    const turned = [...times(200, calm), ...times(2, { ...calm, target: counts(60, 4) })];
    expect(nats(turned)).toBeLessThan(3);
    expect(nats(turned, Infinity)).toBeGreaterThan(3);
  });

  test('it never falls below -3, so that a target that recovers is not doomed', () => {
    expect(nats(times(5, { ...calm, target: counts(60, 30) }))).toBe(-3);
  });

  test('half of it, at most 1.5, is carried into the next stage', () => {
    const arrived: Bucket = { stage: 1, target: null, source: counts(450) };
    expect(nats([...times(12, calm), arrived])).toBe(1.5);
    const low = times(1, { target: counts(20), source: counts(180) });
    expect(nats([...low, arrived])).toBeCloseTo(nats(low) / 2, 12);
    expect(nats([...times(5, { ...calm, target: counts(60, 30) }), arrived])).toBe(-1.5);
  });

  test('a stage that has begun without a record yet starts with what is carried', () => {
    const decision = decided(times(12, calm), { stage: { index: 1, observedMs: 0, heldMs: 0 } });
    expect(decision.promotion).toMatchObject({ nats: 1.5, n: 0, missingMs: null });
  });

  test('the next stage may expose two percent of all requests: the margin is that over its share', () => {
    const margins = [0, 1, 2, 3].map((stage) => {
      const { promotion, reference } = decided(times(3, { ...calm, stage }));
      return Number((promotion.worstRate - reference.rate).toFixed(12));
    });
    expect(margins).toEqual([0.08, 0.04, 0.02, 0.02]);
  });

  test.each([
    [0, 108 / 2],
    [1, 108],
    [2, 216],
  ])('without history a stage %d needs about %d clean requests', (stage, needed) => {
    const { promotion } = decided([{ stage, target: null, source: counts(10) }], {
      history: historyOf(times(180, {}).map(() => counts(12))),
    });
    expect(promotion.missingRequests).toBeGreaterThanOrEqual(needed - 1);
    expect(promotion.missingRequests).toBeLessThanOrEqual(needed + 2);
  });

  test('what is missing comes true', () => {
    const low: Bucket = { target: counts(2), source: counts(18) };
    const history = historyOf(times(180, {}).map(() => counts(12)));
    const { promotion } = decided(times(5, low), { history });
    const left = promotion.missingMs! / minute;
    expect(decided(times(5 + left, low), { history }).promotion.nats).toBeGreaterThanOrEqual(3);
    expect(decided(times(4 + left, low), { history }).promotion.nats).toBeLessThan(3);
  });

  test('a source so bad that nothing is worse leaves nothing to prove', () => {
    const history = historyOf(times(180, {}).map(() => counts(1e6, 1e6)));
    const { promotion } = decided(times(3, { target: counts(60), source: counts(540, 540) }), { history });
    expect(promotion).toMatchObject({ nats: 0, missingRequests: null, missingMs: null });
  });
});
