import { expect, test } from 'vitest';
import { Daemon } from '../../src/daemon/daemon.js';
import { noServiceManager } from '../../src/daemon/service-manager.js';
import { Controller } from '../../src/engine/controller.js';
import { World } from '../engine/world.js';

function daemonOf(world: World): { daemon: Daemon; ticked: string[]; failed: string[] } {
  const ticked: string[] = [];
  const failed: string[] = [];
  const controller = new Controller(world.engine, {
    ticked: (id) => void ticked.push(id),
    skipped: () => undefined,
    failed: (_id, error) => void failed.push(String(error)),
  });
  const { clock, log } = world.engine;
  return { daemon: new Daemon({ controller, clock, log, manager: noServiceManager }), ticked, failed };
}

test('after three hours of sleep it says so once and goes on, and its health counts one gap', async () => {
  const world = new World();
  const id = await world.startedAt(10);
  const { daemon, ticked } = daemonOf(world);
  const { signal } = new AbortController();
  await daemon.wake(signal);
  world.now += 3 * 3_600_000;
  world.pass(1_000);
  await daemon.wake(signal);
  world.pass(1_000);
  await daemon.wake(signal);
  expect(world.warnings.filter((line) => line.includes('the machine slept'))).toHaveLength(1);
  expect(daemon.health()).toMatchObject({ gaps: 1, stuck: false, lastWakeAgeMs: 0 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(ticked).toContain(id);
});

test('a migration that nobody looks at is overdue, and one that is looked after is not', async () => {
  const world = new World();
  await world.startedAt(10);
  const { daemon } = daemonOf(world);
  const { signal } = new AbortController();
  expect(daemon.health()).toMatchObject({ healthy: false });
  await daemon.wake(signal);
  expect(daemon.health()).toMatchObject({ healthy: true, problems: [] });
  world.pass(11_000);
  expect(daemon.health().problems.join()).toContain('overdue, nobody has looked for 1');
});

test('a list of migrations that cannot be read is told once, and makes it unhealthy until it can', async () => {
  const world = new World();
  const { daemon } = daemonOf(world);
  const { signal } = new AbortController();
  const { store } = world;
  const list = store.list.bind(store);
  store.list = () => Promise.reject(new Error('the disk is gone'));
  await daemon.wake(signal);
  await daemon.wake(signal);
  expect(world.warnings).toEqual(['the list of migrations cannot be read: the disk is gone']);
  expect(daemon.health().healthy).toBe(false);
  store.list = list;
  await daemon.wake(signal);
  expect(daemon.health().healthy).toBe(true);
});

test('fault 59: after the signal it waits for a tick that hangs no longer than seven seconds', async () => {
  const world = new World();
  await world.startedAt(10);
  let hangs: () => void = () => undefined;
  const hanging = new Promise<void>((resolve) => (hangs = resolve));
  const collect = (): Promise<never> => {
    hangs();
    return new Promise(() => undefined);
  };
  world.metrics = { ...world.metrics, collect };
  const { daemon } = daemonOf(world);
  const stop = new AbortController();
  const ended = daemon.run(stop.signal);
  await daemon.wake(stop.signal);
  await hanging;
  stop.abort();
  expect(await ended).toBe(1);
  expect(world.warnings.join()).toContain('still running after 7000 ms; the journal says where they were');
}, 20_000);
