import { expect, test } from 'vitest';
import { routerVerdict } from '../../../src/core/router-log/router-verdict.js';

test.each([
  ['bad', [10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22, 25, 34]],
  ['excluded', [26, 27, 28]],
  ['misrouted', [31, 32]],
  ['ambiguous', [24, 33]],
  ['platform', [80, 81, 82, 83, 99]],
] as const)('%s codes, whatever the status', (verdict, codes) => {
  for (const code of codes) {
    for (const status of [0, 200, 499, 503])
      expect(`H${code} ${routerVerdict(code, status)}`).toBe(`H${code} ${verdict}`);
  }
});

test.each([
  [200, 'ok'],
  [101, 'ok'],
  [404, 'ok'],
  [499, 'ok'],
  [500, 'bad'],
  [599, 'bad'],
  [0, 'ambiguous'],
])('without a code, status %i is %s', (status, verdict) => {
  expect(routerVerdict(0, status)).toBe(verdict);
});

test('a code nobody knows yet is judged by what the user saw', () => {
  expect(routerVerdict(77, 503)).toBe('bad');
  expect(routerVerdict(77, 200)).toBe('ambiguous');
});
