import { expect, test } from 'vitest';
import { WakeWatch } from '../../src/daemon/wake-watch.js';

const hourMs = 3_600_000;

/** A watch that was woken once, and what it says of the wake-up after this much of both times. */
function after(wallMs: number, monotonicMs: number, missed = 0): { said: string | null; watch: WakeWatch } {
  const watch = new WakeWatch();
  expect(watch.woke({ wallMs: 1_000_000, monotonicMs: 5_000 })).toBeNull();
  for (let slots = 0; slots < missed; slots += 1) watch.missed();
  return { said: watch.woke({ wallMs: 1_000_000 + wallMs, monotonicMs: 5_000 + monotonicMs }), watch };
}

test('a wake-up that is a little late is not worth a word', () => {
  expect(after(1_000, 1_000).said).toBeNull();
  const { said, watch } = after(4_900, 4_900, 3);
  expect({ said, gaps: watch.gaps }).toEqual({ said: null, gaps: 0 });
});

test('fault 27: an event loop that was blocked for a minute is told as that', () => {
  const { said, watch } = after(60_000, 60_000, 59);
  expect(said).toContain('this process did nothing for 1m: its event loop was blocked or it was stopped');
  expect(said).toContain('(59 wake-ups missed)');
  expect(watch.gaps).toBe(1);
});

test('fault 24: three hours of sleep are one gap, however many wake-ups were missed', () => {
  const { said, watch } = after(3 * hourMs + 1_000, 1_000, 10_800);
  expect(said).toContain('the wall clock went forward by 3h: the machine slept or the clock was set');
  expect(said).toContain('(10800 wake-ups missed)');
  expect(watch.gaps).toBe(1);
  expect(watch.woke({ wallMs: 1_000_000 + 3 * hourMs + 2_000, monotonicMs: 7_000 })).toBeNull();
  expect(watch.gaps).toBe(1);
});

test('fault 22: a wall clock that is set back is told, and no age becomes negative', () => {
  const { said, watch } = after(1_000 - hourMs, 1_000);
  expect(said).toContain('the wall clock was set back by 1h');
  expect(watch.ageMs(7_000)).toBe(1_000);
});
