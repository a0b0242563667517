import { expect, test } from 'vitest';
import { nearMiss } from '../../../src/core/policy/near-miss.js';

const known = ['ttl', 'tail', 'tickEvery', 'gapAfter', 'stages', 'settleDelay', 'bucketSeconds'];

test.each([
  ['tll', 'ttl'],
  ['tial', 'tail'],
  ['tickevery', 'tickEvery'],
  ['tick-every', 'tickEvery'],
  ['tick_evry', 'tickEvery'],
  ['stage', 'stages'],
  ['Stages', 'stages'],
  ['setleDelai', 'settleDelay'],
])('%s is meant as %s', (typed, meant) => {
  expect(nearMiss(typed, known)).toBe(meant);
});

test.each(['windows', 'x', '', 'notify', 'gap', 'a'.repeat(100_000)])(
  '%.20j is meant as nothing known',
  (typed) => {
    expect(nearMiss(typed, known)).toBeUndefined();
  },
);

test('the nearest wins', () => {
  expect(nearMiss('dwel', ['dwelt', 'dwell', 'dwel1'])).toBe('dwelt');
  expect(nearMiss('tal', ['ttl', 'tail', 'tall', 'tal'])).toBe('tal');
});
