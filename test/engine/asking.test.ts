import { expect, test } from 'vitest';
import { statusOf, type Status } from '../../src/core/status.js';
import { instant } from '../../src/core/time.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { operator, policyOf, policyText, value, World } from './world.js';

/** The world's clock begins at Tuesday 2023-11-14, 22:13:20 UTC; the window closes at 22:14. */
const calm = policyText
  .replace('gapAfter: 10s', 'gapAfter: 1d')
  .replace('[10, 25, 50, 100]', '[10, { share: 25, approve: true }, 50, 100]')
  .concat('windows: [{ from: 22:00, to: "22:14" }]\n');

const opens = Date.parse('2023-11-15T22:00:00Z');

async function begun(text = calm): Promise<[World, string]> {
  const world = new World();
  return [world, await world.startedAt(10, { policy: policyOf(text) })];
}

function statusNow(world: World, state: MigrationState): Status {
  return statusOf(state, instant(world.now));
}

/** Sleeps until then and looks a few times. */
async function at(world: World, id: string, moment: number): Promise<MigrationState> {
  world.pass(moment - world.now);
  return world.ticks(id, 8);
}

test('nobody is asked to approve a stage at night: an hour before the window opens is early enough', async () => {
  const [world, id] = await begun(calm.replace('dwell: 6s', 'dwell: 2m'));
  const night = await at(world, id, opens - 2 * 3_600_000);
  expect(night.phase.phase).toBe('observing');
  expect(statusNow(world, night)).toMatchObject({
    because: expect.stringMatching(
      /^waits for Wed 2023-11-15 22:00 UTC, when the window opens: dwell of 2m is over/,
    ) as string,
    next: { what: 'a person is asked to approve 25%', at: opens - 3_600_000, waitsFor: 'question' },
  });
  const asked = await at(world, id, opens - 3_600_000);
  expect(asked.phase).toMatchObject({
    phase: 'waiting',
    needs: 'approval',
    because: expect.stringContaining(
      'promote to 25% on Wed 2023-11-15 22:00 UTC, when the window opens',
    ) as string,
  });
  value(await world.migrations.approve(id, operator));
  const approved = await world.ticks(id, 3);
  expect(approved.share).toBe(10);
  expect(statusNow(world, approved).because).toMatch(/^waits for Wed 2023-11-15 22:00 UTC/);
  expect((await at(world, id, opens)).share).toBe(25);
});

test('while it is open a person is asked at once', async () => {
  const [world, id] = await begun(calm.replace('22:14', '23:00'));
  const state = await world.runUntil(id, ({ phase }) => phase.phase === 'waiting', 30);
  expect(state.phase).toMatchObject({ needs: 'approval' });
});

test('whoever answers at once must still have a good word when the window opens', async () => {
  const [world, id] = await begun(calm.replace('dwell: 6s', 'dwell: 2m').concat('approveWithin: 20m\n'));
  expect((await at(world, id, opens - 11 * 60_000)).phase.phase).toBe('observing');
  expect((await at(world, id, opens - 10 * 60_000)).phase.phase).toBe('waiting');
  value(await world.migrations.approve(id, operator));
  expect((await at(world, id, opens)).share).toBe(25);
});

test('after the deadline a person is asked before the next window, not at midnight', async () => {
  const [world, id] = await begun(calm.concat('deadline: 2023-11-14T23:00:00Z\n'));
  const night = await at(world, id, Date.parse('2023-11-14T23:00:10Z'));
  expect(night).toMatchObject({ phase: { phase: 'observing' }, held: 'calendar' });
  expect(world.events).toContainEqual(
    expect.objectContaining({
      type: 'held',
      because: expect.stringContaining('a person is asked Wed 2023-11-15 21:00 UTC') as string,
    }),
  );
  expect((await at(world, id, opens - 3_600_000)).phase).toMatchObject({ phase: 'waiting', needs: 'answer' });
  value(await world.migrations.approve(id, operator));
  expect((await at(world, id, opens)).share).toBe(25);
});

test('a freeze without windows is told as one, before the take-over too', async () => {
  const world = new World();
  const policy = policyOf(policyText.concat('freeze: [2023-11-14]\n'));
  const id = await world.startedAt(-1, { policy });
  const state = await world.ticks(id, 2);
  expect(statusNow(world, state).because).toBe(
    'waits for Wed 2023-11-15 00:00 UTC, when the freeze is over: confirmed; the take-over comes then and moves no traffic',
  );
});
