import { describe, expect, test } from 'vitest';
import { albTarget, herokuTarget, providerFailure, World } from './world.js';

const host = 'www.example.com.';

describe('a migration', () => {
  test('takes over without moving traffic, climbs the stages and ends on one plain record', async () => {
    const world = new World();
    const { plan } = await world.start();
    const shares: number[] = [];
    const state = await world.runUntil(plan.id, (current) => {
      if (shares.at(-1) !== current.share) shares.push(current.share);
      return false;
    });
    expect(state.phase.phase).toBe('completed');
    expect(shares).toEqual([0, 10, 25, 50, 100]);
    expect(world.standing(host)).toEqual([`CNAME ${albTarget} 5`]);
    expect(world.standing(`_shift.${host}`)[0]).toContain('state=ended');
    expect(world.batches).toHaveLength(6);
  });

  test('rolls back to the low-TTL CNAME of the source when the target fails at 25%', async () => {
    const world = new World();
    const { plan } = await world.start();
    await world.runUntil(plan.id, (state) => state.phase.phase === 'observing' && state.share === 25);
    world.health.target = 'failed';
    const failedAt = world.now;
    const state = await world.runUntil(plan.id, () => false);
    expect(state.phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
    expect(world.standing(host)).toEqual([`CNAME ${herokuTarget} 2`]);
    const requested = world.events.find((event) => event.type === 'rollback-requested');
    expect((requested?.at ?? 0) - failedAt).toBeLessThanOrEqual(2_000);
  });

  test('fault 1: a lost reply is found by reading, and nothing is written twice', async () => {
    const world = new World();
    const { plan } = await world.start();
    await world.runUntil(plan.id, (state) => state.phase.phase === 'observing' && state.share === 10);
    const before = world.requests.length;
    world.faults.dropReply = 1;
    const open = await world.runUntil(plan.id, ({ openIntent }) => openIntent !== null);
    const state = await world.runUntil(
      plan.id,
      (current) => current.phase.phase === 'observing' && current.share === 25,
    );
    expect(state.share).toBe(25);
    expect(world.requests).toHaveLength(before + 1);
    const intentId = open.openIntent?.id;
    const answers = world.events.filter((event) => 'intentId' in event && event.intentId === intentId);
    expect(answers).toMatchObject([
      { type: 'change-failed', failure: { reason: 'timeout' } },
      { type: 'change-accepted', how: 'read-back' },
    ]);
  });

  test('fault 2: a change that never reached Route 53 is made again, once', async () => {
    const world = new World();
    const { plan } = await world.start();
    await world.runUntil(plan.id, (state) => state.phase.phase === 'observing' && state.share === 10);
    const [sent, made] = [world.requests.length, world.batches.length];
    world.faults.failChange = providerFailure('timeout');
    await world.runUntil(plan.id, ({ openIntent }) => openIntent !== null);
    world.faults.failChange = null;
    const state = await world.runUntil(plan.id, (current) => current.phase.phase === 'settling');
    expect(state.share).toBe(25);
    expect([world.requests.length, world.batches.length]).toEqual([sent + 2, made + 1]);
    const weights = world.requests
      .slice(sent)
      .map(({ changes }) =>
        changes.flatMap(({ action, record }) =>
          record.weight === null ? [] : [[action, record.setIdentifier, record.weight].join(' ')],
        ),
      );
    expect(weights[1]).toEqual(weights[0]);
    expect(world.events).toContainEqual(expect.objectContaining({ type: 'intent-abandoned' }));
  });
});
