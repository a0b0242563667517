import { expect, test } from 'vitest';
import { seededRandom } from '../../src/lab/random.js';

function draws(seed: string, count: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random());
}

test('the same seed gives the same numbers, another seed gives others', () => {
  expect(draws('lab/origin', 5)).toEqual(draws('lab/origin', 5));
  expect(draws('lab/origin', 5)).not.toEqual(draws('lab/origin2', 5));
});

test('numbers are in [0, 1) and evenly spread', () => {
  const numbers = draws('spread', 20_000);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  const tenths = Array.from({ length: 10 }, (_, tenth) =>
    numbers.filter((number) => Math.floor(number * 10) === tenth),
  );
  // Four standard errors of 2,000 expected in each tenth.
  for (const tenth of tenths) expect(Math.abs(tenth.length - 2_000)).toBeLessThan(170);
});
