import { describe, expect, test } from 'vitest';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { classify } from '../../src/adapters/route53/classify.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { Controller } from '../../src/engine/controller.js';
import { tick } from '../../src/engine/tick.js';
import { albTarget, herokuTarget, policyOf, policyText, value, World, www } from './world.js';
import { ZoneWatch } from './zone-watch.js';

const signal = new AbortController().signal;
const hourMs = 3_600_000;
const stages = [10, 25, 50, 100];

function dwellFrom({ phase }: MigrationState): number {
  if (phase.phase !== 'observing') throw new Error(phase.phase);
  return phase.dwellFrom;
}

/** At 10 %, one second before its dwell of six would have ended. */
async function almostPromoted(): Promise<{ world: World; id: string; watch: ZoneWatch }> {
  const world = new World();
  const watch = new ZoneWatch(world, stages);
  const id = await world.startedAt(10);
  await world.ticks(id, 4);
  watch.look();
  return { world, id, watch };
}

/** What every jump has in common: it is recorded once, and the dwell is served again in full before the next stage. */
async function servesTheDwellAgain(world: World, id: string): Promise<void> {
  const writes = world.batches.length;
  const { events, state } = await world.tick(id, 0);
  expect(events.map(({ type }) => type)).toEqual(['gap-found']);
  expect(state.probes).toEqual([]);
  const from = dwellFrom(state);
  expect(from).toBeGreaterThanOrEqual(world.now);
  await world.runUntil(id, () => world.batches.length > writes);
  expect(world.now - from).toBeGreaterThanOrEqual(6_000);
  const gaps = (await world.journal(id)).filter(({ event }) => event.type === 'gap-found');
  expect(gaps).toHaveLength(1);
}

/** Sequence numbers without a hole, whatever the wall clock said. */
async function expectWholeJournal(world: World, id: string): Promise<void> {
  const entries = await world.journal(id);
  expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_entry, index) => index + 1));
}

async function expectRestToBeUsual(world: World, id: string, watch: ZoneWatch): Promise<void> {
  for (let ticks = 0; ticks < 120; ticks += 1) {
    const { state } = await world.tick(id);
    watch.look();
    if (state.phase.phase === 'completed') break;
  }
  expect(watch.shares).toEqual(stages);
  expect(world.batches).toHaveLength(6);
  expect(world.standing(www)).toEqual([`CNAME ${albTarget} 5`]);
  await expectWholeJournal(world, id);
}

test('fault 21: a wall clock that jumps a day ahead ends no dwell, and no lease of another', async () => {
  const { world, id, watch } = await almostPromoted();
  world.now += 24 * hourMs;
  await servesTheDwellAgain(world, id);
  await expectRestToBeUsual(world, id, watch);
});

test('fault 21: of two controllers the one whose lease the jump ended is refused by the journal', async () => {
  const { world, id, watch } = await almostPromoted();
  const [a, b] = [world.engineOf('a'), world.engineOf('b')];
  let hasJumped = false;
  world.onCall = async (call) => {
    if (call !== 'records' || hasJumped) return;
    hasJumped = true;
    world.now += 24 * hourMs;
    value(await tick(b, id, signal));
  };
  expect(await tick(a, id, signal)).toMatchObject({ ok: false, error: { reason: 'overtaken' } });
  expect(hasJumped).toBe(true);
  world.onCall = () => undefined;
  world.pass(200_000);
  await expectRestToBeUsual(world, id, watch);
});

test('fault 22: a wall clock that jumps back an hour makes no double stage and no negative age', async () => {
  const { world, id, watch } = await almostPromoted();
  world.now -= hourMs;
  await servesTheDwellAgain(world, id);
  await using controller = new Controller(world.engine, {
    ticked: () => undefined,
    skipped: () => undefined,
    failed: () => undefined,
  });
  world.now -= hourMs;
  await controller.wake(signal);
  await controller.idle();
  world.now -= hourMs;
  await controller.wake(signal);
  for (const { lastTickAgeMs } of controller.ages()) expect(lastTickAgeMs).toBeGreaterThanOrEqual(0);
  await expectRestToBeUsual(world, id, watch);
});

test.each([
  ['fault 21: a wall clock that jumps a day ahead', 24 * hourMs],
  ['fault 22: a wall clock that jumps back an hour', -hourMs],
])('%s while a stage settles gives caches their time again, and no more', async (_, jumpMs) => {
  const { world, id, watch } = await almostPromoted();
  await world.runUntil(id, ({ phase }) => phase.phase === 'settling' && phase.settle.insyncAt !== null);
  world.now += jumpMs;
  const from = world.monotonic;
  const state = await world.runUntil(id, ({ phase }) => phase.phase === 'observing');
  expect(state).toMatchObject({ share: 25, phase: { phase: 'observing' } });
  expect(world.monotonic - from).toBeGreaterThan(3_000);
  expect(world.monotonic - from).toBeLessThanOrEqual(5_000);
  await expectRestToBeUsual(world, id, watch);
});

test('fault 26: a scheduler that is slower than a gap settles a stage all the same', async () => {
  const { world, id } = await almostPromoted();
  await world.runUntil(id, ({ phase }) => phase.phase === 'settling' && phase.settle.insyncAt !== null);
  const { state } = await world.tick(id, 60_000);
  expect(state.phase.phase).toBe('settling');
  expect((await world.tick(id, 60_000)).state).toMatchObject({ share: 25, phase: { phase: 'observing' } });
});

describe('fault 24: a machine that was suspended for three hours', () => {
  test('serves the dwell again when it wakes, and makes no burst of stages', async () => {
    const { world, id, watch } = await almostPromoted();
    world.now += 3 * hourMs;
    await servesTheDwellAgain(world, id);
    await expectRestToBeUsual(world, id, watch);
  });

  test('looks before anything else, and rolls a target back that has failed meanwhile', async () => {
    const { world, id } = await almostPromoted();
    world.now += 3 * hourMs;
    world.health.target = 'failed';
    const state = await world.runToEnd(id);
    expect(state.phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
    expect(world.events.some((event) => event.type === 'intent-opened' && event.intent.share === 25)).toBe(
      false,
    );
  });

  test('writes nothing at all when the records were changed while it slept', async () => {
    const { world, id } = await almostPromoted();
    const writes = world.batches.length;
    const [source] = world.zones
      .records(world.zoneId)!
      .filter(({ setIdentifier }) => setIdentifier === 'shift-source');
    world.write([{ action: 'UPSERT', record: { ...source!, weight: 77 } }]);
    world.now += 3 * hourMs;
    const { state } = await world.tick(id);
    expect(state.phase.phase).toBe('halted');
    expect(world.batches).toHaveLength(writes);
  });
});

test('fault 25: a signature that Amazon refuses holds the migration, names the clock, and is all right when the clock is', async () => {
  const { world, id, watch } = await almostPromoted();
  const refusal = Object.assign(new Error('Signature expired: 20231114T221320Z is now earlier than ...'), {
    name: 'RequestTimeTooSkewed',
    $metadata: { httpStatusCode: 403 },
  });
  const failure = classify(refusal, 'ListResourceRecordSets');
  expect(failure.reason).toBe('denied');
  expect(failure.message).toContain("check this machine's clock");
  world.faults.failRead = failure;
  const writes = world.batches.length;
  await world.ticks(id, 20);
  expect(world.batches).toHaveLength(writes);
  expect(JSON.stringify(world.events)).toContain("check this machine's clock");
  world.faults.failRead = null;
  await expectRestToBeUsual(world, id, watch);
});

describe('fault 26: ticks', () => {
  test('that are missed cost time and nothing else', async () => {
    const world = new World();
    const watch = new ZoneWatch(world, stages);
    const id = await world.startedAt(10);
    for (let ticks = 0; ticks < 400; ticks += 1) {
      const { state } = await world.tick(id, ticks % 3 === 0 ? 9_000 : 1_000);
      watch.look();
      if (state.phase.phase === 'completed') break;
    }
    expect(watch.shares).toEqual(stages);
    expect(world.batches).toHaveLength(6);
  });

  test('that are doubled, in one process and in two, make every step once', async () => {
    const world = new World();
    const watch = new ZoneWatch(world, stages);
    const id = await world.startedAt(-1);
    const [a, b] = [world.engineOf('a'), world.engineOf('b')];
    for (let seconds = 0; seconds < 120; seconds += 1) {
      await Promise.all([tick(a, id, signal), tick(a, id, signal), tick(b, id, signal)]);
      watch.look();
      world.pass(1_000);
    }
    expect((await world.journal(id)).at(-1)?.event.type).toBe('completed');
    expect(watch.shares).toEqual([0, ...stages]);
    expect(world.batches).toHaveLength(6);
    await expectWholeJournal(world, id);
  });

  test('are refused while one of the same migration is running, however often it is woken', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    let running = 0;
    let atOnce = 0;
    world.onCall = async (call) => {
      if (call !== 'records') return;
      running += 1;
      atOnce = Math.max(atOnce, running);
      for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    const ticked: string[] = [];
    await using controller = new Controller(world.engine, {
      ticked: (ended) => void ticked.push(ended),
      skipped: () => undefined,
      failed: () => undefined,
    });
    for (let wakes = 0; wakes < 30; wakes += 1) {
      await controller.wake(signal);
      world.pass(500);
    }
    await controller.idle();
    expect(atOnce).toBe(1);
    expect(new Set(ticked)).toEqual(new Set([id]));
  });
});

test.each([
  ['the lease', 0],
  ['the lease, and has looked', 1],
])(
  'fault 27: a controller that was blocked while another took %s is refused by the journal',
  async (_, looks) => {
    const { world, id, watch } = await almostPromoted();
    const [blocked, other] = [world.engineOf('blocked'), world.engineOf('other')];
    let isBlocked = false;
    world.onCall = async (call) => {
      watch.look();
      if (call !== 'append' || isBlocked) return;
      isBlocked = true;
      world.pass(181_000);
      value(await world.store.acquireLease(id, 'other', 180_000, world.engine.clock.now()));
      if (looks > 0) value(await tick(other, id, signal));
    };
    const before = (await world.journal(id)).length;
    const sent = world.requests.length;
    expect(await tick(blocked, id, signal)).toMatchObject({ ok: false, error: { reason: 'overtaken' } });
    expect(isBlocked).toBe(true);
    const added = (await world.journal(id)).slice(before).map(({ event }) => event.type);
    expect(
      added.filter((type) => type === 'observed'),
      'of the other alone',
    ).toHaveLength(looks);
    expect(world.requests).toHaveLength(sent);
    world.onCall = () => undefined;
    world.pass(200_000);
    await expectRestToBeUsual(world, id, watch);
  },
);

describe('fault 43: a policy file', () => {
  test.each([
    ['deleted', (path: string) => rmSync(path)],
    ['made invalid', (path: string) => writeFileSync(path, 'stages: [banana')],
  ])(
    '%s while it runs changes nothing: the running copy is in the journal, rollback included',
    async (_name, spoil) => {
      const directory = mkdtempSync(join(tmpdir(), 'shift-policy-'));
      try {
        const path = join(directory, 'policy.yaml');
        writeFileSync(path, policyText);
        const world = new World();
        const policy = policyOf(readFileSync(path, 'utf8'));
        const id = await world.startedAt(25, { policy });
        spoil(path);
        expect((await world.ticks(id, 3)).plan.policy).toEqual(policy);
        const state = await world.runUntil(id, ({ share }) => share === 50);
        expect(state.share).toBe(50);
        await world.rollBack(id);
        expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'operator' });
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  );
});
