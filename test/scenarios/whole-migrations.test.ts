import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { instantPolicy, patientPolicy, shortPolicy } from './policies.js';
import { longestMigrationMs, type Product } from './product.js';
import { WiredLab } from './wired-lab.js';
import {
  changesOf,
  markerOf,
  recordsAt,
  shortMigration,
  standing,
  stepsThrough,
  wholeMigration,
  writesOf,
} from './writes.js';

const fromAws = { direction: 'aws-to-heroku' } as const;

/** A migration that was started and is driven by nobody yet. */
async function begun(policy: string): Promise<WiredLab> {
  const world = await WiredLab.open();
  await world.begin(await world.file('policy.yaml', policy));
  return world;
}

async function settledAtTen(world: WiredLab, daemon: Product): Promise<void> {
  await world.written(2);
  await daemon.until('10 % to settle', () => daemon.stdout.split('✔ settled').length > 2);
}

/** Epoch milliseconds at which each batch came into force. */
function commitTimes({ lab }: WiredLab): readonly number[] {
  return changesOf(lab).flatMap(({ committed, atMs }) => (committed === undefined ? [] : [atMs]));
}

describe.concurrent('from AWS to Heroku', () => {
  // First, because resolvers keep an alias to a load balancer for a minute, and the take-over waits for them.
  test('from an alias A and AAAA', async () => {
    await using world = await WiredLab.open({ ...fromAws, initialRecords: 'alias' });
    const atOnce = instantPolicy.replace('10, 25, 50, 100', '100');
    const product = await world.watch(await world.file('at-once.yaml', atOnce));
    await product.told('change-accepted');
    expect(standing(world.lab)).toEqual(['CNAME 1 weight 100 source', 'CNAME 1 weight 0 target']);
    expect((await product.finished()).code).toBe(0);
    expect(writesOf(world.lab)).toEqual(stepsThrough([100]));
    expect(standing(world.lab)).toEqual(['CNAME 300 target']);
    const [takenOver, firstStage] = commitTimes(world);
    expect(firstStage! - takenOver!).toBeGreaterThan(60_000);
  });

  test('from a simple CNAME', async () => {
    await using world = await WiredLab.open(fromAws);
    const product = await world.watch();
    expect((await product.finished()).code).toBe(0);
    expect(writesOf(world.lab)).toEqual(wholeMigration);
    expect(standing(world.lab)).toEqual(['CNAME 1 target']);
    expect(markerOf(world.lab)).toContain('state=ended gen=6 ');
  });

  test('from an alias A alone, rolled back to the plain CNAME of the same load balancer', async () => {
    await using world = await WiredLab.open({ ...fromAws, initialRecords: 'alias' });
    const aaaa = recordsAt(world.lab, `${world.lab.host}.`).filter(({ type }) => type === 'AAAA');
    const removal = aaaa.map((record) => ({ action: 'DELETE', record }));
    expect(world.lab.zones.change(world.lab.zoneId, removal)).toMatchObject({ kind: 'accepted' });
    const product = await world.watch();
    await product.told('change-accepted');
    expect(standing(world.lab)).toEqual(['CNAME 1 weight 100 source', 'CNAME 1 weight 0 target']);
    await world.succeed(['rollback', world.lab.host]);
    expect((await product.finished()).code).toBe(4);
    expect(writesOf(world.lab).map(({ gives }) => gives)).toEqual([0, 'source']);
    expect(standing(world.lab)).toEqual(['CNAME 1 source']);
  });
});

describe.concurrent('driven by daemons and ticks', () => {
  test('a daemon drives it to its end, and a completed one can be rolled back', async () => {
    await using world = await begun(instantPolicy);
    const daemon = await world.start(['daemon']);
    await daemon.until('the end', () => daemon.stdout.includes('✔ completed'), longestMigrationMs);
    expect(writesOf(world.lab)).toEqual(wholeMigration);
    expect(standing(world.lab)).toEqual(['CNAME 1 target']);

    const back = await world.succeed(['rollback', world.lab.host, '--reason', 'orders are missing']);
    expect(back.stdout).toContain('accepted: www.example.com goes back to the source');
    expect(writesOf(world.lab).slice(6)).toEqual([{ generation: 7, gives: 'source', state: 'ended' }]);
    expect(standing(world.lab)).toEqual(['CNAME 1 source']);
    expect((await world.status()).phase).toBe('rolled-back');
    expect((await daemon.end('SIGTERM')).code).toBe(8);
  });

  test('fault 38: a second daemon ends at once, and ticks beside the first make every step once', async () => {
    await using world = await begun(shortPolicy);
    const daemon = await world.start(['daemon']);
    await daemon.until('it to begin', () => daemon.stderr.includes('shiftctl: daemon on '));
    const second = await world.run(['daemon']);
    expect({ code: second.code, stderr: second.stderr }).toMatchObject({ code: 6 });
    expect(second.stderr).toContain(
      'another daemon already drives every migration of this directory (process ',
    );
    for (let rounds = 0; rounds < 40 && (await world.status()).phase !== 'completed'; rounds += 1) {
      const ticks = await Promise.all([world.run(['tick']), world.run(['tick'])]);
      for (const { code, stderr } of ticks) expect(code, stderr).toBe(0);
      await sleep(1_000);
    }
    expect(writesOf(world.lab)).toEqual(shortMigration);
    expect((await daemon.end('SIGTERM')).code).toBe(8);
    expect(await world.history()).toContain('the hash chain is whole');
  });

  test('fault 59: SIGTERM ends a daemon within ten seconds, and the next tick goes on where it was', async () => {
    await using world = await begun(instantPolicy);
    const daemon = await world.start(['daemon']);
    await world.written(2);
    const sentAt = Date.now();
    const { code, stderr } = await daemon.end('SIGTERM');
    expect({ code, stderr }).toMatchObject({ code: 8 });
    expect(stderr).toContain('goes on with the next daemon or tick');
    expect(Date.now() - sentAt).toBeLessThan(10_000);
    await world.tickUntil(/✔ accepted/);
    expect(writesOf(world.lab)).toEqual(wholeMigration.slice(0, 3));
  });
});

describe.concurrent('an operator beside a running daemon', () => {
  test('pauses and resumes', async () => {
    await using world = await begun(instantPolicy);
    const daemon = await world.start(['daemon']);
    await world.written(2);
    const paused = await world.succeed(['pause', world.lab.host, '--reason', 'a release is going out']);
    expect(paused.stdout).toMatch(/^paused at 10%/);
    await sleep(5_000);
    expect(writesOf(world.lab)).toEqual(wholeMigration.slice(0, 2));
    const status = await world.status();
    expect(status).toMatchObject({ share: 10, paused: { because: 'a release is going out' } });
    const resumed = await world.succeed(['resume', world.lab.host, '--reason', 'the release is out']);
    expect(resumed.stdout).toMatch(/^resumed at 10%/);
    await world.written(3);
    await daemon.end('SIGTERM');
    const history = await world.history();
    expect(history).toMatch(/paused by .*: a release is going out/);
    expect(history).toMatch(/resumed by .*: the release is out/);
    expect(writesOf(world.lab)).toEqual(wholeMigration.slice(0, 3));
  });

  test('fault 40: rolls back in the middle of a stage; the daemon writes nothing more', async () => {
    await using world = await begun(patientPolicy);
    const daemon = await world.start(['daemon']);
    await settledAtTen(world, daemon);
    await world.succeed(['rollback', world.lab.host, '--reason', 'errors in the shop']);
    expect(standing(world.lab)).toEqual(['CNAME 1 source']);
    await sleep(2_000);
    await daemon.end('SIGTERM');
    expect(writesOf(world.lab).map(({ gives }) => gives)).toEqual([0, 10, 'source']);
    expect((await world.status()).phase).toBe('rolled-back');
    expect(await world.history()).toMatch(/rollback requested by operator .*: errors in the shop/);
  });

  test('sees the guard roll back while paused', async () => {
    await using world = await begun(patientPolicy);
    const daemon = await world.start(['daemon']);
    await settledAtTen(world, daemon);
    await world.succeed(['pause', world.lab.host]);
    await world.lab.target.origin.change({ dead: true });
    await daemon.until('the rollback', () => daemon.stdout.includes('↺ rolled back'));
    expect(standing(world.lab)).toEqual(['CNAME 1 source']);
  });
});
