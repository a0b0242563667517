import { describe, expect, test } from 'vitest';
import type { Failure } from '../../src/core/failure.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { MemoryStore } from '../store/memory-store.js';
import { Migrations } from '../../src/engine/migrations.js';
import { albTarget, cname, herokuTarget, member, operator, value, World, www } from './world.js';
import { create, halted, marker, recordsAt, remove, rewriteMarker, weights } from './zone-edits.js';

async function adopt(world: World, id: string): Promise<MigrationState> {
  return value(await world.migrations.carryOut(value(await world.migrations.propose(id, 'adopt')), operator));
}

async function refusal(world: World, id: string): Promise<Failure> {
  const before = [world.standing(www), world.standing(marker)];
  const entries = (await world.journal(id)).length;
  const proposal = await world.migrations.propose(id, 'adopt');
  if (proposal.ok) throw new Error('it was proposed');
  expect([world.standing(www), world.standing(marker)]).toEqual(before);
  expect(await world.journal(id)).toHaveLength(entries);
  return proposal.error;
}

describe('adopting what a person did', () => {
  test.each([
    ['the next stage', 50, 50, 2],
    ['between two stages: the lower one', 30, 25, 1],
    ['the stage that was in force', 25, 25, 1],
    ['less: the stage below', 11, 10, 0],
    ['less than the first stage: none', 3, 0, -1],
  ])('at %s goes on from there, settling first', async (_name, found, share, stage) => {
    const [world, id] = await halted((at) => {
      // At the weights that are in force only the marker tells that somebody was there.
      if (found === 25) rewriteMarker(at, (text) => text.replace(/intent=\S+/, 'intent=clone00000000000'));
      else weights(at, found);
    });
    const proposal = value(await world.migrations.propose(id, 'adopt'));
    expect(proposal.summary).toContain(`${String(share)}%`);
    const lower = `, not at ${String(found)}%`;
    expect(proposal.summary.includes(lower)).toBe(found !== share);
    expect(proposal.differences).toHaveLength(found === share ? 0 : 4);
    const state = value(await world.migrations.carryOut(proposal, operator));
    expect(state).toMatchObject({ share, phase: { phase: 'settling', stage }, openIntent: null });
    expect(world.standing(www)).toEqual([
      `CNAME shift-source ${String(100 - share)} ${herokuTarget} 2`,
      `CNAME shift-target ${String(share)} ${albTarget} 2`,
    ]);
    expect(world.standing(marker).join()).toContain('state=live');
    const settled = await world.runUntil(id, (later) => later.phase.phase === 'observing');
    expect(settled.phase).toMatchObject({ stage });
    expect((await world.runToEnd(id)).phase.phase).toBe('completed');
  });

  test('begins dwell and evidence at zero, as if the stage had just been written', async () => {
    const [world, id] = await halted((at) => weights(at, 50));
    const adopted = await adopt(world, id);
    expect(adopted.stageTimes.at(-1)).toEqual({ stage: 2, acceptedAt: world.now, settledFrom: null });
    const settled = await world.runUntil(id, (later) => later.phase.phase === 'observing');
    const { dwellFrom } = settled.phase as { dwellFrom: number };
    expect(dwellFrom).toBeGreaterThan(world.now - 2_000);
  });

  test('fault 33: works after this controller was restored from an old backup, above the generation that stands', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    const backup = new MemoryStore();
    const entries = await world.journal(id);
    const [first, ...rest] = entries.map(({ event }) => event);
    const row = (await world.store.list())[0]!;
    value(await backup.create(row, first!, row.createdAt));
    value(
      await backup.append({
        migrationId: id,
        events: rest,
        at: row.createdAt,
        live: true,
        expectedSequence: 1,
        epoch: null,
      }),
    );
    await world.runUntil(id, (state) => state.phase.phase === 'observing' && state.share === 25);
    const restored = new Migrations(world.engineOf('restored/boot-1/1', backup));
    const fenced = value(await restored.tickOnce(id, new AbortController().signal));
    expect(fenced.state.phase).toMatchObject({ phase: 'halted', cause: 'fenced' });
    const state = value(await restored.carryOut(value(await restored.propose(id, 'adopt')), operator));
    expect(state).toMatchObject({ share: 25, phase: { phase: 'settling', stage: 1 } });
    expect(state.generation).toBe(4);
    // The controller that was overtaken is the one that is fenced now.
    expect((await world.ticks(id, 2)).phase).toMatchObject({ phase: 'halted', cause: 'fenced' });
  });
});

describe('adopting is refused, and nothing is written,', () => {
  test.each<[string, (world: World) => void, string]>([
    ['above the next stage', (at) => weights(at, 80), '80% to the target, more than the next stage'],
    [
      'with a third member',
      (at) => at.write(create({ ...member('target', 5), setIdentifier: 'somebody-else' })),
      'more than our two members: CNAME somebody-else weight 5',
    ],
    ['with one member', (at) => at.write(remove(at, www).slice(1)), 'does not have both of our members'],
    ['with nothing', (at) => at.write(remove(at, www)), 'nothing stands there'],
    [
      'with an address',
      (at) =>
        at.write([...remove(at, www), ...create({ name: www, type: 'A', ttl: 60, values: ['192.0.2.1'] })]),
      'A -> 192.0.2.1',
    ],
    ['with both weights 0', (at) => weights(at, 0, 0), 'both weights at www.example.com are 0'],
    [
      'with another TTL',
      (at) => at.write([...remove(at, www), ...create(member('source', 75, 300), member('target', 25, 300))]),
      'where the TTL is 2s by the plan',
    ],
    [
      'with a member that points elsewhere',
      (at) =>
        at.write([{ action: 'UPSERT', record: { ...member('target', 25), values: ['evil.example.net.'] } }]),
      `where ${albTarget.slice(0, -1)} belongs`,
    ],
    [
      'with text that is no marker',
      (at) => rewriteMarker(at, () => 'v=spf1 -all'),
      'holds something that is not a marker',
    ],
    [
      'under the live marker of another migration',
      (at) => rewriteMarker(at, (text) => text.replace(/ id=\S+/, ' id=other-1')),
      'that of another migration, other-1',
    ],
    [
      'under the ended marker of another migration, whatever came in between',
      (at) => rewriteMarker(at, (text) => text.replace(/ id=\S+/, ' id=other-1').replace('=live', '=ended')),
      'that of another migration, other-1',
    ],
  ])('%s', async (_name, edit, message) => {
    const [world, id] = await halted(edit);
    const failure = await refusal(world, id);
    expect('message' in failure ? failure.message : '').toContain(message);
    expect(['refused', 'conflict']).toContain(failure.reason);
  });

  test('in every phase but halted', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    expect(await refusal(world, id)).toMatchObject({ reason: 'conflict' });
    await world.rollBack(id);
    await world.runToEnd(id);
    expect(await refusal(world, id)).toMatchObject({ reason: 'conflict' });
  });
});

describe('while an adoption is under way', () => {
  test('an edit between the look and the write makes Route 53 refuse it, and it has halted again', async () => {
    const [world, id] = await halted((at) => weights(at, 50));
    const proposal = value(await world.migrations.propose(id, 'adopt'));
    weights(world, 40);
    const found = [world.standing(www), world.standing(marker)];
    const result = await world.migrations.carryOut(proposal, operator);
    expect(result).toMatchObject({ ok: false, error: { reason: 'conflict' } });
    expect([world.standing(www), world.standing(marker)]).toEqual(found);
    expect((await world.state(id)).phase).toMatchObject({ phase: 'halted', cause: 'drift' });
    expect(await adopt(world, id)).toMatchObject({ share: 25 });
  });

  test('a lost reply is no loss: the zone shows the write', async () => {
    const [world, id] = await halted((at) => weights(at, 50));
    world.faults.dropReply = 1;
    expect(await adopt(world, id)).toMatchObject({ share: 50, phase: { phase: 'settling' } });
    expect((await world.runToEnd(id)).phase.phase).toBe('completed');
  });

  test('a lost reply and an unreadable zone are settled by the next tick', async () => {
    const [world, id] = await halted((at) => weights(at, 50));
    const proposal = value(await world.migrations.propose(id, 'adopt'));
    world.faults.dropReply = 1;
    const timeout = { reason: 'timeout', provider: 'route53', operation: 'x', message: 'slow' } as const;
    world.faults.failRead = { ...timeout, details: [] };
    const result = await world.migrations.carryOut(proposal, operator);
    expect(result).toMatchObject({ ok: false, error: { reason: 'provider' } });
    world.faults.failRead = null;
    expect(await world.state(id)).toMatchObject({ share: 50, phase: { phase: 'settling' } });
  });

  test('a request that never arrives leaves it halted, and one that arrives after that is adopted again', async () => {
    const [world, id] = await halted((at) => weights(at, 50));
    const proposal = value(await world.migrations.propose(id, 'adopt'));
    world.faults.holdRequest = true;
    await world.migrations.carryOut(proposal, operator);
    world.faults.holdRequest = false;
    expect((await world.state(id)).phase.phase).toBe('halted');
    expect(await world.landLate()).toEqual([true]);
    expect((await world.ticks(id, 2)).phase.phase).toBe('halted');
    expect(await adopt(world, id)).toMatchObject({ share: 50, phase: { phase: 'settling' } });
    expect((await world.runToEnd(id)).phase.phase).toBe('completed');
  });

  test.each(['before', 'after'] as const)('a death %s the call is settled by the next tick', async (when) => {
    const [world, id] = await halted((at) => weights(at, 50));
    const proposal = value(await world.migrations.propose(id, 'adopt'));
    world.onCall = (call, at) => {
      if (call === 'change' && at === when) throw new Error('killed');
    };
    await expect(world.migrations.carryOut(proposal, operator)).rejects.toThrow('killed');
    world.onCall = () => undefined;
    const state = await world.state(id);
    expect(state.phase.phase).toBe(when === 'before' ? 'halted' : 'settling');
  });

  test('a restoration that was given up and arrives now counts as what it is: everything at the source', async () => {
    const [world, id] = await halted((at) => weights(at, 50));
    world.faults.holdRequest = true;
    await world.migrations.carryOut(value(await world.migrations.propose(id, 'restore')), operator);
    expect((await world.state(id)).phase.phase).toBe('halted');
    await world.migrations.carryOut(value(await world.migrations.propose(id, 'adopt')), operator);
    world.faults.holdRequest = false;
    expect(await world.landLate()).toEqual([true, false]);
    expect((await world.state(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'person' });
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 5`]);
  });

  test('a rollback goes first', async () => {
    const [world, id] = await halted((at) => weights(at, 50));
    world.faults.holdRequest = true;
    await world.migrations.carryOut(value(await world.migrations.propose(id, 'adopt')), operator);
    world.faults.holdRequest = false;
    await world.rollBack(id);
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
    expect(await world.landLate()).toEqual([false]);
    expect((await world.runToEnd(id)).phase.phase).toBe('rolled-back');
  });

  test('the guard still protects, and the marker of a person who put all back counts', async () => {
    const [world, id] = await halted((at) => weights(at, 50));
    await adopt(world, id);
    world.health.target = 'failed';
    expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
    expect(recordsAt(world, www)).toHaveLength(1);
    expect(cname(www, herokuTarget, 2)).toMatchObject({ ttl: 2 });
  });
});
