import { expect, test } from 'vitest';
import {
  bound,
  failsAtMost,
  itIsWorse,
  odds,
  targetIsWorse,
  toOne,
} from '../../../../src/core/gate/metrics/odds.js';

test.each([
  [null, 'no evidence yet whether the target is worse'],
  [-1000, 'over 1,000,000 : 1 that the target is no worse'],
  [Math.log(0.07), '14 : 1 that the target is no worse'],
  [Math.log(0.31), '3.2 : 1 that the target is no worse'],
  [Math.log(0.98), 'even odds whether the target is worse'],
  [0, 'even odds whether the target is worse'],
  [Math.log(1.04), 'even odds whether the target is worse'],
  [Math.log(1.06), '1.1 : 1 that the target is worse'],
  [Math.log(3.1), '3.1 : 1 that the target is worse'],
  [Math.log(9.96), '10 : 1 that the target is worse'],
  [Math.log(100), '100 : 1 that the target is worse'],
  [Math.log(1240), '1,240 : 1 that the target is worse'],
  [Math.log(4099), '4,100 : 1 that the target is worse'],
  [169.5, 'over 1,000,000 : 1 that the target is worse'],
  [1e6, 'over 1,000,000 : 1 that the target is worse'],
])('%d nats are %s', (nats, text) => {
  expect(odds(nats, targetIsWorse)).toBe(text);
});

test('nobody has to read odds below one, whatever they are about', () => {
  const claim = failsAtMost(0.042);
  for (const nats of [Math.log(0.25), 0, Math.log(1.04)])
    expect(odds(nats, claim)).toBe('no evidence yet that it fails at most 4.2 %');
  expect(bound(Math.log(20), Math.log(0.25), claim)).toBe('20 : 1');
  expect(odds(Math.log(47), failsAtMost(0.042, 'the target'))).toBe(
    '47 : 1 that the target fails at most 4.2 %',
  );
  expect(odds(Math.log(0.02), itIsWorse)).toBe('50 : 1 that it is no worse');
  for (let nats = -20; nats <= 20; nats += 0.01)
    expect(Number(/([\d.,]+) : 1$/.exec(toOne(nats))?.[1]?.replaceAll(',', ''))).toBeGreaterThanOrEqual(1);
});

test('a bound names what it is for where the evidence speaks for something else', () => {
  const threshold = Math.log(100);
  expect(bound(threshold, Math.log(3), targetIsWorse)).toBe('100 : 1');
  for (const nats of [null, 0, Math.log(0.07)])
    expect(bound(threshold, nats, targetIsWorse)).toBe('100 : 1 that it is');
});
