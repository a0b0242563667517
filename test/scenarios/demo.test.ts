import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.js';
import { ensureBuilt, mainPath } from './build.js';
import { WatchedMigration } from './watched-migration.js';
import { markerOf, standing, wholeMigration, writesOf } from './writes.js';

/** INSYNC of the lab, and what a busy machine adds. */
const propagationMs = 1_250;

/** How far the users' share may be from the set one: two hundred resolvers draw, and a few keep old answers. */
const usersTolerance = 12;

// One after the other: two worlds of two hundred users each are too many for a small machine.
describe('a whole migration under lab.yaml, watched at every name server', () => {
  test(
    'healthy: all stages in order, finalized within 90 seconds, users follow each of them',
    { timeout: 150_000 },
    async () => {
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
    },
  );

  test(
    'target-errors: the guard takes everything back within seconds of the first errors at 25 %',
    { timeout: 120_000 },
    async () => {
      await using migration = await WatchedMigration.open({ scenario: 'target-errors', seed: 'demo' });
      await migration.run('lab');
      const { lab, events, statuses } = migration;
      expect(migration.findings(propagationMs)).toEqual([]);
      expect(migration.code, migration.stderr).toBe(4);
      expect(migration.stderr).toBe('');

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
      expect(requested.because).toContain('503');
      expect(requested.at - (fault?.atMs ?? 0)).toBeGreaterThan(0);
      expect(requested.at - (fault?.atMs ?? 0)).toBeLessThan(4_000);
      const rollback = statuses.at(-1)?.rollback;
      expect(statuses.at(-1)).toMatchObject({ phase: 'rolled-back', share: 0 });
      expect((rollback?.acceptedAt ?? Infinity) - requested.at).toBeLessThan(1_000);
      expect((rollback?.cleanAt ?? Infinity) - requested.at).toBeLessThan(4_000);
      // It stays until caches that keep to the TTL have forgotten the target; the few users left are those that overstay.
      expect(lab.measuredShare(1)?.targetPercent).toBeLessThan(usersTolerance);
      await expectReasons(migration);
    },
  );

  test(
    'demo without a terminal prints one line per event, ends with 4, and ignores the settings around it',
    { timeout: 120_000 },
    async () => {
      const { code, stdout, stderr } = await runDemo(['--scenario', 'target-errors']);
      expect(stderr).toBe('');
      expect(code).toBe(4);
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
      const lines = stdout.split('\n').filter((line) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /.test(line));
      const told = lines.map((line) => line.slice('2026-01-01 00:00:00 '.length));
      const steps = [
        '◌ taking over (generation 1)',
        '◌ moving to 10% (generation 2)',
        '◌ moving to 25% (generation 3)',
        '↺ rollback requested by the guard: www.example.com: the target fails its probes',
        '✔ rollback written',
        '↺ rolled back',
      ];
      const found = steps.map((step) => told.findIndex((line) => line.startsWith(step)));
      expect(found).not.toContain(-1);
      expect(found).toEqual(found.toSorted((a, b) => a - b));
      expect(told[found[3]!]).toMatch(/\[set \d+%, name servers \d+%, users \d+%\]$/);
    },
  );
});

/** The shares that were observed, in order. */
function sharesObserved(events: readonly Event[]): readonly number[] {
  let share = 0;
  return events.flatMap((event) => {
    if (event.type === 'intent-opened') share = event.intent.share;
    return event.type === 'settled' ? [share] : [];
  });
}

/** The journal is whole, and says for every step and every stop why. */
async function expectReasons(migration: WatchedMigration): Promise<void> {
  const { code, stdout } = await migration.verb('history', migration.lab.host, '-o', 'json');
  expect(code).toBe(0);
  const { entries } = JSON.parse(stdout) as { entries: { event: Event }[] };
  const reasons = entries.flatMap(({ event }) => ('because' in event ? [event.because] : []));
  expect(reasons.length).toBeGreaterThanOrEqual(4);
  for (const reason of reasons) expect(reason).toMatch(/\w{3}/);
  const told = await migration.verb('history', migration.lab.host, '--verify');
  expect(told.code).toBe(0);
  for (const reason of reasons) expect(told.stdout).toContain(reason);
  expect(told.stdout).toContain('the hash chain is whole');
}

/** The built program's `demo` with settings around it that lead elsewhere. */
async function runDemo(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  await ensureBuilt();
  const { PATH = '', HOME = '' } = process.env;
  const elsewhere = {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_PROFILE: 'no-such-profile',
    AWS_ACCESS_KEY_ID: 'nobody',
    HEROKU_API_KEY: 'nobody',
    SHIFT_RESOLVER: '127.0.0.1:9',
    SHIFT_DNS_PORT: '9',
  };
  const child = spawn(process.execPath, [mainPath, 'demo', ...args], {
    env: { PATH, HOME, ...elsewhere },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? -1));
  });
  return { code, stdout, stderr };
}
