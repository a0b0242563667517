import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { replay } from '../../src/core/migration.js';
import { Controller } from '../../src/engine/controller.js';
import { operator, policyOf, policyText, providerFailure, value, World } from './world.js';

const channels = `
notify:
  repeatEvery: 30s
  channels:
    - slack: { urlFrom: env:SLACK_URL }
    - pagerduty: { routingKeyFrom: env:PAGERDUTY_KEY }
    - webhook: { url: https://hooks.example.com/shift, secretFrom: env:WEBHOOK_SECRET }
`;

/** A migration that is observed at this share and tells everybody. */
async function tellingAt(share: number, text = channels): Promise<{ world: World; id: string }> {
  const world = new World();
  const id = await world.startedAt(share, { policy: policyOf(`${policyText}${text}`) });
  return { world, id };
}

function toldTo(world: World, kind: 'slack' | 'pagerduty' | 'webhook'): string[] {
  return world.notifier.told.filter((told) => told.kind === kind).map(({ message }) => message.kind);
}

async function notified(world: World, id: string): Promise<(Event & { type: 'notified' })[]> {
  const entries = await world.journal(id);
  return entries.flatMap(({ event }) => (event.type === 'notified' ? [event] : []));
}

describe('who is told', () => {
  test('a healthy migration tells of each stage and its end, and wakes nobody', async () => {
    const { world, id } = await tellingAt(-1);
    await world.runToEnd(id);
    const all = ['stage-reached', 'stage-reached', 'stage-reached', 'stage-reached', 'completed'];
    expect(toldTo(world, 'slack')).toEqual(all);
    expect(toldTo(world, 'webhook')).toEqual(all);
    expect(toldTo(world, 'pagerduty')).toEqual([]);
    const outcomes = (await notified(world, id)).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['delivered']));
    expect(outcomes).toHaveLength(2 * all.length);
  });

  test('a rollback by the guard pages with its reason, its numbers and the lines to type', async () => {
    const { world, id } = await tellingAt(25);
    world.health.target = 'failed';
    await world.runToEnd(id);
    const page = world.notifier.told.find((told) => told.kind === 'pagerduty')?.message;
    expect(page).toMatchObject({ kind: 'rolling-back', severity: 'page', topic: 'rollback' });
    expect(page?.headline).toBe('www.example.com: rolling back by itself from 25 % back to heroku:my-app');
    expect(page?.because).toContain('target');
    expect(page?.numbers.join()).toContain('target probes: 4 of 6 failed, last: 503, expected 200');
    expect(page?.next).toMatch(/^nothing has to be typed: /);
    expect(page?.commands.map(({ anywhere }) => anywhere)).toContain(
      'shiftctl rollback www.example.com --no-state',
    );
    expect(toldTo(world, 'slack').slice(-2)).toEqual(['rolling-back', 'rolled-back']);
  });

  test('traffic moves before anybody is told', async () => {
    const { world, id } = await tellingAt(25);
    const order: string[] = [];
    world.onCall = (call, when) => call === 'change' && when === 'after' && order.push('traffic');
    world.notifier.onTell = () => order.push('people');
    world.health.target = 'failed';
    await world.runToEnd(id);
    expect(order[0]).toBe('traffic');
    expect(order).toContain('people');
  });

  test('what was paged is resolved once it is over', async () => {
    const { world, id } = await tellingAt(25);
    world.health.source = 'failed';
    await world.ticks(id, 8);
    world.health.source = 'ok';
    await world.ticks(id, 12);
    const pages = world.notifier.told
      .filter(({ kind }) => kind === 'pagerduty')
      .map(({ message }) => message);
    const raised = pages.find(({ topic }) => topic === 'alarm/source-failing');
    expect(raised?.severity).toBe('page');
    expect(pages.flatMap(({ resolves }) => resolves)).toContain(raised?.key);
    expect((await world.state(id)).outbox.incidents).toEqual([]);
  });

  test('fault 58: a rollback that Route 53 does not take is paged again and again, with a key of its own each time', async () => {
    const { world, id } = await tellingAt(25);
    world.faults.failChange = providerFailure('unavailable');
    let sleeps = 0;
    world.notifier.onTell = () => (sleeps += 1);
    const rolling = world.rollBack(id);
    while (sleeps < 12) await new Promise((resolve) => setImmediate(resolve));
    world.faults.failChange = null;
    await rolling;
    await world.runToEnd(id);
    const pages = world.notifier.told
      .filter(({ kind, message }) => kind === 'pagerduty' && message.severity === 'page')
      .map(({ message }) => message);
    expect(pages.length).toBeGreaterThanOrEqual(2);
    expect(new Set(pages.map(({ topic }) => topic))).toEqual(new Set(['alarm/rollback-incomplete']));
    expect(new Set(pages.map(({ key }) => key)).size).toBe(pages.length);
    const gaps = pages.slice(1).map((page, index) => page.at - (pages[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(30_000);
    const resolved = world.notifier.told.flatMap(({ message }) => message.resolves);
    for (const { key } of pages) expect(resolved).toContain(key);
  });
});

describe('a receiver that does not work', () => {
  test('is tried again after a while, less and less often, and recorded as given up in the end', async () => {
    const { world, id } = await tellingAt(
      10,
      '\nnotify: { channels: [{ slack: { urlFrom: env:X }, on: [paused] }] }',
    );
    world.notifier.faults.set('slack', 'refuse');
    value(await world.migrations.pause(id, operator));
    for (let ticks = 0; ticks < 60; ticks += 1) await world.tick(id, 60_000);
    const outcomes = (await notified(world, id)).filter(({ sequence }) => sequence > 0);
    const paused = (await world.journal(id)).find(({ event }) => event.type === 'paused');
    const mine = outcomes.filter(({ sequence }) => sequence === paused?.sequence);
    expect(mine.map(({ outcome }) => outcome)).toEqual([...Array<string>(9).fill('failed'), 'given-up']);
    expect(mine[0]?.because).toBe('answered 503');
    const waits = mine.slice(1).map(({ at }, index) => at - (mine[index]?.at ?? 0));
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    expect((await world.state(id)).outbox.pending).toEqual([]);
  });

  test.each(['refuse', 'hang', 'throw'] as const)(
    'changes nothing for a rollback when it answers with %s',
    async (fault) => {
      const { world, id } = await tellingAt(25);
      const failingFrom = world.now;
      for (const kind of ['slack', 'pagerduty', 'webhook'] as const) world.notifier.faults.set(kind, fault);
      world.health.target = 'failed';
      const { phase } = await world.runToEnd(id);
      expect(phase.phase).toBe('rolled-back');
      const warned = world.warnings.filter((line) => line.includes('could not be told'));
      expect(warned.length).toBeGreaterThan(0);
      expect(new Set(warned).size, 'a channel that stays silent is named once').toBe(warned.length);
      const since = (await notified(world, id)).filter(({ at }) => at > failingFrom);
      expect(since.length).toBeGreaterThan(0);
      expect(since.map(({ outcome }) => outcome)).not.toContain('delivered');
    },
  );

  test('keeps no tick waiting: the next one comes while a message is still on its way', async () => {
    const { world, id } = await tellingAt(25);
    world.notifier.faults.set('webhook', 'hang');
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    world.notifier.onTell = () => held;
    value(await world.migrations.pause(id, operator));
    const ticked: string[] = [];
    const controller = new Controller(world.engine, {
      ticked: (migration) => ticked.push(migration),
      skipped: () => undefined,
      failed: (_id, error) => {
        throw error;
      },
    });
    for (let count = 0; count < 3; count += 1) {
      await controller.wake(new AbortController().signal);
      await controller.idle();
      world.pass(1_000);
    }
    expect(ticked).toHaveLength(3);
    release();
    await controller[Symbol.asyncDispose]();
  });

  test('gets the latest word when it is back, and the others are recorded as superseded', async () => {
    const { world, id } = await tellingAt(10, '\nnotify: { channels: [{ slack: { urlFrom: env:X } }] }');
    world.notifier.faults.set('slack', 'refuse');
    value(await world.migrations.pause(id, operator));
    await world.ticks(id, 2);
    value(await world.migrations.resume(id, operator));
    value(await world.migrations.pause(id, operator));
    world.pass(120_000);
    world.notifier.faults.clear();
    world.notifier.told.length = 0;
    await world.ticks(id, 3);
    expect(toldTo(world, 'slack').filter((kind) => kind === 'paused')).toHaveLength(1);
    const outcomes = (await notified(world, id)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'superseded').length).toBeGreaterThanOrEqual(2);
  });
});

describe('a process that ends', () => {
  test('between sending and journaling sends again under the same key, and never leaves anything out', async () => {
    const { world, id } = await tellingAt(10);
    value(await world.migrations.pause(id, operator));
    world.notifier.told.length = 0;
    const before = await world.store.read(id, 0);
    await world.tick(id);
    const once = world.notifier.told.map(({ message }) => message.key);
    // A journal as it stood before the answer was recorded leads to the same message.
    const state: MigrationState = replay(before.map(({ event }) => event));
    const again = state.outbox.pending.map(({ message }) => message.key);
    expect(again.length).toBeGreaterThan(0);
    for (const key of again) expect(once).toContain(key);
  });

  test('leaves what it could not tell to the next one, also when the migration has ended by then', async () => {
    const { world, id } = await tellingAt(25, '\nnotify: { channels: [{ slack: { urlFrom: env:X } }] }');
    world.notifier.faults.set('slack', 'refuse');
    world.health.target = 'failed';
    await world.runToEnd(id);
    world.notifier.faults.clear();
    world.pass(1_200_000);
    const next = world.engineOf('host/boot-1/2');
    const controller = new Controller(next, {
      ticked: () => undefined,
      skipped: () => undefined,
      failed: () => undefined,
    });
    await controller.wake(new AbortController().signal);
    await next.telling[Symbol.asyncDispose]();
    expect(toldTo(world, 'slack')).toContain('rolled-back');
    const entries = await world.journal(id);
    expect(replay(entries.map(({ event }) => event)).outbox.pending).toEqual([]);
  });
});

describe('a heartbeat', () => {
  const heartbeat = '\nnotify: { heartbeat: { url: https://beat.example.com/abc } }';

  test('is sent after each complete tick and after no other', async () => {
    const { world, id } = await tellingAt(10, heartbeat);
    world.notifier.beats = 0;
    await world.ticks(id, 3);
    expect(world.notifier.beats).toBe(3);
    world.storeFaults.writes = 'reject';
    await expect(world.tick(id)).rejects.toThrow();
    expect(world.notifier.beats).toBe(3);
  });

  test('that cannot be sent is said once', async () => {
    const { world, id } = await tellingAt(10, heartbeat);
    world.notifier.faults.set('heartbeat', 'refuse');
    await world.ticks(id, 3);
    expect(world.warnings.filter((line) => line.includes('heartbeat'))).toHaveLength(1);
  });
});
