import { describe, expect, test } from 'vitest';
import type { MigrationState } from '../../src/core/migration-state.js';
import { hostName } from '../../src/core/record-name.js';
import {
  albTarget,
  cname,
  herokuTarget,
  move,
  operator,
  policyOf,
  policyText,
  providerFailure,
  value,
  World,
  www,
} from './world.js';

const quickAsk = (onAsk: string): string =>
  policyText.replace('maxHold: 30s', `maxHold: 5s, onAsk: ${onAsk}`);

function dwellFrom({ phase }: MigrationState): number {
  if (phase.phase === 'waiting') return phase.observing.dwellFrom;
  if (phase.phase !== 'observing') throw new Error(phase.phase);
  return phase.dwellFrom;
}

describe('evidence that is missing', () => {
  test.each(['unknown', 'silent'] as const)(
    '%s probes never promote: the gate asks, and goes on when told to',
    async (health) => {
      const world = new World();
      const id = await world.startedAt(10);
      world.health.target = health;
      const asked = await world.runUntil(id, ({ phase }) => phase.phase === 'waiting');
      expect(asked).toMatchObject({
        share: 10,
        phase: { because: expect.stringContaining('target') as unknown },
      });
      expect((await world.ticks(id, 20)).phase.phase).toBe('waiting');
      world.health.target = 'ok';
      expect((await world.ticks(id, 20)).phase.phase).toBe('waiting');
      value(await world.migrations.resume(id, operator));
      expect((await world.runToEnd(id)).phase.phase).toBe('completed');
    },
  );

  test('asks only after dwell and maxHold, and the clock of asking begins again when it is resumed', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    world.health.target = 'unknown';
    const beganAt = dwellFrom(await world.state(id));
    await world.runUntil(id, ({ phase }) => phase.phase === 'waiting');
    expect(world.now - 1_000 - beganAt).toBe(36_000);
    value(await world.migrations.resume(id, operator));
    const resumedAt = world.now;
    await world.runUntil(id, ({ phase }) => phase.phase === 'waiting');
    expect(world.now - 1_000 - resumedAt).toBe(36_000);
  });

  test('rolls back instead of asking when the policy says so', async () => {
    const world = new World();
    const id = await world.startedAt(10, { policy: policyOf(quickAsk('rollback')) });
    world.health.target = 'unknown';
    const state = await world.runToEnd(id);
    expect(state.phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('asks all the same when the source was not seen alive: nothing goes back to it unseen', async () => {
    const world = new World();
    const id = await world.startedAt(10, { policy: policyOf(quickAsk('rollback')) });
    world.health.source = 'silent';
    world.pass(130_000);
    const state = await world.runUntil(id, ({ phase }) => phase.phase === 'waiting');
    expect(state).toMatchObject({ share: 10, phase: { phase: 'waiting' } });
  });
});

describe('the guard', () => {
  test('holds and alarms while both sides fail, and says when that is over', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.health.source = world.health.target = 'failed';
    await world.ticks(id, 20);
    expect(await world.state(id)).toMatchObject({ share: 25, alarms: ['both-failing'] });
    world.health.source = world.health.target = 'ok';
    expect((await world.ticks(id, 5)).alarms).toEqual([]);
    expect((await world.runToEnd(id)).phase.phase).toBe('completed');
  });

  test('rolls back as soon as the source has recovered and the target has not', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.health.source = world.health.target = 'failed';
    await world.ticks(id, 5);
    world.health.source = 'ok';
    expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
  });

  test('only alarms when the source fails alone', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.health.source = 'failed';
    expect(await world.ticks(id, 30)).toMatchObject({ share: 25, alarms: ['source-failing'] });
  });

  test.each(['paused', 'waiting', 'settling', 'finalizing'])('rolls back while %s', async (where) => {
    const world = new World();
    const id = await world.startedAt(where === 'finalizing' ? 100 : 10);
    if (where === 'paused') value(await world.migrations.pause(id, operator));
    if (where === 'waiting') world.health.target = 'unknown';
    if (where !== 'paused') await world.runUntil(id, ({ phase }) => phase.phase === where);
    world.health.target = 'failed';
    const state = await world.runToEnd(id);
    expect(state.phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('has nothing to roll back before traffic moves: a failing target is simply not promoted to', async () => {
    const world = new World();
    const id = await world.startedAt(0);
    world.health.target = 'failed';
    expect(await world.ticks(id, 10)).toMatchObject({ share: 0, phase: { phase: 'observing' } });
  });
});

describe('a pause', () => {
  test('lets nothing advance, however healthy, until it is resumed', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    value(await world.migrations.pause(id, operator));
    const written = world.batches.length;
    expect(await world.ticks(id, 60)).toMatchObject({ share: 10, phase: { phase: 'observing' } });
    expect(world.batches).toHaveLength(written);
    value(await world.migrations.resume(id, operator));
    expect((await world.runToEnd(id)).phase.phase).toBe('completed');
  });

  test('made while a write is open still learns what became of it', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    world.faults.dropReply = 1;
    await world.runUntil(id, (state) => state.openIntent !== null);
    value(await world.migrations.pause(id, operator));
    expect(await world.ticks(id, 30)).toMatchObject({
      share: 25,
      openIntent: null,
      phase: { phase: 'observing' },
    });
  });

  test('before the take-over keeps the zone untouched', async () => {
    const world = new World();
    const id = await world.startedAt(-1);
    value(await world.migrations.pause(id, operator));
    await world.ticks(id, 10);
    expect(world.batches).toEqual([]);
  });
});

describe('a gap', () => {
  const gaps: Record<string, (world: World) => void> = {
    'nobody looked': (world) => world.pass(11_000),
    'the wall clock jumped forward': (world) => (world.now += 86_400_000),
    'the wall clock jumped back': (world) => (world.now -= 3_600_000),
    'the machine was off for long': (world) => {
      world.bootId = 'boot-2';
      world.monotonic = 7_000;
      world.now += 60_000;
    },
  };

  test.each(Object.entries(gaps))(
    '(%s) begins the dwell again and needs fresh evidence',
    async (_name, jump) => {
      const world = new World();
      const id = await world.startedAt(10);
      await world.ticks(id, 4);
      jump(world);
      const found = await world.tick(id);
      expect(found.events).toContainEqual(expect.objectContaining({ type: 'gap-found' }));
      expect(dwellFrom(found.state)).toBeGreaterThanOrEqual(world.now - 1_000);
      expect(found.state.probes).toEqual([]);
      const promoted = await world.runUntil(id, (state) => state.openIntent !== null || state.share > 10);
      expect(world.now - dwellFrom(found.state)).toBeGreaterThanOrEqual(6_000);
      expect(promoted.phase.phase).not.toBe('waiting');
    },
  );

  test('another boot soon after is none: only wall time can be compared', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    world.bootId = 'boot-2';
    world.monotonic += 500_000;
    expect((await world.tick(id)).events).not.toContainEqual(expect.objectContaining({ type: 'gap-found' }));
  });

  test('rolls back first on what was seen in it', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    await world.ticks(id, 3);
    world.health.target = 'failed';
    await world.tick(id);
    world.pass(60_000);
    const { events } = await world.tick(id);
    expect(events[0]).toMatchObject({ type: 'rollback-requested', by: 'guard' });
  });

  test('while it waits or a step is open begins the dwell again too', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    world.health.target = 'unknown';
    await world.runUntil(id, ({ phase }) => phase.phase === 'waiting');
    world.pass(60_000);
    const waiting = await world.tick(id);
    expect(dwellFrom(waiting.state)).toBeGreaterThan(world.now - 2_000);
    world.health.target = 'ok';
    value(await world.migrations.resume(id, operator));
    world.faults.holdRequest = true;
    await world.runUntil(id, (state) => state.openIntent !== null);
    world.pass(60_000);
    const gapAt = world.now;
    world.faults.holdRequest = false;
    world.faults.failRead = providerFailure('timeout');
    await world.tick(id);
    world.faults.failRead = null;
    const { state } = await world.tick(id);
    expect(dwellFrom(state)).toBeGreaterThanOrEqual(gapAt);
  });

  test('is told once', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    world.pass(60_000);
    await world.ticks(id, 5);
    expect(world.events.filter(({ type }) => type === 'gap-found')).toHaveLength(1);
  });
});

describe('several hosts', () => {
  const names = ['www.example.com', 'api.example.com', 'shop.example.com'];
  const hosts = names.map((name) => value(hostName(name)));

  const group = async (share: number, count: number): Promise<[World, string]> => {
    const world = new World(names.map((name) => cname(name, herokuTarget, 5)));
    return [world, await world.startedAt(share, { hosts: hosts.slice(0, count).map(move) })];
  };

  test.each([2, 3])('%s of them move in one batch each time', async (count) => {
    const [world, id] = await group(-1, count);
    expect((await world.runToEnd(id)).phase.phase).toBe('completed');
    expect(world.batches).toHaveLength(6);
    for (const { changes } of world.batches) {
      const created = changes.filter(({ action }) => action === 'CREATE').map(({ record }) => record.name);
      expect(new Set(created).size).toBe(2 * count);
    }
    for (const name of hosts.slice(0, count)) expect(world.standing(name)).toEqual([`CNAME ${albTarget} 5`]);
  });

  test('none moves when the batch is refused for one', async () => {
    const [world, id] = await group(10, 2);
    const other = {
      name: hosts[1],
      type: 'CNAME',
      setIdentifier: 'shift-target',
      weight: 11,
      ttl: 2,
      values: [albTarget],
    };
    world.onCall = (call, when) => {
      if (call === 'change' && when === 'before') world.write([{ action: 'UPSERT', record: other }]);
    };
    const state = await world.runUntil(id, ({ phase }) => phase.phase === 'halted');
    expect(state).toMatchObject({ share: 10, phase: { cause: 'drift' } });
    expect(world.standing(www).join()).toContain('shift-target 10');
  });

  test.each([2, 3])('%s of them wait for the slowest', async (count) => {
    const [world, id] = await group(10, count);
    world.healthOf.set(`${hosts[count - 1]!} target`, 'silent');
    expect(await world.ticks(id, 30)).toMatchObject({ share: 10 });
    world.healthOf.clear();
    expect((await world.runUntil(id, (state) => state.share === 25)).share).toBe(25);
  });

  test.each([2, 3])('%s of them go back together when one fails', async (count) => {
    const [world, id] = await group(25, count);
    world.healthOf.set(`${hosts[count - 1]!} target`, 'failed');
    const written = world.batches.length;
    expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
    expect(world.batches).toHaveLength(written + 1);
    for (const name of hosts.slice(0, count))
      expect(world.standing(name)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('go back one by one when the first try is refused, and it ends', async () => {
    const [world, id] = await group(25, 3);
    world.write([
      {
        action: 'UPSERT',
        record: {
          name: hosts[1],
          type: 'CNAME',
          setIdentifier: 'shift-target',
          weight: 80,
          ttl: 2,
          values: [albTarget],
        },
      },
    ]);
    await world.rollBack(id);
    expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'operator' });
    for (const name of hosts) expect(world.standing(name)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('go back although the writes of one are refused again and again', async () => {
    const [world, id] = await group(25, 3);
    let calls = 0;
    world.onCall = (call, when) => {
      if (call !== 'change') return;
      calls += 1;
      if (when === 'before' && calls < 12) {
        world.write([
          {
            action: 'UPSERT',
            record: {
              name: hosts[0],
              type: 'CNAME',
              setIdentifier: 'shift-target',
              weight: 30 + calls,
              ttl: 2,
              values: [albTarget],
            },
          },
        ]);
      }
    };
    const stop = new AbortController();
    let waits = 0;
    const calm = world.onCall;
    world.onCall = (call, when) => {
      if (call === 'records' && (waits += 1) === 2) stop.abort();
      calm(call, when);
    };
    await world.migrations.rollBack(id, operator, stop.signal);
    expect(world.standing(hosts[1]!)).toEqual([`CNAME ${herokuTarget} 2`]);
    expect(world.standing(hosts[2]!)).toEqual([`CNAME ${herokuTarget} 2`]);
    world.onCall = () => undefined;
    expect((await world.runToEnd(id)).phase.phase).toBe('rolled-back');
  });
});
