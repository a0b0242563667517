import { expect, test } from 'vitest';
import { counts, decided, lnOf, times, type Bucket } from './gate-world.js';

const probed = (target: number | null, source: number | null): Bucket => ({
  probes: {
    target: target === null ? null : counts(30, target),
    source: source === null ? null : counts(30, source),
  },
});
const ln = (buckets: Bucket[]): number | null | undefined => lnOf(decided(buckets), 'probes');

test('a target that fails all its probes is rolled back within two buckets, metrics or not', () => {
  expect(decided(times(2, probed(30, 0))).action).toBe('rollback');
});

test('a failed probe now and then is nothing, and neither is a bucket of them', () => {
  expect(ln(times(60, (b) => probed(b % 4 === 0 ? 1 : 0, 0)))).toBeLessThan(0);
  expect(decided([...times(10, probed(0, 0)), probed(30, 0)]).action).toBe('hold');
});

test('probes that fail on both sides say nothing against the target, whatever their share', () => {
  for (const failed of [3, 10, 20, 30]) expect(ln(times(30, probed(failed, failed)))).toBeLessThan(0);
});

test('the source of the bucket before counts too, for probes of both sides are not simultaneous', () => {
  const excused = ln([...times(5, probed(0, 0)), probed(0, 15), probed(15, 0)])!;
  const alone = ln([...times(5, probed(0, 0)), probed(0, 0), probed(15, 0)])!;
  expect(excused).toBeLessThan(alone - 3);
});

test('nobody looked: nothing is known', () => {
  expect(ln(times(10, probed(null, 0)))).toBeNull();
});

test('how often the source fails is measured on all its probes of the two buckets', () => {
  const sent = (n: number): Bucket => ({ probes: { target: counts(30), source: counts(n) } });
  const failing: Bucket = { probes: { target: counts(30, 10), source: counts(30, 5) } };
  // Five failures in 300 probes excuse less than five in 60.
  expect(ln([sent(270), failing])).toBeGreaterThan(ln([sent(30), failing])!);
});
