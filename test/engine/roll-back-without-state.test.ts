import { describe, expect, test } from 'vitest';
import { hostName } from '../../src/core/record-name.js';
import { rollBackWithoutState, type StatelessRequest } from '../../src/engine/roll-back-without-state.js';
import { albTarget, cname, herokuTarget, move, providerFailure, value, World, www } from './world.js';

const host = 'www.example.com.';

function roll(world: World, change: Partial<StatelessRequest> = {}): ReturnType<typeof rollBackWithoutState> {
  const { zones, clock, ids, log } = world.engine;
  const request = { host: www, to: null, only: false, zoneId: null, ...change };
  return rollBackWithoutState({ zones, clock, ids, log }, request, AbortSignal.timeout(10_000));
}

async function worldAt(share: number): Promise<World> {
  const world = new World();
  const { plan } = await world.start();
  await world.runUntil(plan.id, (state) => state.phase.phase === 'observing' && state.share === share);
  return world;
}

describe('a rollback without the journal', () => {
  test.each([10, 25, 50, 100])('reads the old side from the pair at %i%%', async (share) => {
    const world = await worldAt(share);
    const { written } = value(await roll(world));
    expect(written).toHaveLength(1);
    expect(world.standing(host)).toEqual([`CNAME ${herokuTarget} 2`]);
    expect(world.standing(`_shift.${host}`).join()).toContain('state=ended');
  });

  test('fault 34: fences the controller that still runs, which takes it as put back and never advances again', async () => {
    const world = await worldAt(25);
    await roll(world);
    const [row] = await world.store.list();
    const sent = world.requests.length;
    const { phase } = await world.ticks(row?.id ?? '', 40);
    expect(phase).toMatchObject({ phase: 'rolled-back', by: 'person' });
    expect(world.requests).toHaveLength(sent);
    expect(world.standing(host)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('may be repeated: the second one writes nothing', async () => {
    const world = await worldAt(25);
    await roll(world, { to: null });
    const before = world.batches.length;
    const again = value(await roll(world, { to: herokuTarget }));
    expect(world.batches).toHaveLength(before);
    expect(again).toEqual({ written: ['www.example.com already points at the old side'], untouched: [] });
  });

  test('puts back the other hosts of a group when one may not be written, and says which', async () => {
    const api = value(hostName('api.example.com'));
    const world = new World([cname(www, herokuTarget, 5), cname(api, herokuTarget, 5)]);
    await world.startedAt(25, { hosts: [move(www), move(api)] });
    world.faults.failOnly = www;
    world.faults.failChange = providerFailure('denied');
    const { written, untouched } = value(await roll(world));
    expect(written).toHaveLength(1);
    expect(untouched.join()).toContain('www.example.com was not put back');
    expect(world.standing(api)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('asks for the old side when only the new one is left in the zone, and takes it from --to', async () => {
    const world = new World([cname('www.example.com', albTarget, 60)]);
    const refused = await roll(world);
    expect(refused).toMatchObject({ ok: false, error: { reason: 'refused' } });
    expect(world.batches).toHaveLength(0);
    const { written } = value(await roll(world, { to: herokuTarget }));
    expect(written).toHaveLength(1);
    expect(world.standing(host)).toEqual([`CNAME ${herokuTarget} 60`]);
  });

  test('goes on until Route 53 answers again', async () => {
    const world = await worldAt(50);
    world.faults.failRead = providerFailure('unavailable');
    const pending = roll(world);
    await new Promise((resolve) => setTimeout(resolve, 20));
    world.faults.failRead = null;
    value(await pending);
    expect(world.standing(host)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('leaves records alone that are not a migration, and says so', async () => {
    const world = new World([{ name: 'www.example.com', type: 'A', ttl: 60, values: ['192.0.2.1'] }]);
    const { written, untouched } = value(await roll(world, { to: herokuTarget }));
    expect(written).toEqual([]);
    expect(untouched.join()).toContain('192.0.2.1');
    expect(world.standing(host)).toEqual(['A 192.0.2.1 60']);
  });
});
