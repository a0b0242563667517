import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.js';
import { hostName } from '../../src/core/record-name.js';
import { Journal } from '../../src/engine/journal.js';
import { rollBack } from '../../src/engine/roll-back.js';
import { tick } from '../../src/engine/tick.js';
import { albTarget, cname, herokuTarget, member, move, providerFailure, value, World, www } from './world.js';

const plainSource = [`CNAME ${herokuTarget} 2`];
const [api, shop] = ['api.example.com', 'shop.example.com'].map((name) => value(hostName(name)));

async function journaled(world: World, id: string): Promise<readonly Event[]> {
  return (await world.journal(id)).map(({ event }) => event);
}

async function alarms(world: World, id: string): Promise<string[]> {
  const events = await journaled(world, id);
  return events.flatMap((event) =>
    event.type === 'alarm-raised' || event.type === 'alarm-cleared' ? [`${event.type} ${event.topic}`] : [],
  );
}

/** Calls `then[n]` right before the zone is read for the nth time from now on. */
function atReadings(world: World, then: Readonly<Record<number, () => void>>): void {
  let readings = 0;
  world.onCall = (call, when) => {
    if (call === 'records' && when === 'before') then[(readings += 1)]?.();
  };
}

/** The target fails; Route 53 takes nothing until it is let. */
async function refused(hosts = [www]): Promise<[World, string]> {
  const world = new World(hosts.map((name) => cname(name, herokuTarget, 5)));
  const id = await world.startedAt(25, { hosts: hosts.map(move) });
  world.health.target = 'failed';
  await world.ticks(id, 1);
  return [world, id];
}

describe('an automatic rollback that is tried again', () => {
  test.each(['throttled', 'busy', 'unavailable', 'timeout', 'denied'] as const)(
    'after it was %s looks at the source again, pages with both numbers, and goes back once it is alive',
    async (reason) => {
      const [world, id] = await refused();
      world.faults.failChange = providerFailure(reason);
      const written = world.batches.length;
      let whileDead = -1;
      atReadings(world, {
        2: () => (world.health.source = 'failed'),
        5: () => (world.faults.failChange = null),
        12: () => {
          whileDead = world.batches.length;
          world.health.source = 'ok';
        },
      });
      await world.runToEnd(id);
      expect(whileDead).toBe(written);
      expect(world.standing(www)).toEqual(plainSource);
      const events = await journaled(world, id);
      const page = events.find((event) => event.type === 'alarm-raised' && event.topic === 'both-failing');
      expect(page?.type === 'alarm-raised' && page.because).toMatch(
        /the source fails.*of 6 failed.*target 6 of 6 failed.*shiftctl rollback/,
      );
      expect(await alarms(world, id)).toContain('alarm-cleared both-failing');
      expect(events.at(-1)).toMatchObject({ type: 'rolled-back', by: 'guard' });
    },
  );

  test('forces nothing to a dead source when the zone cannot be read either', async () => {
    const [world, id] = await refused();
    world.faults.failChange = providerFailure('unavailable');
    world.faults.failRead = providerFailure('unavailable');
    atReadings(world, {
      1: () => (world.health.source = 'failed'),
      5: () => (world.faults.failChange = null),
      12: () => {
        expect(world.standing(www)[0]).toContain('shift-source 75');
        world.health.source = 'ok';
      },
    });
    const stop = new AbortController();
    const before = world.onCall;
    world.onCall = (call, when) => {
      before(call, when);
      if (call === 'change' && world.health.source === 'ok' && world.faults.failChange === null) {
        world.faults.failRead = null;
      }
    };
    await tick(world.engine, id, stop.signal);
    expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
  });

  test('that died before its first call looks at the source when it wakes up later', async () => {
    const [world, id] = await refused();
    world.onCall = (call, when) => {
      if (call === 'change' && when === 'before') throw new Error('killed');
    };
    await expect(world.runToEnd(id)).rejects.toThrow('killed');
    world.pass(600_000);
    world.health.source = 'failed';
    let looks = 0;
    world.onCall = (call) => {
      if (call === 'records' && (looks += 1) === 6) world.health.source = 'ok';
      if (call === 'change') expect(looks).toBeGreaterThan(6);
    };
    expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
  });

  test('goes on at once where a person makes it his own', async () => {
    const [world, id] = await refused();
    world.faults.failChange = providerFailure('throttled');
    const stop = new AbortController();
    atReadings(world, {
      1: () => (world.health.source = 'failed'),
      5: () => (world.faults.failChange = null),
      8: () => {
        stop.abort();
      },
    });
    await tick(world.engine, id, stop.signal);
    world.onCall = () => undefined;
    expect(world.standing(www)[0]).toContain('shift-source 75');
    expect((await world.rollBack(id)).phase).toMatchObject({
      phase: 'draining',
      rollback: { by: 'operator', who: 'ann', share: 25 },
    });
    expect(world.standing(www)).toEqual(plainSource);
  });
});

describe('an automatic rollback of a group', () => {
  test('waits for the source of every host while nothing of it is written', async () => {
    const [world, id] = await refused([www, api!]);
    world.faults.failChange = providerFailure('throttled');
    const source = `${api!} source`;
    const written = world.batches.length;
    let whileDead = -1;
    atReadings(world, {
      2: () => world.healthOf.set(source, 'failed'),
      5: () => (world.faults.failChange = null),
      12: () => {
        whileDead = world.batches.length;
        world.healthOf.clear();
      },
    });
    expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
    expect(whileDead).toBe(written);
  });

  test('does not stop half-way when the sources die after the first host is written', async () => {
    const [world, id] = await refused([www, api!, shop!]);
    let readings = 0;
    world.onCall = (call, when) => {
      if (when !== 'before') return;
      // The first try is refused because of this edit; what is written then is written host by host.
      if (call === 'change' && world.health.source === 'ok')
        world.write([{ action: 'UPSERT', record: member('target', 26 + readings, 2, api) }]);
      if (call !== 'records' || world.standing(www)[0] !== plainSource[0]) return;
      world.health.source = 'failed';
      world.faults.failChange = (readings += 1) < 8 ? providerFailure('throttled') : null;
    };
    const journal = await until(world, id);
    expect(journal.state.phase.phase).toBe('draining');
    expect(world.health.source).toBe('failed');
    for (const name of [www, api!, shop!]) expect(world.standing(name)).toEqual(plainSource);
  });

  test('is not decided while the source of a host whose target is well is down', async () => {
    const world = new World([www, api!].map((name) => cname(name, herokuTarget, 5)));
    const id = await world.startedAt(25, { hosts: [www, api!].map(move) });
    world.healthOf.set(`${www} target`, 'failed');
    world.healthOf.set(`${api!} source`, 'failed');
    expect(await world.ticks(id, 10)).toMatchObject({ share: 25, alarms: ['both-failing'] });
    world.healthOf.delete(`${api!} source`);
    expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
    expect(world.standing(api!)).not.toContain(albTarget);
  });
});

/** Ticks until the guard wants to go back and the loop of the rollback has returned. */
async function until(world: World, id: string): Promise<Journal> {
  for (let ticks = 0; ticks < 10; ticks += 1) {
    await tick(world.engine, id, new AbortController().signal);
    const journal = await Journal.open(world.store, id, null);
    if (journal.state.phase.phase === 'rolling-back')
      await rollBack(world.engine, journal, new AbortController().signal);
    if (journal.state.phase.phase === 'draining') return journal;
    world.pass(1_000);
  }
  throw new Error('it was never written');
}
