import { expect, test } from 'vitest';
import type { MigrationState } from '../../src/core/migration-state.js';
import { statusOf } from '../../src/core/status.js';
import { instant } from '../../src/core/time.js';
import { operator, policyOf, policyText, value, World } from './world.js';

/** The world's clock begins at Tuesday 2023-11-14, 22:13:20 UTC. */
const calm = policyText
  .replace('gapAfter: 10s', 'gapAfter: 1d')
  .replace('maxHold: 30s', 'maxHold: 1h')
  .replace('dwell: 6s', 'dwell: 1m');

function statusNow(world: World, state: MigrationState): ReturnType<typeof statusOf> {
  return statusOf(state, instant(world.now));
}

async function begun(calendar: string, share: number): Promise<[World, string]> {
  const world = new World();
  return [world, await world.startedAt(share, { policy: policyOf(`${calm}${calendar}\n`) })];
}

function clock(world: World): string {
  return new Date(world.now).toISOString();
}

test('a stage that is ready waits for the window, says until when, and is entered then', async () => {
  const [world, id] = await begun('windows: [{ from: 22:00, to: "22:14" }]', 10);
  const held = await world.ticks(id, 90);
  expect(clock(world) > '2023-11-14T22:14').toBe(true);
  expect(held).toMatchObject({ share: 10, phase: { phase: 'observing' }, held: 'calendar' });
  expect(world.events).toContainEqual(
    expect.objectContaining({
      type: 'held',
      topic: 'calendar',
      because: 'the calendar of the policy is closed until Wed 2023-11-15 22:00 UTC',
    }),
  );
  expect(statusNow(world, held).next).toEqual({
    what: '25%',
    at: Date.parse('2023-11-15T22:00:00Z'),
    waitsFor: 'calendar',
  });
  world.pass(Date.parse('2023-11-15T22:00:00Z') - world.now);
  expect((await world.ticks(id, 10)).share).toBe(25);
});

test('the take-over waits for the end of a freeze', async () => {
  const [world, id] = await begun('freeze: [2023-11-14]', -1);
  const state = await world.ticks(id, 3);
  expect(state).toMatchObject({ phase: { phase: 'planned' }, held: 'calendar' });
  expect(statusNow(world, state).next).toMatchObject({ what: 'take-over', waitsFor: 'calendar' });
  world.pass(2 * 3_600_000);
  expect((await world.ticks(id, 2)).phase.phase).not.toBe('planned');
});

test('a rollback waits for no calendar', async () => {
  const [world, id] = await begun('windows: [{ from: 22:00, to: "22:14" }]', 10);
  await world.ticks(id, 90);
  world.health.target = 'failed';
  expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
});

test('while it is closed nothing brings the question of the gate nearer', async () => {
  const [world, id] = await begun('windows: [{ from: 22:00, to: "22:14" }]', 10);
  world.health.target = 'unknown';
  await world.ticks(id, 90);
  world.pass(5 * 3_600_000);
  expect((await world.ticks(id, 3)).phase.phase).toBe('observing');
});

test('after the deadline a person is asked, and only a word with a reason goes on', async () => {
  const [world, id] = await begun('deadline: 2023-11-14T22:14:00Z', 10);
  const state = await world.runUntil(id, ({ phase }) => phase.phase === 'waiting', 60);
  expect(state).toMatchObject({
    phase: { phase: 'waiting', because: expect.stringContaining('has passed; nothing advances') as string },
  });
  const before = state.share;
  expect((await world.ticks(id, 30)).share).toBe(before);
  value(await world.migrations.approve(id, operator));
  expect((await world.tick(id)).state.share).toBeGreaterThan(before);
});

test('an approval is checked against the calendar again when it is used', async () => {
  const [world, id] = await begun('windows: [{ from: 22:00, to: "22:14" }]', 10);
  world.health.target = 'unknown';
  await world.ticks(id, 30);
  value(await world.migrations.promote(id, operator, { to: null, override: true }));
  expect((await world.tick(id)).state.share).toBe(25);
});

test('a dwell over the daily peak ends only when the peak has been seen whole once', async () => {
  const stages = '[10, {share: 25, dwellOver: {from: 23:00, to: 23:30}}, 50, 100]';
  const world = new World();
  const policy = policyOf(calm.replace('[10, 25, 50, 100]', stages));
  const id = await world.startedAt(25, { policy });
  const state = await world.ticks(id, 30);
  expect(state.share).toBe(25);
  expect(statusNow(world, state).next).toEqual({
    what: '50%',
    at: Date.parse('2023-11-14T23:30:00Z'),
    waitsFor: 'dwell',
  });
  world.pass(Date.parse('2023-11-14T23:29:50Z') - world.now);
  expect((await world.ticks(id, 5)).share).toBe(25);
  world.pass(10_000);
  expect((await world.ticks(id, 3)).share).toBe(50);
});

test('a plan whose deadline has passed is refused, because nothing of it would advance', async () => {
  const world = new World();
  const policy = policyOf(`${policyText}timeZone: UTC\ndeadline: 2023-11-14T00:00:00Z\n`);
  expect(await world.tryPlan({ policy })).toMatchObject({
    error: { reason: 'refused', check: 'deadline', message: expect.stringContaining('has passed') as string },
  });
});
