import { describe, expect, test } from 'vitest';
import type { LabOptions } from '../../src/lab/lab-options.js';
import type { ScenarioName } from '../../src/lab/scenario.js';
import { instantPolicy } from './policies.js';
import { WatchedMigration } from './watched-migration.js';
import { standing, wholeMigration, writesOf } from './writes.js';

/**
 * Long enough at 25 % for what the scenarios do three seconds after it has settled, and at 50 % for a collapse to be seen. One
 * request in ten still works in some scenarios, so a rule that wants every probe to fail would leave the time to chance.
 */
const policy = instantPolicy
  .replace(
    'stages: [10, 25, 50, 100]',
    'stages: [10, { share: 25, dwell: 8s }, { share: 50, dwell: 8s }, 100]',
  )
  .replace('failed: 5 of 5', 'failed: 4 of 6');

/** Changes of this lab arrive after 100 ms; the rest is for a busy machine. */
const propagationMs = 350;

/** Runs a scenario under the policy above. Only the target's capacity depends on users, so only then there are any. */
async function play(
  scenario: ScenarioName,
  clients: LabOptions['clients'] = 'off',
): Promise<WatchedMigration> {
  const migration = await WatchedMigration.open({ scenario, clients, insyncDelayMs: 100, ttlSeconds: 1 });
  await Promise.all(
    [migration.lab.source, migration.lab.target].map(({ origin }) => origin.change({ baseErrorFraction: 0 })),
  );
  await migration.run(await migration.policyFile(policy));
  return migration;
}

const rolledBack = (generation: number) => ({ generation, gives: 'source', state: 'ended' });

describe('scenarios other than those of the demos, watched at every name server', { timeout: 90_000 }, () => {
  test.concurrent.for([
    ['target-slow', /no answer within/],
    ['target-dies', /refused the connection/],
  ] as const)('%s: the guard rolls back at 25 %', async ([scenario, reason]) => {
    await using migration = await play(scenario);
    expect(migration.findings(propagationMs)).toEqual([]);
    expect(migration.code, migration.stderr).toBe(4);
    expect(writesOf(migration.lab)).toEqual([...wholeMigration.slice(0, 3), rolledBack(4)]);
    expect(standing(migration.lab)).toEqual(['CNAME 1 source']);
    const requested = migration.event('rollback-requested');
    expect(requested.because).toMatch(reason);
    const [fault] = migration.lab.scenarioEvents();
    expect(requested.at - (fault?.atMs ?? 0)).toBeGreaterThan(0);
    expect(requested.at - (fault?.atMs ?? 0)).toBeLessThan(5_000);
  });

  test.concurrent('flaky-api: every step is made once, whatever Route 53 does to the calls', async () => {
    await using migration = await play('flaky-api');
    expect(migration.findings(propagationMs)).toEqual([]);
    expect(migration.code, migration.stderr).toBe(0);
    expect(writesOf(migration.lab)).toEqual(wholeMigration);
    expect(standing(migration.lab)).toEqual(['CNAME 1 target']);
    const { faults } = migration.lab.route53;
    expect(faults.isOn('drop-reply') || faults.isOn('drop-request') || faults.isOn('stopped')).toBe(false);
    const accepted = migration.events.flatMap((event) =>
      event.type === 'change-accepted' ? [event.how] : [],
    );
    expect(accepted.filter((how) => how === 'read-back')).toHaveLength(2);
    const failed = migration.events.filter((event) => event.type === 'change-failed');
    expect(failed.length).toBeGreaterThanOrEqual(5);
  });

  // By itself: whether a capacity is exceeded depends on how many requests the machine manages to send.
  test('capacity: a target that bears a quarter of the users is left once it gets half of them', async () => {
    await using migration = await play('capacity', { resolvers: 200, requestsPerSecond: 1 });
    expect(migration.findings(propagationMs)).toEqual([]);
    expect(migration.code, migration.stderr).toBe(4);
    const { because } = migration.event('rollback-requested');
    expect(because).toContain('503');
    expect(writesOf(migration.lab), because).toEqual([...wholeMigration.slice(0, 4), rolledBack(5)]);
    expect(standing(migration.lab)).toEqual(['CNAME 1 source']);
  });
});
