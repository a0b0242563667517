import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.js';
import { statusOf } from '../../src/core/status.js';
import { instant } from '../../src/core/time.js';
import { Journal } from '../../src/engine/journal.js';
import { policyOf, policyText, World } from './world.js';

const hooks = `
hooks:
  beforeStage: { url: https://gatekeeper.example.com/ask, timeout: 2s }
  afterRollback: { url: https://gatekeeper.example.com/over }
`;

async function askingAt(share: number): Promise<{ world: World; id: string }> {
  const world = new World();
  const id = await world.startedAt(share, { policy: policyOf(`${policyText}${hooks}`) });
  return { world, id };
}

async function events<T extends Event['type']>(
  world: World,
  id: string,
  type: T,
): Promise<(Event & { type: T })[]> {
  const entries = await world.journal(id);
  return entries.flatMap(({ event }) => (event.type === type ? [event as Event & { type: T }] : []));
}

describe('a before-stage hook', () => {
  test('that allows each stage is asked before each, and the migration ends as without it', async () => {
    const { world, id } = await askingAt(-1);
    const { phase } = await world.runToEnd(id);
    expect(phase.phase).toBe('completed');
    expect(world.notifier.questions.map(({ shareNow, shareNext }) => [shareNow, shareNext])).toEqual([
      [0, 10],
      [10, 25],
      [25, 50],
      [50, 100],
    ]);
    const opened = await events(world, id, 'intent-opened');
    const answered = await events(world, id, 'hook-answered');
    const stages = opened.filter(({ intent }) => intent.kind === 'stage');
    expect(stages).toHaveLength(4);
    stages.forEach(({ at }, index) => expect(at).toBeGreaterThanOrEqual(answered[index]?.at ?? Infinity));
  });

  test.each([
    [
      'refuses',
      (world: World) => (world.notifier.hookAnswer = 'hold'),
      'the before-stage hook refuses: it says hold',
    ],
    [
      'gives an answer that counts for nothing',
      (world: World) => world.notifier.faults.set('hook', 'refuse'),
      'the before-stage hook gave no answer: answered 500',
    ],
    [
      'never answers',
      (world: World) => world.notifier.faults.set('hook', 'hang'),
      'the before-stage hook gave no answer: no answer within 3000 ms',
    ],
    [
      'breaks',
      (world: World) => world.notifier.faults.set('hook', 'throw'),
      'the before-stage hook gave no answer: the notifier broke',
    ],
  ])(
    'that %s holds the stage with its words, and the stage goes on once it allows it',
    async (_name, fail, because) => {
      const { world, id } = await askingAt(10);
      fail(world);
      const held = await world.ticks(id, 15);
      expect(held).toMatchObject({ share: 10, phase: { phase: 'observing' }, held: 'hook' });
      expect((await events(world, id, 'held')).at(-1)?.because).toBe(because);
      const { because: shown } = statusOf(held, instant(world.now));
      expect([because, 'the before-stage hook is asked']).toContain(shown);
      world.notifier.hookAnswer = 'go';
      world.notifier.faults.clear();
      await world.runUntil(id, ({ share }) => share === 25);
      expect((await world.state(id)).share).toBe(25);
    },
  );

  test('that never answers keeps nobody from rolling back', async () => {
    const { world, id } = await askingAt(25);
    world.notifier.faults.set('hook', 'hang');
    await world.ticks(id, 10);
    world.health.target = 'failed';
    const asked = world.notifier.questions.length;
    const { phase } = await world.runToEnd(id);
    expect(phase.phase).toBe('rolled-back');
    expect(world.notifier.questions).toHaveLength(asked);
  });

  test('is asked by the next process when the one that asked has ended', async () => {
    const { world, id } = await askingAt(10);
    world.notifier.onAsk = () => (world.storeFaults.writes = 'reject');
    await world.runUntil(id, ({ hook }) => hook !== null && hook.answered === null && hook.stage === 1);
    expect(world.notifier.questions).toHaveLength(2);
    world.notifier.onAsk = () => undefined;
    world.storeFaults.writes = 'ok';
    const next = world.engineOf('host/boot-1/2');
    next.telling.begin(await Journal.open(world.store, id, null));
    await next.telling.settled(id);
    expect(world.notifier.questions).toHaveLength(3);
    expect((await events(world, id, 'hook-answered')).at(-1)).toMatchObject({ stage: 1, answer: 'go' });
  });
});

describe('an after-rollback hook', () => {
  test('is told once the rollback is over, and its answer is recorded and nothing else', async () => {
    const { world, id } = await askingAt(25);
    world.health.target = 'failed';
    await world.runToEnd(id);
    expect(world.notifier.told.map(({ message }) => message.kind)).toEqual(['rolled-back']);
    expect((await events(world, id, 'notified')).map(({ channel, outcome }) => [channel, outcome])).toEqual([
      ['hook after-rollback', 'delivered'],
    ]);
  });
});
