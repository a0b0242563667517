import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.js';
import { instant } from '../../src/core/time.js';
import { Controller } from '../../src/engine/controller.js';
import type { Engine } from '../../src/engine/engine.js';
import { tick } from '../../src/engine/tick.js';
import { MemoryStore } from '../store/memory-store.js';
import { albTarget, value, World, www } from './world.js';
import { ZoneWatch } from './zone-watch.js';

const signal = new AbortController().signal;
const stages = [10, 25, 50, 100];

/** A copy of the journal, as a restored backup or a cloned machine has it. */
async function clone(world: World, id: string): Promise<MemoryStore> {
  const store = new MemoryStore();
  const [row] = await world.store.list();
  const [first, ...rest] = (await world.journal(id)).map(({ event }) => event);
  await store.create(row!, first!, row!.createdAt);
  await store.append({
    migrationId: id,
    events: rest,
    at: instant(world.now),
    live: true,
    expectedSequence: 1,
    epoch: null,
  });
  return store;
}

async function eventsOf(store: MemoryStore, id: string): Promise<Event[]> {
  return (await store.read(id, 0)).map(({ event }) => event);
}

describe('two controllers over one journal', () => {
  test('fault 39: where one sleeps through its lease between recording and calling never make a double step', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    const [a, b] = [world.engineOf('a'), world.engineOf('b')];
    const watch = new ZoneWatch(world, stages);
    let isStalled = false;
    world.onCall = async (call) => {
      watch.look();
      if (call !== 'break-glass' || isStalled) return;
      isStalled = true;
      world.pass(181_000);
      for (let ticks = 0; ticks < 12; ticks += 1) {
        await tick(b, id, signal);
        world.pass(1_000);
      }
    };
    let phase = '';
    for (let ticks = 0; ticks < 120 && phase !== 'completed'; ticks += 1) {
      for (const engine of [a, b]) {
        const outcome = await tick(engine, id, signal);
        if (outcome.ok) phase = outcome.value.state.phase.phase;
      }
      world.pass(1_000);
    }
    expect(isStalled).toBe(true);
    expect(phase).toBe('completed');
    expect(world.batches).toHaveLength(6);
    expect(watch.shares).toEqual([10, 25, 50, 100]);
  });

  test.each([
    ['before it has recorded its step, which is then not made', 'append', 1],
    ['before it has made its call, which is then refused', 'change', 2],
  ] as const)('fault 40: an operator who rolls back beside a daemon wins: %s', async (_, at, calls) => {
    const world = new World();
    const id = await world.startedAt(10);
    const daemon = world.engineOf('a daemon');
    // The next tick is the one that opens the step.
    await world.runUntil(
      id,
      ({ latest, phase }) => phase.phase === 'observing' && (latest?.at ?? 0) - phase.dwellFrom >= 5_000,
    );
    let isDone = false;
    world.onCall = async (call, when) => {
      if (call !== at || when !== 'before' || isDone) return;
      isDone = true;
      const state = await world.rollBack(id);
      expect(state.phase.phase).toBe('draining');
      expect(new ZoneWatch(world, stages).look()).toBe(0);
    };
    const [sent, made] = [world.requests.length, world.batches.length];
    for (let ticks = 0; ticks < 60; ticks += 1) {
      await tick(daemon, id, signal);
      world.pass(1_000);
    }
    expect(isDone).toBe(true);
    expect([world.requests.length, world.batches.length]).toEqual([sent + calls, made + 1]);
    expect((await world.state(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'operator' });
    expect(new ZoneWatch(world, stages).look()).toBe(0);
  });

  test('an operator who waits for a rollback sees it end although the other has the lease from then on', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    const accepted = await world.rollBack(id);
    await world.tick(id);
    const daemon = world.engineOf('a daemon');
    let phase = '';
    for (let ticks = 0; ticks < 100 && phase !== 'rolled-back'; ticks += 1) {
      phase = value(await tick(daemon, id, signal)).state.phase.phase;
      world.pass(1_000);
    }
    const endedAt = world.now;
    expect(await tick(world.engine, id, signal)).toMatchObject({ error: { reason: 'held-by-another' } });
    const { phase: seen } = await world.migrations.untilDrained(accepted, signal);
    expect(seen).toMatchObject({ phase: 'rolled-back', by: 'operator' });
    expect(world.now - endedAt, 'sooner than the lease ends').toBeLessThan(5_000);
  });
});

describe('two controllers over two journals of one migration', () => {
  async function race(
    run: (world: World, engines: [Engine, Engine], id: string) => Promise<void>,
  ): Promise<void> {
    const world = new World();
    const id = await world.startedAt(10);
    const copy = await clone(world, id);
    const watch = new ZoneWatch(world, stages);
    const engines: [Engine, Engine] = [world.engineOf('a'), world.engineOf('b', copy)];
    watch.look();
    await run(world, engines, id);
    for (let ticks = 0; ticks < 120; ticks += 1) {
      for (const engine of engines) await tick(engine, id, signal);
      watch.look();
      world.pass(1_000);
    }
    const ends = [await eventsOf(world.store, id), await eventsOf(copy, id)].map((events) =>
      events.findLast(({ type }) => ['completed', 'halted'].includes(type)),
    );
    expect(ends.map((event) => event?.type).sort()).toEqual(['completed', 'halted']);
    const winner = ends[0]?.type === 'completed' ? 'a' : 'b';
    expect(ends.find((event) => event?.type === 'halted')).toMatchObject({
      cause: 'fenced',
      because: expect.stringMatching(
        `^fenced by host ${winner}: .* names migration ${id}, generation \\d+, state`,
      ) as unknown,
    });
    expect(watch.shares).toEqual([10, 25, 50, 100]);
    expect(world.standing(www)).toEqual([`CNAME ${albTarget} 5`]);
    expect(world.batches).toHaveLength(6);
  }

  test('fault 37: taking turns: the second one sees the other marker and stops', async () => {
    await race(() => Promise.resolve());
  });

  test('fault 37: calling at the same instant: Route 53 refuses the second one', async () => {
    await race(async (world, [a, b], id) => {
      let isRacing = false;
      world.onCall = async (call, when) => {
        if (call !== 'change' || when !== 'before' || isRacing) return;
        isRacing = true;
        await tick(b, id, signal);
      };
      for (let ticks = 0; ticks < 12; ticks += 1) {
        await tick(a, id, signal);
        world.pass(1_000);
      }
      expect(isRacing).toBe(true);
      world.onCall = () => undefined;
    });
  });

  test('a guard that rolls back while the clone does not know ends it for both', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    const copy = await clone(world, id);
    const b = world.engineOf('b', copy);
    world.health.target = 'failed';
    await world.runToEnd(id);
    world.health.target = 'ok';
    const written = world.batches.length;
    for (let ticks = 0; ticks < 20; ticks += 1) await tick(b, id, signal);
    expect((await eventsOf(copy, id)).at(-1)).toMatchObject({ type: 'rolled-back', by: 'person' });
    expect(world.batches).toHaveLength(written);
  });
});

describe('the controller', () => {
  const quiet = { ticked: () => undefined, skipped: () => undefined, failed: () => undefined };

  test('ticks what is due and nothing sooner, whatever the wall clock does', async () => {
    const world = new World();
    await world.start();
    const ticked: number[] = [];
    await using controller = new Controller(world.engine, {
      ...quiet,
      ticked: () => ticked.push(world.monotonic),
    });
    const wake = async (): Promise<void> => {
      await controller.wake(signal);
      await controller.idle();
    };
    await wake();
    await wake();
    expect(ticked).toHaveLength(1);
    world.pass(1_000);
    await wake();
    world.now -= 86_400_000;
    world.pass(1_000);
    await wake();
    expect(ticked).toHaveLength(3);
  });

  test('lets a broken state file not stop it, and says what failed', async () => {
    const world = new World();
    const { plan } = await world.start();
    const failures: unknown[] = [];
    const controller = new Controller(world.engine, {
      ...quiet,
      failed: (_id, error) => failures.push(error),
    });
    world.storeFaults.writes = 'reject';
    await controller.wake(signal, plan.id);
    await controller.idle();
    expect(failures).toHaveLength(1);
    await controller[Symbol.asyncDispose]();
    expect(world.warnings.join()).toContain('the lease could not be given back');
    world.storeFaults.writes = 'ok';
    world.pass(1_000);
    await controller.wake(signal, plan.id);
    await controller.idle();
    expect(world.batches).toHaveLength(1);
  });

  test('drives a migration to its end', async () => {
    const world = new World();
    const { plan } = await world.start();
    const phases: string[] = [];
    await using controller = new Controller(world.engine, {
      ...quiet,
      ticked: (_id, { state }) => phases.push(state.phase.phase),
    });
    for (let wakes = 0; wakes < 200; wakes += 1) {
      await controller.wake(signal, plan.id);
      await controller.idle();
      world.pass(500);
    }
    expect(phases.at(-1)).toBe('completed');
    expect(phases.filter((phase) => phase === 'completed')).toHaveLength(1);
  });
});
