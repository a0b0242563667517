import { describe, expect, test } from 'vitest';
import type { MigrationState } from '../../src/core/migration-state.js';
import { act } from '../../src/engine/act.js';
import {
  albTarget,
  cname,
  herokuTarget,
  policyOf,
  policyText,
  providerFailure,
  World,
  www,
} from './world.js';

const slow = policyText.replace('maxHold: 30s', 'maxHold: 1h');

const isObserving = (share: number) => (state: MigrationState) =>
  state.phase.phase === 'observing' && state.share === share;

/** How long from the accepted change to the observed stage. */
async function settleMs(world: World, id: string, share: number): Promise<number> {
  const accepted = await world.runUntil(id, ({ phase }) => phase.phase === 'settling');
  const from = accepted.phase.phase === 'settling' ? accepted.phase.settle.acceptedAt : 0;
  const state = await world.runUntil(id, isObserving(share));
  return (state.phase.phase === 'observing' ? state.phase.settledAt : 0) - from;
}

describe('settling', () => {
  test('waits for INSYNC, every marker, and the TTL of the replaced record with the tail', async () => {
    const world = new World([cname('www.example.com', herokuTarget, 30)]);
    const { plan } = await world.start();
    expect(await settleMs(world, plan.id, 0)).toBe(1_000 + 30_000 + 1_000);
    expect(await settleMs(world, plan.id, 10)).toBe(1_000 + 2_000 + 1_000);
  });

  test('waits a minute for what resolvers keep of an alias', async () => {
    const alias = { hostedZoneId: 'Z32O12XQLNTSW2', dnsName: albTarget, evaluateTargetHealth: false };
    const world = new World([{ name: 'www.example.com', type: 'A', alias }]);
    const { plan } = await world.start({
      hosts: [
        {
          host: www,
          from: { platform: 'aws', dnsName: albTarget as typeof www },
          to: { platform: 'heroku', app: 'my-app' },
        },
      ],
    });
    expect(await settleMs(world, plan.id, 0)).toBe(1_000 + 60_000 + 1_000);
  });

  test('fault 7: holds while one name server is silent, and alarms once after a quarter of an hour', async () => {
    const world = new World();
    const { plan } = await world.start({ policy: policyOf(slow) });
    world.silent.add('ns-4.lab');
    for (let minute = 0; minute < 14; minute += 1) await world.tick(plan.id, 60_000);
    const waiting = { share: 0, phase: { phase: 'settling', stage: -1, settle: { agreedAt: null } } };
    expect(await world.state(plan.id)).toMatchObject({ ...waiting, alarms: [] });
    for (let minute = 0; minute < 6; minute += 1) await world.tick(plan.id, 60_000);
    expect(await world.state(plan.id)).toMatchObject({ ...waiting, alarms: ['slow-propagation'] });
    world.silent.clear();
    const clearedAt = world.now;
    const state = await world.runUntil(plan.id, isObserving(0));
    expect(state.alarms).toEqual([]);
    expect(state.phase).toMatchObject({ phase: 'observing' });
    if (state.phase.phase === 'observing') expect(state.phase.dwellFrom).toBeGreaterThanOrEqual(clearedAt);
    const kinds = world.events.filter(({ type }) => type.startsWith('alarm')).map(({ type }) => type);
    expect(kinds).toEqual(['alarm-raised', 'alarm-cleared']);
  });

  test('fault 7: holds while Route 53 says PENDING, with two alarms at a time if the source fails too', async () => {
    const world = new World();
    const id = await world.startedAt(10, { policy: policyOf(slow) });
    world.zones.holdPropagation();
    await world.runUntil(id, ({ phase }) => phase.phase === 'settling');
    for (let minute = 0; minute < 17; minute += 1) await world.tick(id, 60_000);
    world.health.source = 'failed';
    for (let ticks = 0; ticks < 5; ticks += 1) await world.tick(id, 9_000);
    const held = await world.state(id);
    expect(held).toMatchObject({ share: 25, phase: { phase: 'settling' } });
    expect(held.alarms).toEqual(['slow-propagation', 'source-failing']);
    world.health.source = 'ok';
    world.zones.releasePropagation();
    expect((await world.runUntil(id, isObserving(25))).alarms).toEqual([]);
  });

  test('fault 7: holds and alarms while Route 53 says PENDING, even when every name server has the change', async () => {
    const world = new World();
    const id = await world.startedAt(10, { policy: policyOf(slow) });
    world.faults.isPending = true;
    await world.runUntil(id, ({ phase }) => phase.phase === 'settling');
    for (let minute = 0; minute < 17; minute += 1) await world.tick(id, 60_000);
    const waiting = { phase: 'settling', stage: 1, settle: { insyncAt: null } };
    expect(await world.state(id)).toMatchObject({ share: 25, phase: waiting, alarms: ['slow-propagation'] });
    world.faults.isPending = false;
    const insyncFrom = world.now;
    const { phase } = await world.runUntil(id, isObserving(25));
    if (phase.phase === 'observing') expect(phase.dwellFrom).toBeGreaterThanOrEqual(insyncFrom);
  });

  test('fault 8: takes the name servers at their word when Route 53 has forgotten the change', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    world.faults.failStatus = providerFailure('not-found');
    expect((await world.runUntil(id, isObserving(25))).share).toBe(25);
  });

  test('does not take any other failure of GetChange for an answer', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    world.faults.failStatus = providerFailure('unavailable');
    await world.runUntil(id, ({ phase }) => phase.phase === 'settling');
    expect((await world.ticks(id, 30)).phase.phase).toBe('settling');
    world.faults.failStatus = null;
    expect((await world.runUntil(id, isObserving(25))).share).toBe(25);
  });

  test('fault 8: needs the marker of this very write then: an older one at the servers is not enough', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    world.zones.holdPropagation();
    world.faults.failStatus = providerFailure('not-found');
    await world.runUntil(id, ({ phase }) => phase.phase === 'settling');
    const waiting = { phase: 'settling', settle: { insyncAt: null, agreedAt: null } };
    expect(await world.ticks(id, 20)).toMatchObject({ share: 25, phase: waiting });
  });
});

describe('a zone that cannot be read', () => {
  test('fault 6: never lets anything advance, in any phase, and says so once', async () => {
    const world = new World();
    const { plan } = await world.start();
    world.faults.failRead = providerFailure('timeout');
    expect((await world.ticks(plan.id, 10)).phase.phase).toBe('planned');
    world.faults.failRead = null;
    await world.runUntil(plan.id, isObserving(10));
    world.faults.failRead = providerFailure('denied');
    expect((await world.ticks(plan.id, 30)).share).toBe(10);
    const told = world.events.filter((event) => event.type === 'held' && event.topic === 'zone-unknown');
    expect(told).toHaveLength(2);
    world.faults.failRead = null;
    expect((await world.runToEnd(plan.id)).phase.phase).toBe('completed');
  });

  test('leaves an open write open: it is neither done nor undone before it is seen', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    world.faults.dropReply = 1;
    await world.runUntil(id, (state) => state.openIntent !== null);
    world.faults.failRead = providerFailure('timeout');
    const state = await world.ticks(id, 10);
    expect(state.openIntent?.share).toBe(25);
    expect(state.phase.phase).toBe('shifting');
  });

  test('does not take the guard away', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.faults.failRead = providerFailure('timeout');
    world.health.target = 'failed';
    await world.runUntil(id, ({ phase }) => phase.phase === 'draining');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
  });
});

describe('a forward call', () => {
  test('is refused by its own limits before anything is written, files included', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    await world.runUntil(id, (state) => state.share === 25);
    const state = await world.state(id);
    const intent = state.intents.at(-1)!;
    const [written, files] = [world.batches.length, world.files.length];
    await expect(act(world.engine, state, intent)).rejects.toThrow(
      'a forward write keeps the limits: generation',
    );
    expect([world.batches.length, world.files.length]).toEqual([written, files]);
  });

  test('is not made when the break-glass files cannot be written; a rollback is', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    const written = world.batches.length;
    world.onCall = (call) => {
      if (call === 'break-glass') throw new Error('EROFS: read-only file system');
    };
    await expect(world.runUntil(id, () => false)).rejects.toThrow('EROFS');
    expect(world.batches).toHaveLength(written);
    await world.rollBack(id);
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
    expect(world.warnings.join()).toContain('break-glass files could not be refreshed: EROFS');
  });
});

test('the call of a rollback comes before the break-glass files, whose writing may never end', async () => {
  const world = new World();
  const id = await world.startedAt(25);
  const beganAt = world.now;
  const calls: string[] = [];
  world.onCall = (call, when) => {
    if (when === 'before' && (call === 'change' || call === 'break-glass'))
      calls.push(`${call} after ${world.now - beganAt} ms`);
    return call === 'break-glass' ? new Promise(() => undefined) : undefined;
  };
  await world.rollBack(id);
  expect(calls).toEqual(['change after 0 ms', 'break-glass after 0 ms']);
  expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
  expect(world.warnings.join()).toContain(
    'break-glass files could not be refreshed: no answer within 500 ms',
  );
});
