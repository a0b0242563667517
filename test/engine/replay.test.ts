import { describe, expect, test } from 'vitest';
import { decide } from '../../src/core/decide.js';
import type { Event, JournalEntry } from '../../src/core/event.js';
import { apply, begin, replay } from '../../src/core/migration.js';
import { albTarget, operator, policyOf, policyText, providerFailure, value, World, www } from './world.js';

/** True for what a reading led to; the rest came from outside: an answer, an operator, or the rollback loop. */
function isDecision(event: Event): boolean {
  if (event.type === 'change-accepted') return event.how === 'read-back';
  if (event.type === 'intent-opened') return event.intent.kind !== 'rollback';
  if (event.type === 'rollback-requested') return event.by === 'guard';
  const outside = [
    'migration-planned',
    'observed',
    'change-failed',
    'paused',
    'resumed',
    'rollback-written',
    'notified',
    'hook-answered',
  ];
  return !outside.includes(event.type);
}

/** Makes every decision of a journal again and compares it with what was stored; says how many events were decided. */
function checkDecisions(entries: readonly JournalEntry[]): number {
  const events = entries.map((entry) => entry.event);
  let state = begin(events[0]!);
  let decided = 0;
  for (const [index, event] of events.entries()) {
    if (index > 0) state = apply(state, event);
    if (event.type !== 'observed') continue;
    const rest = events.slice(index + 1);
    const end = rest.findIndex((next) => !isDecision(next));
    const stored = rest.slice(0, end < 0 ? rest.length : end);
    const again = decide(state);
    expect(again, `after entry ${String(index + 1)}`).toEqual(stored);
    decided += again.length;
  }
  return decided;
}

/** Whole migrations, each with the number of kinds of events it must show so that the journal is not trivially calm. */
const stories: Record<string, (world: World) => Promise<{ id: string; shows: Event['type'][] }>> = {
  'a healthy one': async (world) => {
    const id = await world.startedAt(-1);
    await world.runToEnd(id);
    return { id, shows: ['settled', 'held', 'completed'] };
  },
  'an automatic rollback': async (world) => {
    const id = await world.startedAt(25);
    world.health.target = 'failed';
    await world.runToEnd(id);
    return { id, shows: ['rollback-requested', 'rolled-back'] };
  },
  'a lost reply': async (world) => {
    const id = await world.startedAt(10);
    world.faults.dropReply = 1;
    await world.runToEnd(id);
    return { id, shows: ['change-failed', 'change-accepted', 'completed'] };
  },
  'a refused call': async (world) => {
    const id = await world.startedAt(10);
    world.faults.failChange = providerFailure('throttled');
    await world.ticks(id, 9);
    world.faults.failChange = null;
    await world.runToEnd(id);
    return { id, shows: ['change-failed', 'intent-abandoned', 'completed'] };
  },
  'a pause in which the name servers go silent': async (world) => {
    const id = await world.startedAt(25);
    await world.migrations.pause(id, operator);
    await world.ticks(id, 20);
    world.silent.add('ns-2.lab');
    value(await world.migrations.resume(id, operator));
    await world.ticks(id, 20);
    world.silent.clear();
    await world.runToEnd(id);
    return { id, shows: ['paused', 'resumed', 'completed'] };
  },
  'a gap and a clock that jumps': async (world) => {
    const id = await world.startedAt(10);
    world.pass(60_000);
    await world.ticks(id, 5);
    world.now -= 3_600_000;
    await world.runToEnd(id);
    return { id, shows: ['gap-found', 'completed'] };
  },
  'a hook that first refuses, and receivers that do not answer': async (world) => {
    const text = `${policyText}
notify: { channels: [{ pagerduty: { routingKeyFrom: env:K }, on: [page, inform] }] }
hooks: { beforeStage: { url: 'https://gate.example.com' } }`;
    world.notifier.hookAnswer = 'hold';
    world.notifier.faults.set('pagerduty', 'refuse');
    const id = await world.startedAt(0, { policy: policyOf(text) });
    await world.ticks(id, 10);
    world.notifier.hookAnswer = 'go';
    await world.runToEnd(id);
    return { id, shows: ['hook-asked', 'hook-answered', 'held', 'notified', 'completed'] };
  },
  'drift, and an operator who rolls back': async (world) => {
    const id = await world.startedAt(25);
    world.write([
      {
        action: 'UPSERT',
        record: {
          name: www,
          type: 'CNAME',
          setIdentifier: 'shift-source',
          weight: 10,
          ttl: 2,
          values: ['x.example.net.'],
        },
      },
    ]);
    await world.ticks(id, 3);
    await world.rollBack(id);
    await world.runToEnd(id);
    return { id, shows: ['halted', 'rollback-requested', 'rolled-back'] };
  },
  'both sides failing, then asking': async (world) => {
    const id = await world.startedAt(25);
    world.health.source = 'failed';
    world.health.target = 'failed';
    await world.ticks(id, 5);
    world.health.source = 'ok';
    world.health.target = 'unknown';
    await world.ticks(id, 60);
    world.health.target = 'ok';
    value(await world.migrations.resume(id, operator));
    await world.runToEnd(id);
    return { id, shows: ['alarm-raised', 'alarm-cleared', 'asked', 'resumed', 'completed'] };
  },
};

describe('the journal alone', () => {
  test.each(Object.entries(stories))(
    'gives the state and every decision of %s again',
    async (_name, tell) => {
      const world = new World();
      const { id, shows } = await tell(world);
      const entries = await world.journal(id);
      const types = new Set(entries.map(({ event }) => event.type));
      expect([...types]).toEqual(expect.arrayContaining(shows));
      expect(checkDecisions(entries)).toBeGreaterThan(5);
      const read = structuredClone(entries).map(({ event }) => event);
      expect(replay(read)).toEqual(await world.state(id));
    },
  );

  test('is small in calm times: an expected zone is not copied into it', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    await world.tick(id);
    const before = (await world.journal(id)).length;
    await world.ticks(id, 3);
    const calm = (await world.journal(id)).slice(before).map(({ event }) => event);
    expect(calm.map(({ type }) => type)).toEqual(['observed', 'observed', 'observed']);
    for (const event of calm) {
      expect(event).toMatchObject({ observation: { zone: { status: 'expected' } } });
      expect(JSON.stringify(event).length).toBeLessThan(4_500);
    }
  });

  test('tells every reason once, however long it holds', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    world.health.target = 'unknown';
    world.health.source = 'failed';
    await world.ticks(id, 60);
    const told = (await world.journal(id)).map(({ event }) => event);
    const alarms = told.filter(({ type }) => type === 'alarm-raised');
    expect(alarms).toEqual([expect.objectContaining({ topic: 'source-failing' })]);
    const held = told.flatMap((event) => (event.type === 'held' ? [event.topic] : []));
    expect(held.every((topic, index) => topic !== held[index + 1])).toBe(true);
    expect(held.length).toBeLessThan(8);
  });

  test('puts an instant into the marker by which the controller has written or asked', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    const due = Number(/due=(\d+)/.exec(world.standing(`_shift.${www}`)[0] ?? '')?.[1]);
    world.health.target = 'unknown';
    const asked = await world.runUntil(id, ({ phase }) => phase.phase === 'waiting');
    expect(asked.phase).toMatchObject({ phase: 'waiting' });
    expect(world.now).toBeLessThan(due);
    expect(due - world.now).toBeLessThan(20 * 60_000);
    expect(world.standing(www).join()).toContain(albTarget);
  });
});
