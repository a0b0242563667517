import { describe, expect, test } from 'vitest';
import type { MigrationState } from '../../src/core/migration-state.js';
import { tick } from '../../src/engine/tick.js';
import {
  albTarget,
  cname,
  herokuTarget,
  member,
  operator,
  providerFailure,
  value,
  World,
  www,
} from './world.js';

const marker = `_shift.${www}`;
const plainSource = [`CNAME ${herokuTarget} 2`];

function remove(world: World, name: string): { action: string; record: object }[] {
  const here = (world.zones.records(world.zoneId) ?? []).filter((record) => record.name === name);
  return here.map((record) => ({ action: 'DELETE', record }));
}

function foreignMarker(world: World): void {
  const values = [`"shift=1 id=other-1 state=live gen=40 intent=x head=h due=1 hosts=${www}"`];
  world.write([
    ...remove(world, marker),
    { action: 'CREATE', record: { name: marker, type: 'TXT', ttl: 2, values } },
  ]);
}

/** Rolls back as the operator and watches it to its end. */
async function back(world: World, id: string): Promise<MigrationState> {
  await world.rollBack(id);
  return world.runToEnd(id);
}

function expectClean(world: World, state: MigrationState): void {
  expect(state.phase).toMatchObject({ phase: 'rolled-back', by: 'operator' });
  expect(world.standing(www)).toEqual(plainSource);
  expect(world.standing(marker).join()).toContain('state=ended');
}

describe('a rollback', () => {
  test('is one call without any read while the zone is as the last receipt says', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.faults.failRead = providerFailure('unavailable');
    const written = world.batches.length;
    await world.rollBack(id);
    expect(world.batches).toHaveLength(written + 1);
    world.faults.failRead = null;
    expectClean(world, await world.runToEnd(id));
  });

  test('reads when its first try is refused, and swaps what it finds', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.write([{ action: 'UPSERT', record: member('target', 80) }]);
    expectClean(world, await back(world, id));
  });

  test('fault 58: forces 100/0 after two lost races', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    let weight = 30;
    world.onCall = (call, when) => {
      if (call !== 'change' || when !== 'before' || weight >= 33) return;
      world.write([{ action: 'UPSERT', record: member('target', (weight += 1)) }]);
    };
    const state = await back(world, id);
    expect(state.phase.phase).toBe('rolled-back');
    expect(world.standing(www)).toEqual([
      `CNAME shift-source 100 ${herokuTarget} 2`,
      `CNAME shift-target 0 ${albTarget} 2`,
    ]);
    expect(world.standing(marker).join()).toContain('state=ended');
  });

  test.each(['throttled', 'unavailable', 'denied', 'timeout'] as const)(
    'does not take %s answers for lost races: it ends on the plain record',
    async (reason) => {
      const world = new World();
      const id = await world.startedAt(25);
      let calls = 0;
      world.onCall = (call, when) => {
        if (call === 'change' && when === 'before')
          world.faults.failChange = (calls += 1) < 6 ? providerFailure(reason) : null;
      };
      expectClean(world, await back(world, id));
      expect(calls).toBe(6);
    },
  );

  test.each([
    ['a member is missing', (world: World) => world.write(remove(world, www).slice(0, 1)), 'forced'],
    [
      'a plain record to the target stands there',
      (world: World) =>
        world.write([...remove(world, www), { action: 'CREATE', record: cname(www, albTarget, 60) }]),
      'plain',
    ],
    ['nothing stands there', (world: World) => world.write(remove(world, www)), 'plain'],
  ])('puts the source back when %s', async (_name, edit, end) => {
    const world = new World();
    const id = await world.startedAt(25);
    edit(world);
    const state = await back(world, id);
    expect(state.phase.phase).toBe('rolled-back');
    if (end === 'plain') expectClean(world, state);
    else expect(world.standing(www)[1]).toBe(`CNAME shift-target 0 ${albTarget} 2`);
  });

  test('drains ours beside a foreign member, and says so', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    const stranger = {
      name: www,
      type: 'CNAME',
      setIdentifier: 'other',
      weight: 9,
      ttl: 2,
      values: ['x.example.net.'],
    };
    world.write([{ action: 'CREATE', record: stranger }]);
    const state = await back(world, id);
    expect(state.phase.phase).toBe('rolled-back');
    expect(world.standing(www)).toContain('CNAME other 9 x.example.net. 2');
    expect(world.standing(www)).toContain(`CNAME shift-target 0 ${albTarget} 2`);
    expect(state.alarms).toEqual(['rollback-incomplete']);
  });

  test('leaves what is neither ours nor empty alone, and says so', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.write([
      ...remove(world, www),
      { action: 'CREATE', record: { name: www, type: 'A', ttl: 60, values: ['192.0.2.1'] } },
    ]);
    const state = await back(world, id);
    expect(state.phase.phase).toBe('rolled-back');
    expect(world.standing(www)).toEqual(['A 192.0.2.1 60']);
    const alarms = (await world.journal(id)).filter(({ event }) => event.type === 'alarm-raised');
    expect(alarms).toHaveLength(1);
  });

  test('fault 58: forces 100/0 from the last known values when the zone cannot be read, then collapses it', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.write([{ action: 'UPSERT', record: member('target', 80) }]);
    world.faults.failRead = providerFailure('timeout');
    let drained: string[] = [];
    world.onCall = (call) => {
      if (call !== 'records' || world.batches.length < 4 || world.faults.failRead === null) return;
      drained = world.standing(www);
      world.faults.failRead = null;
    };
    expectClean(world, await back(world, id));
    expect(drained).toEqual([
      `CNAME shift-source 100 ${herokuTarget} 2`,
      `CNAME shift-target 0 ${albTarget} 2`,
    ]);
  });

  test('fault 19: keeps trying for as long as the API is down, with pauses that grow to half a minute, and says it once', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    const beganAt = world.now;
    const triedAt: number[] = [];
    world.faults.failChange = providerFailure('unavailable');
    world.faults.failRead = providerFailure('unavailable');
    world.onCall = (call, when) => {
      if (call !== 'change' || when !== 'before') return;
      triedAt.push(world.now - beganAt);
      if (world.now - beganAt < 3_600_000) return;
      world.faults.failChange = null;
      world.faults.failRead = null;
    };
    expectClean(world, await back(world, id));
    const pauses = triedAt.slice(1).map((time, index) => time - triedAt[index]!);
    expect(pauses.slice(0, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(Math.max(...pauses)).toBe(30_000);
    const advice = world.warnings.filter((line) => /README|health check/.test(line));
    expect(advice).toHaveLength(2);
    expect(advice[0]).toContain(`break-glass/${id}/README.txt`);
    expect((await world.journal(id)).length).toBeLessThan(80);
  });

  test('ends at once when its signal comes, and the next tick goes on with it', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.faults.failChange = providerFailure('unavailable');
    const stop = new AbortController();
    world.onCall = (call) => {
      if (call === 'records') stop.abort();
    };
    const state = value(await world.migrations.rollBack(id, operator, stop.signal));
    expect(state.phase.phase).toBe('rolling-back');
    world.onCall = () => undefined;
    world.faults.failChange = null;
    expectClean(world, await world.runToEnd(id));
  });

  test('a lost reply is found by reading: one write, and it is over', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.faults.dropReply = 1;
    const written = world.batches.length;
    expectClean(world, await back(world, id));
    expect(world.batches).toHaveLength(written + 1);
  });

  test('a clock that was set back in the middle does not confuse it', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.faults.failChange = providerFailure('unavailable');
    const stop = new AbortController();
    world.onCall = (call) => {
      if (call === 'records') stop.abort();
    };
    await world.migrations.rollBack(id, operator, stop.signal);
    world.onCall = () => undefined;
    world.faults.failChange = null;
    world.now -= 3_600_000;
    expectClean(world, await world.runToEnd(id));
  });

  test('fault 58: is not over before every name server has it and none hands out the target', async () => {
    const world = new World();
    const id = await world.startedAt(50);
    world.silent.add('ns-3.lab');
    await world.rollBack(id);
    expect((await world.ticks(id, 20)).phase.phase).toBe('draining');
    world.silent.clear();
    const { phase } = await world.runToEnd(id);
    if (phase.phase !== 'rolled-back' || phase.times === null) throw new Error(phase.phase);
    const { requestedAt, acceptedAt, insyncAt, cleanAt, tailEndsAt } = phase.times;
    expect(acceptedAt).toBe(requestedAt);
    expect(insyncAt).toBeLessThan(cleanAt);
    expect(tailEndsAt - cleanAt).toBe(3_000);
  });
});

describe('an automatic rollback', () => {
  test("halts at another migration's marker, where an operator's goes over it", async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.health.target = 'failed';
    world.onCall = (call, when) => {
      if (call !== 'change' || when !== 'before') return;
      world.onCall = () => undefined;
      foreignMarker(world);
    };
    const state = await world.runUntil(id, ({ phase }) => phase.phase === 'halted');
    expect(state.phase).toMatchObject({ phase: 'halted', cause: 'fenced' });
    expect(world.standing(www).join()).toContain('shift-target 25');
    expectClean(world, await back(world, id));
    const generation = Number(/gen=(\d+)/.exec(world.standing(marker).join())?.[1]);
    expect(generation).toBeGreaterThan(40);
  });

  test('halts at the marker of a clone of this controller', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.health.target = 'failed';
    world.onCall = (call, when) => {
      if (call !== 'change' || when !== 'before') return;
      world.onCall = () => undefined;
      const [found] = remove(world, marker) as { record: { values: string[] } }[];
      const values = [found!.record.values[0]!.replace(/intent=\S+/, 'intent=clone00000000000')];
      world.write([{ action: 'UPSERT', record: { ...found!.record, values } }]);
    };
    const state = await world.runUntil(id, ({ phase }) => phase.phase === 'halted');
    expect(state.phase).toMatchObject({ phase: 'halted', cause: 'fenced' });
  });
});

describe('a rollback with a broken state file', () => {
  test.each(['reject', 'hang'] as const)(
    'of an operator is made when writes %s, and said',
    async (writes) => {
      const world = new World();
      const id = await world.startedAt(25);
      world.storeFaults.writes = writes;
      const beganAt = world.now;
      let calledAt = 0;
      world.onCall = (call) => {
        if (call === 'change' && calledAt === 0) calledAt = world.now;
      };
      const state = await world.rollBack(id);
      expect(state.phase.phase).toBe('draining');
      expect(calledAt - beganAt).toBeLessThanOrEqual(1_500);
      expect(world.standing(www)).toEqual(plainSource);
      expect(world.warnings.join('\n')).toContain('rolling back all the same');
      expect(world.warnings).toContain('not journaled: rollback-requested');
      world.storeFaults.writes = 'ok';
      const after = await world.runToEnd(id);
      expect(after.phase).toMatchObject({ phase: 'rolled-back', by: 'person' });
      expect(world.standing(www)).toEqual(plainSource);
    },
  );

  test('fault 28: of the guard is made with a full disk', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    await world.tick(id);
    world.storeFaults.writes = 'reject';
    await expect(world.tick(id)).rejects.toThrow('SQLITE_FULL');
    world.health.target = 'failed';
    for (let tries = 0; tries < 5; tries += 1) {
      await world.tick(id).catch(() => undefined);
      world.pass(1_000);
    }
    expect(world.standing(www)).toEqual(plainSource);
    const said = ['rollback-requested', 'intent-opened', 'change-accepted', 'rollback-written'];
    for (const type of said) expect(world.warnings).toContain(`not journaled: ${type}`);
    world.storeFaults.writes = 'ok';
    world.health.target = 'ok';
    expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'person' });
  });

  test('of the guard is made when only the journal takes no writes', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.onCall = (call, when) => {
      if (call === 'append' && when === 'before') throw new Error('SQLITE_IOERR: disk I/O error');
    };
    await expect(world.tick(id)).rejects.toThrow('SQLITE_IOERR');
    world.health.target = 'failed';
    await world.tick(id).catch(() => undefined);
    expect(world.standing(www)).toEqual(plainSource);
  });

  test('of the guard does not wait for a journal that went silent just then', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.health.target = 'failed';
    await world.tick(id);
    world.onCall = (call) => (call === 'append' ? new Promise(() => undefined) : undefined);
    expect((await tick(world.engine, id, new AbortController().signal)).ok).toBe(true);
    expect(world.standing(www)).toEqual(plainSource);
  });

  test('is not taken back by an answer of the journal that comes late', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    let answer: () => void = () => undefined;
    world.onCall = (call, when) => {
      if (call === 'append' && when === 'after') {
        world.onCall = late;
        return new Promise<void>((resolve) => (answer = resolve));
      }
      return undefined;
    };
    const late = (call: string, when: string): unknown => {
      if (call !== 'change' || when !== 'before') return undefined;
      answer();
      return new Promise((resolve) => setImmediate(resolve));
    };
    const written = world.batches.length;
    const state = await world.rollBack(id);
    expect(state.phase.phase).toBe('draining');
    expect(state.intents.at(-1)?.kind).toBe('rollback');
    expect(world.batches).toHaveLength(written + 1);
    world.onCall = () => undefined;
    expectClean(world, await world.runToEnd(id));
  });

  test('is journaled after all when the file can be written again by its end', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.storeFaults.writes = 'reject';
    world.onCall = (call, when) => {
      if (call === 'change' && when === 'after') world.storeFaults.writes = 'ok';
    };
    expectClean(world, await back(world, id));
    expect((await world.journal(id)).map(({ event }) => event.type)).toContain('rollback-requested');
  });

  test('follows another process that journals something between two of its steps', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.onCall = (call, when) => {
      if (call !== 'change' || when !== 'after') return;
      world.onCall = () => undefined;
      noting = note(world, id);
    };
    let noting: Promise<unknown> = Promise.resolve();
    const state = await world.rollBack(id);
    await noting;
    expect(state.phase.phase).toBe('draining');
    expect(world.warnings).toEqual([]);
    const types = (await world.journal(id)).map(({ event }) => event.type);
    expect(types).toContain('alarm-raised');
    expect(types).toContain('rollback-written');
  });
});

/** What another process of the same state directory may write at any moment. */
async function note(world: World, id: string): Promise<void> {
  const at = world.engine.clock.now();
  const because = 'told by another process';
  const entries = await world.journal(id);
  const events = [{ type: 'alarm-raised', at, topic: 'both-failing', because } as const];
  const expectedSequence = entries.at(-1)?.sequence ?? 0;
  value(await world.store.append({ migrationId: id, events, at, live: true, expectedSequence, epoch: null }));
}

describe('a rollback from every phase', () => {
  test('planned: nothing is written, because nothing ever was', async () => {
    const world = new World();
    const id = await world.startedAt(-1);
    const state = await back(world, id);
    expect(state.phase.phase).toBe('rolled-back');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 5`]);
    expect(world.standing(marker)).toEqual([]);
    expect(world.batches).toHaveLength(0);
  });

  test('taking over, its request still under way: the late request is fenced', async () => {
    const world = new World();
    const id = await world.startedAt(-1);
    world.faults.holdRequest = true;
    await world.tick(id);
    world.faults.holdRequest = false;
    expect((await back(world, id)).phase.phase).toBe('rolled-back');
    expect(await world.landLate()).toEqual([false]);
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 5`]);
    expect(world.standing(marker).join()).toContain('state=ended');
  });

  test.each([0, 10, 50])('a step from %s% under way: its late request is refused', async (share) => {
    const world = new World();
    const id = await world.startedAt(share);
    world.faults.holdRequest = true;
    await world.runUntil(id, (state) => state.openIntent !== null);
    world.faults.holdRequest = false;
    expectClean(world, await back(world, id));
    expect(await world.landLate()).toEqual([false]);
    expect(world.standing(www)).toEqual(plainSource);
  });

  test.each([0, 10, 100])('a step from %s% that landed without an answer', async (share) => {
    const world = new World();
    const id = await world.startedAt(share);
    world.faults.dropReply = 1;
    await world.runUntil(id, (state) => state.openIntent !== null);
    expectClean(world, await back(world, id));
    const generations = (await world.state(id)).intents.map(({ generation }) => generation);
    expect(generations.at(-1)).toBe(Math.max(...generations));
    expect(new Set(generations.slice(-2)).size).toBe(2);
  });

  test.each(['settling', 'observing', 'finalizing'])('%s', async (name) => {
    const world = new World();
    const id = await world.startedAt(name === 'finalizing' ? 100 : 10);
    const next = await world.runUntil(id, ({ phase, share }) => phase.phase === name && share !== 10);
    expect(next.phase.phase).toBe(name);
    expectClean(world, await back(world, id));
  });

  test.each(['waiting', 'paused'])('%s', async (name) => {
    const world = new World();
    const id = await world.startedAt(25);
    if (name === 'paused') await world.migrations.pause(id, operator);
    else {
      world.health.target = 'unknown';
      await world.runUntil(id, ({ phase }) => phase.phase === 'waiting');
    }
    const state = await back(world, id);
    expectClean(world, state);
    expect(state.pause).toBeNull();
  });

  test('completed: back from the plain record to the target', async () => {
    const world = new World();
    const id = await world.startedAt(100);
    expect((await world.runToEnd(id)).phase.phase).toBe('completed');
    expectClean(world, await back(world, id));
  });

  test('rolled back by a person with the pair left standing: collapses it', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    await world.apply(world.files.at(-1)!.drain);
    expect((await world.runToEnd(id)).phase).toMatchObject({ by: 'person' });
    expect(world.standing(www)).toHaveLength(2);
    expectClean(world, await back(world, id));
  });

  test('rolled back already: nothing is written again', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    await back(world, id);
    const written = world.batches.length;
    expectClean(world, await back(world, id));
    expect(world.batches).toHaveLength(written);
  });

  test('draining, when someone gave the target weight again: it pages, and goes back once more', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    await world.rollBack(id);
    const pair = [member('source', 60), member('target', 40)];
    world.write([...remove(world, www), ...pair.map((record) => ({ action: 'CREATE', record }))]);
    for (let ticks = 0; ticks < 110; ticks += 1) await world.tick(id, 9_000);
    const stuck = await world.state(id);
    expect(stuck).toMatchObject({ phase: { phase: 'draining' }, alarms: ['rollback-incomplete'] });
    const state = await back(world, id);
    expectClean(world, state);
  });

  test('draining: asking again writes nothing and loses no times', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    const first = await world.rollBack(id);
    const written = world.batches.length;
    world.pass(500);
    const { phase } = await back(world, id);
    expect(world.batches).toHaveLength(written);
    const requestedAt = first.phase.phase === 'draining' ? first.phase.rollback.requestedAt : 0;
    expect(phase).toMatchObject({ phase: 'rolled-back', times: { requestedAt, acceptedAt: requestedAt } });
  });

  test('halted: whatever was changed, our members go back', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.write([{ action: 'UPSERT', record: member('target', 80) }]);
    await world.tick(id);
    expectClean(world, await back(world, id));
  });
});
