import { expect, test } from 'vitest';
import { RateLimit } from '../../../src/lab/heroku/rate-limit.js';

test('4,500 requests, then 75 more a minute', () => {
  let nowMs = 0;
  const limit = new RateLimit(() => nowMs);
  expect(limit.remaining()).toBe(4_500);
  for (let request = 0; request < 4_500; request += 1) limit.take();
  expect(limit.remaining()).toBe(0);
  expect(() => limit.take()).toThrow(expect.objectContaining({ status: 429, id: 'rate_limit' }) as Error);
  nowMs += 60_000;
  expect(limit.remaining()).toBe(75);
  nowMs += 24 * 60 * 60_000;
  expect(limit.remaining()).toBe(4_500);
});
