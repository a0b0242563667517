import { expect, test } from 'vitest';
import { gapBetween } from '../../src/core/gap.js';
import { instant } from '../../src/core/time.js';

const before = { at: instant(1_000_000), monotonicMs: 1_000_000, bootId: 'boot-1' };

function after(wallMs: number, monotonicMs: number): Parameters<typeof gapBetween>[1] {
  return { ...before, at: instant(before.at + wallMs), monotonicMs: before.monotonicMs + monotonicMs };
}

test.each([
  [34_174, 34_174, 'nobody looked for 34s'],
  [2_500, 2_500, 'nobody looked for 2s500ms'],
  [61_999, 2_000, 'nobody looked for 1m2s'],
  [-59_600, 400, 'the clock jumped back by 1m'],
])(
  '%d ms by the wall, %d ms by the monotonic clock: in seconds, where there are many',
  (wallMs, monotonicMs, because) => {
    expect(gapBetween(before, after(wallMs, monotonicMs), 2_000)?.because).toBe(because);
  },
);
