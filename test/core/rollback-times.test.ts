import { expect, test } from 'vitest';
import { describeRollbackTimes, rollbackMoments, type RollbackTimes } from '../../src/core/rollback-times.js';
import { instant } from '../../src/core/time.js';

const requestedMs = 1_700_000_000_000;

function times(insyncMs: number | null, tailMs: number): RollbackTimes {
  const at = (ms: number) => instant(requestedMs + ms);
  return {
    requestedAt: at(0),
    acceptedAt: at(160),
    insyncAt: insyncMs === null ? null : at(insyncMs),
    cleanAt: at(4_130),
    tailEndsAt: at(tailMs),
  };
}

test('the times of a rollback are told to a tenth of a second while that matters, each with what it means', () => {
  expect(describeRollbackTimes(times(2_000, 62_130))).toBe(
    'Route 53 took the change 0.2s after the request, all its servers had it (INSYNC) after 2s, no name server handed out the target (clean) after 4.1s, and caches that keep to the TTL have forgotten it after 1m2s',
  );
});

test('a rollback that was clean before Route 53 said INSYNC did not wait for it', () => {
  expect(describeRollbackTimes(times(null, 59_960))).toMatch(
    /^Route 53 took .* request, no name server .* forgotten it after 1m$/,
  );
  expect(rollbackMoments(times(null, 59_960), requestedMs)[1]).toMatchObject({
    afterMs: null,
    meaning: expect.stringContaining('not waited for') as string,
  });
});

test('each moment says in a few words what is true from it on', () => {
  for (const insyncMs of [null, 2_000]) {
    const moments = rollbackMoments(times(insyncMs, 62_130), requestedMs + 5_000);
    expect(moments.map(({ name }) => name)).toEqual(['accepted', 'INSYNC', 'clean', 'tail']);
    for (const { meaning } of moments) {
      expect(meaning).toMatch(/ /);
      expect(meaning.length).toBeLessThanOrEqual(49);
    }
  }
  const [, , , tail] = rollbackMoments(times(2_000, 62_130), requestedMs + 62_130);
  expect(tail).toEqual({
    name: 'tail',
    afterMs: 62_130,
    meaning: 'caches that keep to the TTL forgot the target',
  });
});
