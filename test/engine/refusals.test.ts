import { describe, expect, test } from 'vitest';
import { herokuTarget, policyOf, policyText, providerFailure, World, www } from './world.js';

/** A stage that has been waited for is promoted by the next tick, however long Route 53 was busy. */
const patient = policyText.replace('maxHold: 30s', 'maxHold: 2h').replace('dwell: 6s', 'dwell: 60s');

/** When each call to change the zone was made, from now on. */
function calls(world: World): number[] {
  const at: number[] = [];
  world.onCall = (call, when) => {
    if (call === 'change' && when === 'before') at.push(world.now);
  };
  return at;
}

function pausesOf(at: readonly number[]): number[] {
  return at.slice(1).map((time, index) => time - at[index]!);
}

describe('a step that Route 53 will not make', () => {
  test('fault 5: is tried with growing pauses while Route 53 is busy, then a person is told; never another step', async () => {
    const world = new World();
    const id = await world.startedAt(10, { policy: policyOf(patient) });
    await world.ticks(id, 50);
    const triedAt = calls(world);
    world.faults.failChange = providerFailure('busy');
    const before = world.standing(www);
    const state = await world.ticks(id, 320);
    const pauses = pausesOf(triedAt);
    expect(pauses.slice(0, 6)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000]);
    expect(new Set(pauses.slice(6))).toEqual(new Set([60_000]));
    expect(state).toMatchObject({ share: 10, alarms: ['writes-refused'] });
    expect(world.standing(www)).toEqual(before);
    const steps = state.intents.filter(({ kind }) => kind === 'stage').slice(1);
    expect(steps.length).toBeGreaterThan(7);
    expect(new Set(steps.map(({ share, after }) => JSON.stringify([share, after[0]?.records]))).size).toBe(1);
    const alarms = world.events.filter(({ type }) => type === 'alarm-raised');
    expect(alarms).toMatchObject([
      { because: expect.stringContaining('busy with an earlier request') as unknown },
    ]);

    world.faults.failChange = null;
    const later = await world.runUntil(id, ({ phase, share }) => phase.phase === 'observing' && share === 25);
    expect(later).toMatchObject({ share: 25, alarms: [], refusals: null });
  });

  test('fault 4: waits while Route 53 throttles the account, and the dwell of the next stage is as long as ever', async () => {
    const world = new World();
    const id = await world.startedAt(10, { policy: policyOf(patient) });
    world.faults.failChange = providerFailure('throttled');
    await world.runUntil(id, (state) => (state.refusals?.count ?? 0) >= 4);
    expect(world.events.filter((event) => event.type === 'held')).toContainEqual(
      expect.objectContaining({ topic: 'writes-refused' }),
    );
    world.faults.failChange = null;
    const settled = await world.runUntil(
      id,
      ({ phase, share }) => phase.phase === 'observing' && share === 25,
    );
    const from = settled.phase.phase === 'observing' ? settled.phase.dwellFrom : Infinity;
    await world.runUntil(id, ({ share, openIntent }) => share === 50 || openIntent?.share === 50);
    expect(world.now - from).toBeGreaterThanOrEqual(60_000);
  });

  test('fault 4: a rollback goes ahead of everything else and does not wait for the pause of a throttled step', async () => {
    const world = new World();
    const id = await world.startedAt(25, { policy: policyOf(patient) });
    world.faults.failChange = providerFailure('throttled');
    await world.runUntil(id, (state) => (state.refusals?.count ?? 0) >= 7);
    const triedAt: number[] = [];
    const askedAt = world.now;
    world.onCall = (call, when) => {
      if (call !== 'change' || when !== 'before') return;
      triedAt.push(world.now);
      if (triedAt.length === 3) world.faults.failChange = null;
    };
    await world.rollBack(id);
    expect(triedAt.map((at) => at - askedAt)).toEqual([0, 0, 1_000]);
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
  });
});
