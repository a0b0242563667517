import { expect, test } from 'vitest';
import { statusOf } from '../../src/core/status.js';
import { instant } from '../../src/core/time.js';
import { value, World } from './world.js';

const signal = new AbortController().signal;

test("a person's rollback while the guard's drains keeps what the guard saw, in status and in the history", async () => {
  const world = new World();
  const id = await world.startedAt(25);
  world.health.target = 'failed';
  const draining = await world.runUntil(id, ({ phase }) => phase.phase === 'draining');
  const guard = statusOf(draining, instant(world.now)).because;
  expect(guard).toContain('the target fails its probes');
  for (const by of ['anna', 'bob']) {
    const operator = { by, because: 'I was paged' };
    const state = value(await world.migrations.rollBack(id, operator, signal));
    expect(statusOf(state, instant(world.now)).because).toBe(
      `the guard: ${guard}; confirmed by ${by}: I was paged`,
    );
  }
  const { phase } = await world.runToEnd(id);
  expect(phase).toMatchObject({
    phase: 'rolled-back',
    by: 'operator',
    because: `the guard: ${guard}; confirmed by bob: I was paged`,
  });
});

test('a rollback that only people asked for has the reason of the latest', async () => {
  const world = new World();
  const id = await world.startedAt(25);
  for (const because of ['first', 'second']) {
    const state = value(await world.migrations.rollBack(id, { by: 'anna', because }, signal));
    expect(statusOf(state, instant(world.now)).because).toBe(because);
  }
});
