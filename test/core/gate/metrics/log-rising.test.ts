import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lnRising } from '../../../../src/core/gate/metrics/log-rising.js';

/** Term by term, with the rounding error of the sum carried along (Kahan). */
function slowly(start: number, steps: number): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < steps; i += 1) {
    const term = Math.log(start + i) - lost;
    const next = sum + term;
    lost = next - sum - term;
    sum = next;
  }
  return sum;
}

test('it is the sum of the logarithms, for starts of every size', () => {
  const start = fc.double({ min: -9, max: 12, noNaN: true }).map((power) => 10 ** power);
  fc.assert(
    fc.property(start, fc.nat({ max: 3000 }), (from, steps) => {
      const exact = slowly(from, steps);
      expect(Math.abs(lnRising(from, steps) - exact)).toBeLessThanOrEqual(1e-10 * Math.abs(exact) + 1e-11);
    }),
  );
});

test('the two ways of computing it meet where they change over', () => {
  for (const start of [1e-9, 0.3, 7.9, 8, 8.1, 1e6, 1e12]) {
    // One step more multiplies by start + 8, whichever side of the change it is on.
    expect(lnRising(start, 9) - lnRising(start, 8)).toBeCloseTo(Math.log(start + 8), 9);
  }
});

test('steps that are not whole lie between their neighbours', () => {
  fc.assert(
    fc.property(fc.double({ min: 1.5, max: 1e6, noNaN: true }), fc.nat({ max: 50 }), (start, steps) => {
      const middle = lnRising(start, steps + 0.5);
      expect(middle).toBeGreaterThan(lnRising(start, steps));
      expect(middle).toBeLessThan(lnRising(start, steps + 1));
    }),
  );
  // Gamma(1) / Gamma(1/2) = 1 / sqrt(pi)
  expect(lnRising(0.5, 0.5)).toBeCloseTo(-Math.log(Math.PI) / 2, 10);
});

test('no steps, no factor', () => {
  expect(lnRising(3, 0)).toBe(0);
});
