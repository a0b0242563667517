import { expect, test } from 'vitest';
import { expectReasons, propagationMs, sharesObserved, usersTolerance } from './lab-policy.js';
import { withoutSlowDisk } from './product.js';
import { WatchedMigration } from './watched-migration.js';
import { markerOf, standing, wholeMigration, writesOf } from './writes.js';

test('target-errors: the guard takes everything back within seconds of the first errors at 25 %', async () => {
  await using migration = await WatchedMigration.open({ scenario: 'target-errors', seed: 'demo' });
  await migration.run('lab');
  const { lab, events, statuses } = migration;
  expect(migration.findings(propagationMs)).toEqual([]);
  expect(migration.code, migration.stderr).toBe(4);
  expect(withoutSlowDisk(migration.stderr)).toBe('');

  expect(sharesObserved(events)).toEqual([0, 10, 25]);
  expect(writesOf(lab)).toEqual([
    ...wholeMigration.slice(0, 3),
    { generation: 4, gives: 'source', state: 'ended' },
  ]);
  expect(standing(lab)).toEqual(['CNAME 2 source']);
  expect(markerOf(lab)).toContain('state=ended gen=4 ');

  const [fault] = lab.scenarioEvents();
  const requested = migration.event('rollback-requested');
  expect(requested).toMatchObject({ by: 'guard', who: 'guard' });
  expect(requested.because).toMatch(/target \d+ \/ \d+ = \d+ %|6 of 6 failed; last: 503/);
  expect(requested.at - (fault?.atMs ?? 0)).toBeGreaterThan(0);
  expect(requested.at - (fault?.atMs ?? 0)).toBeLessThan(6_000);
  const rollback = statuses.at(-1)?.rollback;
  expect(statuses.at(-1)).toMatchObject({ phase: 'rolled-back', share: 0 });
  expect((rollback?.acceptedAt ?? Infinity) - requested.at).toBeLessThan(1_000);
  expect((rollback?.cleanAt ?? Infinity) - requested.at).toBeLessThan(4_000);
  // It stays until caches that keep to the TTL have forgotten the target; the few users left are those that overstay.
  expect(lab.measuredShare(1)?.targetPercent).toBeLessThan(usersTolerance);
  await expectReasons(migration);
});
