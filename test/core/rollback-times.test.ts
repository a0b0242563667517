import { expect, test } from 'vitest';
import { describeRollbackTimes } from '../../src/core/rollback-times.js';
import { instant } from '../../src/core/time.js';

function words(insyncMs: number | null, tailMs: number): string {
  const requestedMs = 1_700_000_000_000;
  const at = (ms: number) => instant(requestedMs + ms);
  return describeRollbackTimes({
    requestedAt: at(0),
    acceptedAt: at(160),
    insyncAt: insyncMs === null ? null : at(insyncMs),
    cleanAt: at(4_130),
    tailEndsAt: at(tailMs),
  });
}

test('the times of a rollback are told to a tenth of a second while that matters', () => {
  expect(words(2_000, 62_130)).toBe(
    'accepted after 0.2s, INSYNC 2s, clean 4.1s; caches that keep to the TTL have forgotten the target 1m2s after the request',
  );
});

test('a rollback that was clean before Route 53 said INSYNC did not wait for it', () => {
  expect(words(null, 59_960)).toContain('INSYNC not waited for, clean 4.1s');
  expect(words(null, 59_960)).toContain('the target 1m after');
});
