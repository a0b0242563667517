import { describe, expect, test } from 'vitest';
import { tick } from '../../src/engine/tick.js';
import { pages, withPager } from './pages.js';
import { policyOf, policyText, World } from './world.js';

const signal = new AbortController().signal;

async function pagedAt(share: number): Promise<{ world: World; id: string }> {
  const world = new World();
  const id = await world.startedAt(share, {
    policy: policyOf(policyText + withPager.replace('notify: {', 'notify: { repeatEvery: 5m,')),
  });
  return { world, id };
}

/** Ticks that end with this error, a second apart, as a daemon's do when they are tried again. */
async function fail(world: World, id: string, count: number, error: string, stepMs = 1_000): Promise<void> {
  for (let failed = 0; failed < count; failed += 1) {
    await expect(tick(world.engine, id, signal)).rejects.toThrow(error);
    await world.engine.telling.settled(id);
    world.pass(stepMs);
  }
}

describe('ticks that cannot be finished', () => {
  test.each([
    ['fault 28: a full disk', 'SQLITE_FULL: database or disk is full'],
    ['fault 30: a state that another program has locked', 'SQLITE_BUSY: database is locked'],
  ])(
    '%s pages once it has lasted for a minute, again while it lasts, and is over with the first tick',
    async (_, error) => {
      const { world, id } = await pagedAt(10);
      world.onCall = (call, when) => {
        if (call === 'append' && when === 'before') throw new Error(error);
      };
      const sent = world.requests.length;
      await fail(world, id, 60, error);
      expect(pages(world)).toEqual([]);
      await fail(world, id, 5, error);
      expect(pages(world)).toHaveLength(1);
      expect(pages(world)[0]).toContain('the controller cannot work at 10 %');
      expect(pages(world)[0]).toContain(`no tick has been finished for 1m: ${error}`);
      const [page] = world.notifier.told.map(({ message }) => message);
      expect(page?.commands.map(({ anywhere }) => anywhere)).toContain(
        'shiftctl rollback www.example.com --no-state',
      );
      await fail(world, id, 29, error, 10_000);
      expect(pages(world)).toHaveLength(1);
      await fail(world, id, 10, error);
      expect(pages(world)).toHaveLength(2);
      expect(new Set(world.notifier.told.map(({ message }) => message.key)).size).toBe(1);
      expect(world.requests).toHaveLength(sent);

      world.onCall = () => undefined;
      await world.tick(id);
      expect(world.notifier.told.at(-1)?.message).toMatchObject({
        kind: 'alarm-over',
        resolves: [page?.key],
      });
      await world.ticks(id, 3);
      expect(world.notifier.told).toHaveLength(3);
    },
  );

  test('page although the journal cannot be read any more', async () => {
    const { world, id } = await pagedAt(10);
    world.store.read = () => Promise.reject(new Error('shift.db was removed while it was open'));
    await fail(world, id, 65, 'was removed');
    expect(pages(world)).toEqual([expect.stringContaining('was removed while it was open')]);
  });

  test('are told later when nobody takes the page, and to nobody when it was over by then', async () => {
    const { world, id } = await pagedAt(10);
    world.storeFaults.writes = 'reject';
    world.notifier.faults.set('pagerduty', 'refuse');
    await fail(world, id, 70, 'SQLITE_FULL');
    expect(world.warnings.filter((line) => line.includes('no tick is finished: answered 503'))).toHaveLength(
      1,
    );
    world.storeFaults.writes = 'ok';
    await world.tick(id);
    world.notifier.faults.clear();
    await world.ticks(id, 3);
    expect(world.notifier.told).toEqual([]);
    world.storeFaults.writes = 'reject';
    world.notifier.faults.set('pagerduty', 'refuse');
    await fail(world, id, 70, 'SQLITE_FULL');
    world.notifier.faults.clear();
    await fail(world, id, 35, 'SQLITE_FULL');
    expect(pages(world)).toHaveLength(1);
  });
});
