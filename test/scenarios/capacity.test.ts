import { expect, test } from 'vitest';
import { play, propagationMs } from './scenario-run.js';
import { rolledBackIn, standing, wholeMigration, writesOf } from './writes.js';

// Whether a capacity is exceeded depends on how many requests the machine manages to send.
test('capacity: a target that bears a quarter of the users is left once it gets half of them', async () => {
  await using migration = await play('capacity', { resolvers: 200, requestsPerSecond: 1 });
  expect(migration.findings(propagationMs)).toEqual([]);
  expect(migration.code, migration.stderr).toBe(4);
  const { because } = migration.event('rollback-requested');
  expect(because).toContain('503');
  expect(writesOf(migration.lab), because).toEqual([...wholeMigration.slice(0, 4), rolledBackIn(5)]);
  expect(standing(migration.lab)).toEqual(['CNAME 1 source']);
});
