import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { askingPolicy, instantPolicy, patientPolicy } from './policies.js';
import { withoutSlowDisk } from './product.js';
import { WiredLab } from './wired-lab.js';
import { changesOf, recordsAt, standing, wholeMigration, writesOf } from './writes.js';

describe.concurrent('the exit code says how it stands', () => {
  test('4 when the guard rolled back, from start --watch, and from tick and status when asked', async () => {
    await using world = await WiredLab.open();
    const product = await world.watch(await world.file('patient.yaml', patientPolicy));
    await product.told('settled', 2);
    await world.lab.target.origin.change({ errors: { status: 503, fraction: 1 } });
    const { code, stderr } = await product.finished();
    expect({ code, stderr: withoutSlowDisk(stderr) }).toEqual({ code: 4, stderr: '' });
    expect(standing(world.lab)).toEqual(['CNAME 1 source']);
    expect(await codes(world)).toEqual({ tick: 0, tickAsked: 4, status: 0, statusAsked: 4 });
    expect(await world.history()).toMatch(
      /rollback requested by the guard: .*the target fails its probes .*503/,
    );
  });

  test('4 when an operator rolled back in another process, even before this one could look again', async () => {
    await using world = await WiredLab.open();
    const product = await world.watch(await world.file('patient.yaml', patientPolicy));
    await product.told('change-accepted');
    product.signal('SIGSTOP');
    await world.succeed(['rollback', world.lab.host, '--reason', 'a doubt']);
    product.signal('SIGCONT');
    expect((await product.finished()).code).toBe(4);
    const told = product.events.map(({ type }) => type);
    expect(told.filter((type) => type === 'rollback-requested')).toHaveLength(1);
    expect(told.at(-1)).toBe('rolled-back');
    expect(writesOf(world.lab).map(({ gives }) => gives)).toEqual([0, 'source']);
  });

  test('5 when the gate wants a person', async () => {
    await using world = await WiredLab.open();
    const product = await world.watch(await world.file('asking.yaml', askingPolicy));
    expect((await product.finished()).code).toBe(5);
    expect(await codes(world)).toEqual({ tick: 0, tickAsked: 5, status: 0, statusAsked: 5 });
    expect(writesOf(world.lab)).toEqual(wholeMigration.slice(0, 1));
  });

  test('6 when someone changed the records, and nothing is written over it', async () => {
    await using world = await WiredLab.open();
    const product = await world.watch();
    await product.told('settled', 2);
    const [member] = recordsAt(world.lab, `${world.lab.host}.`);
    const byHand = { action: 'UPSERT', record: { ...member!, weight: 77 } };
    expect(world.lab.zones.change(world.lab.zoneId, [byHand])).toMatchObject({ kind: 'accepted' });
    expect((await product.finished()).code).toBe(6);
    expect(await codes(world)).toEqual({ tick: 0, tickAsked: 6, status: 0, statusAsked: 6 });
    expect(writesOf(world.lab)).toEqual(wholeMigration.slice(0, 2));
    expect(await world.history()).toContain('halted (drift, 1 record differs)');
    expect((await world.status()).differences).toContainEqual(expect.stringContaining('weight 77'));
  });

  test('fault 33: 6 for a controller on an old copy of the state: it is fenced and writes nothing', async () => {
    await using world = await WiredLab.open();
    const product = await world.watch();
    await product.told('change-accepted', 2);
    await product.end('SIGKILL');
    const SHIFT_STATE_DIR = await world.copyState('restored');
    await world.tickUntil(/moving to 25%/);
    const before = changesOf(world.lab).length;
    const fenced = await world.run(['tick', '--exit-code'], { SHIFT_STATE_DIR });
    expect(fenced.code).toBe(6);
    expect(fenced.stdout).toContain('another controller writes here');
    expect((await world.run(['tick', '--exit-code'], { SHIFT_STATE_DIR })).code).toBe(6);
    expect(changesOf(world.lab)).toHaveLength(before);
  });

  test('6 for a second migration of the same host', async () => {
    await using world = await WiredLab.open();
    await world.begin();
    const second = await world.run([...world.request('start'), '--yes']);
    expect(second.code).toBe(6);
    expect(second.stderr).toContain('www.example.com is in the live migration');
  });

  test('6 for an operator who resumes what is not paused', async () => {
    await using world = await WiredLab.open();
    await world.begin();
    const resumed = await world.run(['resume']);
    expect(resumed.code).toBe(6);
    expect(resumed.stderr).toContain('only a paused or waiting migration can be resumed');
  });

  test('7 when Route 53 or Heroku cannot be reached', async () => {
    await using world = await WiredLab.open();
    const withoutHeroku = await world.run(world.request('plan'), { HEROKU_HOST: 'http://127.0.0.1:9' });
    expect(withoutHeroku.code).toBe(7);
    expect(withoutHeroku.stderr).toContain('nothing was changed');
    world.lab.route53.faults.add({ kind: 'stopped' });
    for (const args of [world.request('plan'), [...world.request('start'), '--yes']]) {
      const { code, stderr } = await world.run(args);
      expect(code).toBe(7);
      expect(stderr).toMatch(/route53 .*could not be reached[^]*nothing was changed/);
    }
  });

  test('3 when Route 53 denies', async () => {
    await using world = await WiredLab.open();
    world.lab.route53.faults.add({ kind: 'access-denied' });
    const { code, stderr } = await world.run(world.request('plan'));
    expect(code).toBe(3);
    expect(stderr).toContain('the AWS credentials may not call route53:');
  });

  test('fault 59: 8 after SIGTERM, within ten seconds even in the middle of a write, and a tick goes on', async () => {
    await using world = await WiredLab.open();
    const product = await world.watch(
      await world.file('one.yaml', instantPolicy.replace('10, 25, 50, 100', '100')),
    );
    await product.told('change-accepted');
    await world.strikeNextWrite('stall');
    const sentAt = Date.now();
    const { code, stderr } = await product.end('SIGTERM');
    expect(Date.now() - sentAt).toBeLessThan(10_000);
    expect({ code, stderr }).toMatchObject({ code: 8 });
    expect(stderr).toContain('Go on: shiftctl daemon');
    await world.tickUntil(/✔ completed/);
    expect(writesOf(world.lab).map(({ gives }) => gives)).toEqual([0, 100, 'target']);
    expect(await codes(world)).toEqual({ tick: 0, tickAsked: 0, status: 0, statusAsked: 0 });
  });

  test('8 when the reader of start --watch goes away, and the migration stays where it is', async () => {
    await using world = await WiredLab.open();
    const product = await world.watch();
    await product.told('change-accepted');
    product.stopReading();
    expect((await product.finished()).code).toBe(8);
    await sleep(500);
    expect(writesOf(world.lab).length).toBeLessThan(wholeMigration.length);
  });
});

/** What `tick` and `status` end with, by themselves and with `--exit-code`. */
async function codes(world: WiredLab): Promise<Record<string, number>> {
  const codeOf = async (...args: string[]): Promise<number> =>
    (await world.run([...args, world.lab.host])).code;
  return {
    tick: await codeOf('tick'),
    tickAsked: await codeOf('tick', '--exit-code'),
    status: await codeOf('status'),
    statusAsked: await codeOf('status', '--exit-code'),
  };
}
