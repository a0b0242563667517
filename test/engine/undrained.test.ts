import { describe, expect, test } from 'vitest';
import { undrained } from '../../src/core/undrained.js';
import { herokuTarget, member, World, www } from './world.js';
import { create, remove } from './zone-edits.js';

describe('somebody who waits for a rollback', () => {
  test('is kept for five minutes at most by a name server that is silent, and told what is missing', async () => {
    const world = new World();
    const id = await world.startedAt(50);
    world.silent.add('ns-3.lab');
    const begun = await world.rollBack(id);
    const beganAt = world.now;
    const state = await world.migrations.untilDrained(begun, new AbortController().signal);
    expect(world.now - beganAt).toBeGreaterThanOrEqual(300_000);
    expect(world.now - beganAt).toBeLessThan(310_000);
    expect(state.phase.phase).toBe('draining');
    expect(undrained(state)).toEqual(['ns-3.lab does not answer (www.example.com)']);
    world.silent.clear();
    const { phase } = await world.migrations.untilDrained(state, new AbortController().signal);
    expect(phase.phase).toBe('rolled-back');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('is told of each name server that does not have it yet, and of the change that is not INSYNC', async () => {
    const world = new World();
    const id = await world.startedAt(50);
    world.zones.holdPropagation();
    await world.rollBack(id);
    const state = await world.state(id);
    const lacks = undrained(state);
    expect(lacks).toHaveLength(5);
    expect(lacks[0]).toMatch(/^ns-1\.lab (still hands out the target, in \d of 5 answers|does not show)/);
    expect(lacks.at(-1)).toMatch(/^Route 53 does not say INSYNC of the change C/);
    world.zones.releasePropagation();
    expect(undrained(await world.runToEnd(id))).toEqual([]);
  });
});

test('fault 58: a rollback is not over while somebody gives the target weight again, and says so until it is', async () => {
  const world = new World();
  const id = await world.startedAt(25);
  await world.rollBack(id);
  world.write([...remove(world, www), ...create(member('source', 50), member('target', 50))]);
  const agreed = { agreedAt: expect.any(Number) as unknown };
  expect((await world.ticks(id, 20)).phase).toMatchObject({ phase: 'draining', settle: agreed });
  for (let minute = 0; minute < 16; minute += 1) await world.tick(id, 60_000);
  expect((await world.state(id)).alarms).toEqual(['rollback-incomplete']);
  await world.rollBack(id);
  expect((await world.runToEnd(id)).phase.phase).toBe('rolled-back');
  expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
});
