import { expect, test } from 'vitest';
import { expectReasons, propagationMs, sharesObserved, usersTolerance } from './lab-policy.js';
import { WatchedMigration } from './watched-migration.js';
import { markerOf, standing, wholeMigration, writesOf } from './writes.js';

test('healthy: all stages in order, finalized within 90 seconds, users follow each of them', async () => {
  await using migration = await WatchedMigration.open({ seed: 'demo' });
  await migration.run('lab');
  const { lab, events, users, observer } = migration;
  expect(migration.findings(propagationMs)).toEqual([]);
  expect(migration.code, migration.stderr).toBe(0);
  expect(migration.stderr).toBe('');
  expect(migration.elapsedMs).toBeLessThan(90_000);
  expect(observer.answers.length / (migration.elapsedMs / 1_000)).toBeGreaterThan(200);
  expect(observer.longestPauseMs).toBeLessThan(2_000);

  expect(writesOf(lab)).toEqual(wholeMigration);
  expect(standing(lab)).toEqual(['CNAME 5 target']);
  expect(markerOf(lab)).toContain('state=ended gen=6 ');
  expect(sharesObserved(events)).toEqual([0, 10, 25, 50, 100]);
  expect(migration.statuses.at(-1)).toMatchObject({ phase: 'completed', share: 100, generation: 6 });

  expect(users.map(({ setShare }) => setShare)).toEqual([0, 10, 25, 50, 100]);
  for (const { setShare, usersPercent } of users)
    expect(Math.abs(usersPercent - setShare), `users at ${setShare} %`).toBeLessThan(usersTolerance);
  await expectReasons(migration);
});
