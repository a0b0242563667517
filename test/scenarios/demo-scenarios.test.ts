import { describe, expect, test } from 'vitest';
import { play, propagationMs } from './scenario-run.js';
import { rolledBackIn, standing, wholeMigration, writesOf } from './writes.js';

describe('scenarios other than those of the demos, watched at every name server', () => {
  test.concurrent.for([
    ['target-slow', /no answer within/],
    ['target-dies', /refused the connection/],
  ] as const)('%s: the guard rolls back at 25 %', async ([scenario, reason]) => {
    await using migration = await play(scenario);
    expect(migration.findings(propagationMs)).toEqual([]);
    expect(migration.code, migration.stderr).toBe(4);
    expect(writesOf(migration.lab)).toEqual([...wholeMigration.slice(0, 3), rolledBackIn(4)]);
    expect(standing(migration.lab)).toEqual(['CNAME 1 source']);
    const requested = migration.event('rollback-requested');
    expect(requested.because).toMatch(reason);
    const [fault] = migration.lab.scenarioEvents();
    expect(requested.at - (fault?.atMs ?? 0)).toBeGreaterThan(0);
    expect(migration.ticksThatLetTheTargetFail()).toEqual([]);
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
});
