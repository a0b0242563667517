import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  cellStartMs,
  latencyCell,
  latencyCells,
  latencyCount,
  latencyQuantileMs,
  slowerThan,
} from '../../../src/core/router-log/latency-histogram.js';

function histogram(latencies: readonly number[]): Uint32Array {
  const cells = new Uint32Array(latencyCells);
  for (const ms of latencies) cells[latencyCell(ms)] = cells[latencyCell(ms)]! + 1;
  return cells;
}

const latency = fc.oneof(fc.nat(50), fc.nat(60_000), fc.nat(2 ** 22 - 1));

test('every latency lies in its cell, and a cell is at most an eighth wider than its start', () => {
  fc.assert(
    fc.property(latency, (ms) => {
      const cell = latencyCell(ms);
      expect(cellStartMs(cell)).toBeLessThanOrEqual(ms);
      expect(cellStartMs(cell + 1)).toBeGreaterThan(ms);
      expect(cellStartMs(cell + 1) - cellStartMs(cell)).toBeLessThanOrEqual(
        Math.max(1, cellStartMs(cell) / 8),
      );
    }),
  );
});

test('hours and absurd numbers fall into the last cell', () => {
  for (const ms of [2 ** 22, 86_400_000, 999_999_999_999]) expect(latencyCell(ms)).toBe(latencyCells - 1);
});

test('quantiles are at most an eighth above the exact ones and never below', () => {
  fc.assert(
    fc.property(
      fc.array(latency, { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (all, share) => {
        const exact = all.toSorted((one, other) => one - other)[
          Math.max(0, Math.ceil(share * all.length) - 1)
        ]!;
        const found = latencyQuantileMs(histogram(all), share)!;
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found).toBeLessThanOrEqual(exact * 1.125);
      },
    ),
  );
});

test('slower requests are counted from the cell above the threshold on', () => {
  const cells = histogram([1, 5, 5, 6, 15, 1_000, 30_000]);
  expect(latencyCount(cells)).toBe(7);
  expect(slowerThan(cells, 5)).toBe(4);
  expect(slowerThan(cells, 0)).toBe(7);
  expect(slowerThan(cells, 5_000)).toBe(1);
  expect(slowerThan(cells, 1e12)).toBe(0);
});

test('without a request there is no quantile', () => {
  expect(latencyQuantileMs(histogram([]), 0.99)).toBeNull();
});
