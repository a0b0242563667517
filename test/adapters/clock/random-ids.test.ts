import { expect, test } from 'vitest';
import { createRandomIds } from '../../../src/adapters/clock/random-ids.js';

test('ids are 16 lower-case letters and digits, all used, none repeated', () => {
  const ids = createRandomIds();
  const made = Array.from({ length: 1000 }, () => ids.next());
  expect(made.filter((id) => !/^[a-z0-9]{16}$/.test(id))).toEqual([]);
  expect(new Set(made).size).toBe(1000);
  expect(new Set(made.join('')).size).toBe(36);
});
