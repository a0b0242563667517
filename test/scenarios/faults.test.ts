import { existsSync } from 'node:fs';
import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { patientPolicy, shortPolicy } from './policies.js';
import { WiredLab } from './wired-lab.js';
import { shortMigration, standing, wholeMigration, writesOf } from './writes.js';

type Trouble = 'drop-reply' | 'drop-request' | 'stall' | 'throttle' | 'prior-request-not-complete';

/** What `history` says of each. */
const line: Record<Trouble, RegExp> = {
  'drop-reply': /✔ accepted: the answer was lost, the zone shows the write/g,
  'drop-request': /no clear answer \(route53 ChangeResourceRecordSets, unavailable\)/g,
  stall: /no clear answer \(route53 ChangeResourceRecordSets, timeout\)/g,
  throttle: /call failed \(route53 ChangeResourceRecordSets, throttled\), nothing was written/g,
  'prior-request-not-complete':
    /call failed \(route53 ChangeResourceRecordSets, busy\), nothing was written/g,
};

/** The trouble of each of the six writes, from the take-over to the last one, so that each meets several of them. */
const rounds: readonly (readonly Trouble[])[] = [
  ['drop-reply', 'drop-request', 'throttle', 'drop-reply', 'prior-request-not-complete', 'stall'],
  ['prior-request-not-complete', 'stall', 'drop-reply', 'throttle', 'drop-request', 'drop-reply'],
];

/** A migration at 10 % whose process has died. */
async function abandonedAtTen(): Promise<WiredLab> {
  const world = await WiredLab.open();
  const product = await world.watch(await world.file('patient.yaml', patientPolicy));
  await product.told('settled', 2);
  await product.end('SIGKILL');
  return world;
}

describe.concurrent('a Route 53 in trouble never gets a second write', () => {
  test.for(rounds)('%s, %s, %s, %s, %s, %s', async (troubles) => {
    await using world = await WiredLab.open();
    const product = await world.watch();
    for (const [index, trouble] of troubles.entries()) {
      await world.written(index);
      await world.strikeNextWrite(trouble);
    }
    const { code } = await product.finished();
    const history = await world.history();
    expect({ code, history }).toMatchObject({ code: 0 });
    expect(writesOf(world.lab)).toEqual(wholeMigration);
    expect(standing(world.lab)).toEqual(['CNAME 1 target']);
    for (const trouble of new Set(troubles)) {
      const count = troubles.filter((other) => other === trouble).length;
      // A lost reply is told twice: as a call without a clear answer, and when the zone has shown the write.
      const lost = trouble === 'drop-request' ? troubles.filter((other) => other === 'drop-reply').length : 0;
      expect(history.match(line[trouble]), trouble).toHaveLength(count + lost);
    }
  });

  test('stopped for a while before the take-over, while settling, observing and finalizing', async () => {
    await using world = await WiredLab.open();
    const { faults } = world.lab.route53;
    const product = await world.watch(await world.file('short.yaml', shortPolicy));
    const stopFor = async (ms: number): Promise<void> => {
      faults.add({ kind: 'stopped' });
      await sleep(ms);
      faults.clear('stopped');
    };
    await stopFor(1_000);
    await world.written(2);
    await stopFor(2_000);
    await product.told('settled', 3);
    await stopFor(2_500);
    await world.written(4);
    await stopFor(1_000);
    expect((await product.finished()).code).toBe(0);
    expect(writesOf(world.lab)).toEqual(shortMigration);
    expect(await world.history()).toMatch(/held: the zone cannot be read/);
  });

  test('throttled in one call of three, reads included', async () => {
    await using world = await WiredLab.open();
    const product = await world.watch(await world.file('short.yaml', shortPolicy));
    await world.written(1);
    world.lab.route53.faults.add({ kind: 'throttle', fraction: 1 / 3 });
    expect((await product.finished()).code).toBe(0);
    expect(writesOf(world.lab)).toEqual(shortMigration);
  });
});

describe.concurrent('an operator who rolls back through a Route 53 in trouble', () => {
  test.for(Object.keys(line) as Trouble[])(
    '%s: tries again until it is done, and writes once',
    async (trouble) => {
      await using world = await abandonedAtTen();
      const struck = world.strikeNextWrite(trouble);
      const { code, stdout } = await world.run(['rollback', world.lab.host, '--reason', 'the shop is down']);
      await struck;
      expect(stdout).toMatch(
        /^rolled back; after the request:\n {2}accepted +\+\S+ +Route 53 took the change$/m,
      );
      expect(code).toBe(0);
      expect(writesOf(world.lab).map(({ gives }) => gives)).toEqual([0, 10, 'source']);
      expect(standing(world.lab)).toEqual(['CNAME 1 source']);
      expect(await world.history()).toContain('the shop is down');
    },
  );

  test('stopped for five seconds: waits for it', async () => {
    await using world = await abandonedAtTen();
    world.lab.route53.faults.add({ kind: 'stopped' });
    const rollback = await world.start(['rollback', world.lab.host]);
    await sleep(5_000);
    expect(rollback.isOver).toBe(false);
    world.lab.route53.faults.clear('stopped');
    expect(await rollback.finished()).toMatchObject({ code: 0 });
    expect(standing(world.lab)).toEqual(['CNAME 1 source']);
  });
});

/** What a backup or a hasty `chmod -R` leaves of a state directory, and what a person's rollback says about it. */
const openStates = [
  {
    to: 'a group may read',
    modes: { directory: 0o750, files: 0o640 },
    because: /others may read \S+shift\.db\b/,
    isFromZone: false,
    left: 0o600,
  },
  {
    to: 'a group may write',
    modes: { directory: 0o770, files: 0o660 },
    because: /others may write \S+\/state /,
    isFromZone: true,
    left: 0o660,
  },
] as const;

describe.concurrent('a state directory', () => {
  test.for(openStates)(
    'fault 31: that $to: a tick leaves it alone, and the rollback that a person types is made all the same',
    async ({ modes, because, isFromZone, left }) => {
      await using world = await abandonedAtTen();
      const journal = join(world.stateDirectory, 'shift.db');
      const beside = [`${journal}-wal`, `${journal}-shm`].filter((path) => existsSync(path));
      for (const path of [journal, ...beside]) await chmod(path, modes.files);
      await chmod(world.stateDirectory, modes.directory);
      const tick = await world.run(['tick', '--all']);
      expect(tick).toMatchObject({ code: 3, stderr: expect.stringMatching(because) as string });
      const rollback = await world.run(['rollback', world.lab.host, '--reason', 'the shop is down']);
      expect(rollback.stdout).toMatch(/^accepted: /m);
      expect(rollback.code).toBe(0);
      expect(/rolling back from the zone alone$/m.test(rollback.stderr)).toBe(isFromZone);
      expect(writesOf(world.lab).map(({ gives }) => gives)).toEqual([0, 10, 'source']);
      expect(standing(world.lab)).toEqual(['CNAME 1 source']);
      expect((await stat(journal)).mode & 0o777).toBe(left);
      expect((await world.history()).includes('the shop is down')).toBe(!isFromZone);
    },
  );
});
