import { describe, expect, test } from 'vitest';
import { instant } from '../../src/core/time.js';
import type { Engine } from '../../src/engine/engine.js';
import { Migrations } from '../../src/engine/migrations.js';
import { tick } from '../../src/engine/tick.js';
import { MemoryStore } from '../store/memory-store.js';
import { marker } from './zone-edits.js';
import {
  albTarget,
  herokuTarget,
  policyOf,
  policyText,
  providerFailure,
  value,
  World,
  www,
} from './world.js';

const signal = new AbortController().signal;

/** A copy of the journal, as a restored backup or a cloned machine has it. */
async function copyOf(world: World, id: string): Promise<MemoryStore> {
  const store = new MemoryStore();
  const row = (await world.store.list())[0]!;
  const [first, ...rest] = (await world.journal(id)).map(({ event }) => event);
  value(await store.create(row, first!, row.createdAt));
  const at = instant(world.now);
  value(
    await store.append({ migrationId: id, events: rest, at, live: true, expectedSequence: 1, epoch: null }),
  );
  return store;
}

async function ticks(world: World, engine: Engine, id: string, count: number): Promise<string> {
  let phase = '';
  for (let done = 0; done < count; done += 1) {
    const outcome = await tick(engine, id, signal);
    if (outcome.ok) ({ phase } = outcome.value.state.phase);
    world.pass(1_000);
  }
  return phase;
}

/** The call to Route 53 of a controller that is suspended in the very moment of making it. */
async function enactorAsleep(world: World, id: string): Promise<void> {
  world.faults.holdRequest = true;
  await world.runUntil(id, ({ openIntent }) => openIntent?.kind === 'stage' && openIntent.share === 25);
  world.faults.holdRequest = false;
  expect(world.late).toHaveLength(1);
}

describe('fault 39: the October 2025 failure of AWS DNS automation', () => {
  test('fault 39: the October 2025 failure of AWS DNS automation: a delayed enactor wakes up and applies its old plan, which is refused', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    const copy = await copyOf(world, id);
    await enactorAsleep(world, id);
    const other = world.engineOf('the one that took over', copy);
    for (let share = ''; !share.includes('shift-target 50'); share = world.standing(www).join())
      await ticks(world, other, id, 1);
    const newest = [world.standing(www), world.standing(marker)];

    expect(await world.landLate()).toEqual([false]);
    expect([world.standing(www), world.standing(marker)]).toEqual(newest);

    const written = world.batches.length;
    expect(await ticks(world, world.engine, id, 5)).toBe('halted');
    expect(world.batches).toHaveLength(written);
    expect(await ticks(world, other, id, 60)).toBe('completed');
    expect(world.standing(www)).toEqual([`CNAME ${albTarget} 5`]);
  });

  test('fault 39: the same, after a whole other migration began and ended meanwhile and left the same records', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    await enactorAsleep(world, id);
    await world.rollBack(id);
    expect((await world.runToEnd(id)).phase.phase).toBe('rolled-back');
    const second = 'the-second';
    value(await world.migrations.begin({ ...(await world.plan()), id: second }));
    await world.runUntil(second, ({ phase, share }) => phase.phase === 'observing' && share === 10);
    const again = world.standing(www);
    expect(again).toContain(`CNAME shift-target 10 ${albTarget} 2`);

    expect(await world.landLate()).toEqual([false]);
    expect(world.standing(www)).toEqual(again);
    await world.rollBack(second);
    expect((await world.runToEnd(second)).phase.phase).toBe('rolled-back');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
  });
});

test('fault 33: a state restored from an old backup writes nothing, names both generations and offers adopt', async () => {
  const world = new World();
  const id = await world.startedAt(10);
  const backup = await copyOf(world, id);
  await world.runUntil(id, ({ phase, share }) => phase.phase === 'observing' && share === 25);
  const sent = world.requests.length;
  const restored = new Migrations(world.engineOf('restored', backup));
  const { state } = value(await restored.tickOnce(id, signal));
  expect(state.phase).toMatchObject({ phase: 'halted', cause: 'fenced' });
  expect(state.phase).toMatchObject({ because: expect.stringContaining('generation 3') as unknown });
  const differences = state.phase.phase === 'halted' ? state.phase.differences.join('\n') : '';
  expect(differences).toMatch(/marker of www\.example\.com: - TXT .* gen=2 /);
  expect(differences).toMatch(/marker of www\.example\.com: \+ TXT .* gen=3 /);
  world.health.target = 'failed';
  for (let count = 0; count < 10; count += 1) {
    value(await restored.tickOnce(id, signal));
    world.pass(1_000);
  }
  expect(world.requests).toHaveLength(sent);
  expect(value(await restored.propose(id, 'adopt')).summary).toContain('25%');
});

test('fault 34: with the state directory gone nobody begins anew on a zone that is marked as live', async () => {
  const world = new World();
  await world.startedAt(25);
  const planned = await world.tryPlan();
  expect(planned).toMatchObject({ ok: false, error: { reason: 'refused' } });
  expect(planned).toMatchObject({
    error: { message: expect.stringContaining('is live on www.example.com') as unknown },
  });
  expect(planned).toMatchObject({ error: { fix: expect.stringContaining('shiftctl rollback') as unknown } });
});

test('fault 3: a refusal that answers the repetition of a change that was made counts as what the zone shows', async () => {
  const world = new World();
  const id = await world.startedAt(10);
  const { zones } = world.engine;
  let repeated = 0;
  const engine: Engine = {
    ...world.engine,
    zones: {
      ...zones,
      change: async (...call) => {
        const first = await zones.change(...call);
        if (!first.ok) return first;
        repeated += 1;
        const second = await zones.change(...call);
        expect(second).toMatchObject({ ok: false, error: { reason: 'conflict' } });
        return second;
      },
    },
  };
  for (let count = 0; count < 40 && repeated < 2; count += 1) await ticks(world, engine, id, 1);
  await ticks(world, engine, id, 2);
  const accepted = (await world.journal(id)).flatMap(({ event }) =>
    event.type === 'change-accepted' ? [event.how] : [],
  );
  expect(repeated).toBe(2);
  expect(accepted).toEqual(['reply', 'reply', 'read-back', 'read-back']);
  expect(world.standing(www)).toContain(`CNAME shift-target 50 ${albTarget} 2`);
});

test.each(['the same', 'a restarted'])(
  'fault 29: a disk that fills up right after the call: %s controller finds the write in the zone',
  async (which) => {
    const world = new World();
    const id = await world.startedAt(10);
    world.onCall = (call, when) => {
      if (call === 'change' && when === 'after') world.storeFaults.writes = 'reject';
    };
    await expect(world.runUntil(id, ({ share }) => share === 25)).rejects.toThrow('SQLITE_FULL');
    expect(world.standing(www)).toContain(`CNAME shift-target 25 ${albTarget} 2`);
    const sent = world.requests.length;
    for (let count = 0; count < 5; count += 1) {
      await expect(tick(world.engine, id, signal)).rejects.toThrow('SQLITE_FULL');
      world.pass(1_000);
    }
    expect(world.requests).toHaveLength(sent);

    world.onCall = () => undefined;
    world.storeFaults.writes = 'ok';
    world.gone.add(world.engine.holder.name);
    const next = which === 'the same' ? world.engine : world.engineOf('the next process');
    expect(await ticks(world, next, id, 2)).toBe('settling');
    expect((await world.journal(id)).map(({ event }) => event)).toContainEqual(
      expect.objectContaining({ type: 'change-accepted', how: 'read-back' }),
    );
    expect(world.requests).toHaveLength(sent);
  },
);

test('fault 28: with a full disk no step is called for: what cannot be written down is not done', async () => {
  const world = new World();
  const id = await world.startedAt(10);
  const sent = world.requests.length;
  world.storeFaults.writes = 'reject';
  for (let count = 0; count < 60; count += 1) {
    await expect(tick(world.engine, id, signal)).rejects.toThrow('SQLITE_FULL');
    world.pass(1_000);
  }
  expect(world.requests).toHaveLength(sent);
  world.storeFaults.writes = 'ok';
  expect((await world.runUntil(id, ({ share }) => share === 25)).share).toBe(25);
});

test('fault 57: a resolver that lies or cannot be asked decides nothing: only the authoritative servers do', async () => {
  const world = new World();
  const id = await world.startedAt(50);
  let isLying = true;
  const { dns } = world.engine;
  const engine: Engine = {
    ...world.engine,
    // A captive portal: every name has its own address.
    dns: { ...dns, addresses: () => Promise.resolve({ ok: true, value: isLying ? ['192.0.2.1'] : [] }) },
  };
  await world.rollBack(id);
  world.silent.add('ns-2.lab');
  expect(await ticks(world, engine, id, 20)).toBe('draining');
  isLying = false;
  expect(await ticks(world, engine, id, 5)).toBe('draining');
  world.silent.clear();
  const failing: Engine = {
    ...engine,
    dns: { ...dns, addresses: () => Promise.resolve({ ok: false, error: providerFailure('timeout') }) },
  };
  expect(await ticks(world, failing, id, 5)).toBe('rolled-back');
});

test('fault 19: with the control plane down it stays where it is, judges on, and goes on by itself afterwards', async () => {
  const world = new World();
  const id = await world.startedAt(25, {
    policy: policyOf(policyText.replace('maxHold: 30s', 'maxHold: 2h')),
  });
  const down = providerFailure('unavailable');
  Object.assign(world.faults, { failChange: down, failRead: down, failStatus: down });
  const before = world.standing(www);
  const held = await world.ticks(id, 120);
  expect(held).toMatchObject({ share: 25, held: 'zone-unknown', phase: { phase: 'observing' } });
  expect(world.standing(www)).toEqual(before);
  Object.assign(world.faults, { failChange: null, failRead: null, failStatus: null });
  expect((await world.runToEnd(id)).phase.phase).toBe('completed');
});

test('fault 17: credentials that expire hold it in place, the reason says so, and it goes on once they are renewed', async () => {
  const world = new World();
  const id = await world.startedAt(25, {
    policy: policyOf(policyText.replace('maxHold: 30s', 'maxHold: 2h')),
  });
  const expired = { ...providerFailure('denied'), message: 'the AWS credentials have expired; renew them' };
  Object.assign(world.faults, { failChange: expired, failRead: expired, failStatus: expired });
  const held = await world.ticks(id, 120);
  expect(held).toMatchObject({ share: 25, held: 'zone-unknown' });
  expect(world.events).toContainEqual(
    expect.objectContaining({ type: 'held', because: expect.stringContaining('have expired') as unknown }),
  );
  Object.assign(world.faults, { failChange: null, failRead: null, failStatus: null });
  expect((await world.runToEnd(id)).phase.phase).toBe('completed');
});
