import { describe, expect, test } from 'vitest';
import type { Failure } from '../../src/core/failure.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { rollBackWithoutState } from '../../src/engine/roll-back-without-state.js';
import { albTarget, cname, herokuTarget, operator, value, World, www } from './world.js';
import { create, marker, remove, rewriteMarker } from './zone-edits.js';

const dayMs = 24 * 3_600_000;

async function ended(how: 'completed' | 'rolled-back' | 'restored'): Promise<[World, string]> {
  const world = new World();
  const id = await world.startedAt(10);
  if (how !== 'completed') await world.rollBack(id);
  await world.runToEnd(id);
  if (how === 'restored') {
    value(await world.migrations.carryOut(value(await world.migrations.propose(id, 'restore')), operator));
    await world.runToEnd(id);
  }
  return [world, id];
}

async function forget(world: World, id: string): Promise<MigrationState> {
  return value(
    await world.migrations.carryOut(value(await world.migrations.propose(id, 'forget')), operator),
  );
}

async function refusal(world: World, id: string): Promise<Failure> {
  const found = world.standing(marker);
  const proposal = await world.migrations.propose(id, 'forget');
  if (proposal.ok) throw new Error('it was proposed');
  expect(world.standing(marker)).toEqual(found);
  return proposal.error;
}

describe('forgetting', () => {
  test.each(['completed', 'rolled-back', 'restored'] as const)(
    'removes the marker of a migration that was %s a week ago, and nothing else',
    async (how) => {
      const [world, id] = await ended(how);
      const stood = world.standing(www);
      world.pass(7 * dayMs);
      expect(await forget(world, id)).toMatchObject({ phase: { phase: 'forgotten', by: 'ann' } });
      expect(world.standing(marker)).toEqual([]);
      expect(world.standing(www)).toEqual(stood);
      expect(world.batches.at(-1)?.changes).toHaveLength(1);
      expect((await world.store.list()).every(({ live }) => !live)).toBe(true);
    },
  );

  test('leaves alone what the records have become since', async () => {
    const [world, id] = await ended('completed');
    world.write([...remove(world, www), ...create(cname(www, 'cdn.example.net.', 60))]);
    world.pass(7 * dayMs);
    await forget(world, id);
    expect(world.standing(www)).toEqual(['CNAME cdn.example.net. 60']);
  });

  test('is refused before seven days have passed, with the date', async () => {
    const [world, id] = await ended('completed');
    const { at } = (await world.state(id)).phase as { at: number };
    world.pass(7 * dayMs - 60_000);
    const date = new Date(at + 7 * dayMs).toISOString().slice(0, 16).replace('T', ' ');
    expect(await refusal(world, id)).toMatchObject({
      reason: 'refused',
      check: 'age',
      fix: expect.stringContaining(date) as unknown,
    });
    world.pass(60_000);
    expect((await world.migrations.propose(id, 'forget')).ok).toBe(true);
  });

  test.each<[string, (world: World) => void, string]>([
    [
      'the marker is that of a migration that came after',
      (at) => rewriteMarker(at, (text) => text.replace(/ id=\S+/, ' id=later-1')),
      'another migration, later-1',
    ],
    [
      'the marker is live under our own id',
      (at) => rewriteMarker(at, (text) => text.replace('state=ended', 'state=live')),
      'another controller runs it',
    ],
    ['the marker is none', (at) => rewriteMarker(at, () => 'hello'), 'not a marker'],
  ])('is refused when %s', async (_name, edit, message) => {
    const [world, id] = await ended('completed');
    world.pass(7 * dayMs);
    edit(world);
    const failure = await refusal(world, id);
    expect('message' in failure ? failure.message : '').toContain(message);
  });

  test('is refused while the migration is live, and a second time', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    world.pass(8 * dayMs);
    expect(await refusal(world, id)).toMatchObject({ reason: 'conflict' });
    const [other, otherId] = await ended('completed');
    other.pass(7 * dayMs);
    await forget(other, otherId);
    expect(await refusal(other, otherId)).toMatchObject({ reason: 'conflict', fix: 'nothing is left to do' });
  });

  test('of a marker that is gone already writes nothing', async () => {
    const [world, id] = await ended('completed');
    world.pass(7 * dayMs);
    world.write(remove(world, marker));
    const written = world.batches.length;
    expect((await forget(world, id)).phase.phase).toBe('forgotten');
    expect(world.batches).toHaveLength(written);
  });

  test('loses to a marker that changes meanwhile', async () => {
    const [world, id] = await ended('completed');
    world.pass(7 * dayMs);
    const proposal = value(await world.migrations.propose(id, 'forget'));
    rewriteMarker(world, (text) => text.replace(/gen=\d+/, 'gen=99'));
    expect(await world.migrations.carryOut(proposal, operator)).toMatchObject({
      error: { reason: 'conflict' },
    });
    expect(world.standing(marker).join()).toContain('gen=99');
    expect((await world.state(id)).phase.phase).toBe('completed');
  });

  test('survives a lost reply, and a request that never arrives leaves what was', async () => {
    const [world, id] = await ended('completed');
    world.pass(7 * dayMs);
    world.faults.holdRequest = true;
    const proposal = value(await world.migrations.propose(id, 'forget'));
    expect(await world.migrations.carryOut(proposal, operator)).toMatchObject({
      error: { reason: 'provider' },
    });
    world.faults.holdRequest = false;
    expect((await world.state(id)).phase.phase).toBe('completed');
    world.faults.dropReply = 1;
    expect((await forget(world, id)).phase.phase).toBe('forgotten');
  });

  test.each(['before', 'after'] as const)('a death %s the call is settled by the next tick', async (when) => {
    const [world, id] = await ended('completed');
    world.pass(7 * dayMs);
    // The records have long been somebody else's business: that is no drift.
    world.write([{ action: 'UPSERT', record: cname(www, albTarget, 999) }]);
    const proposal = value(await world.migrations.propose(id, 'forget'));
    world.onCall = (call, at) => {
      if (call === 'change' && at === when) throw new Error('killed');
    };
    await expect(world.migrations.carryOut(proposal, operator)).rejects.toThrow('killed');
    world.onCall = () => undefined;
    expect((await world.state(id)).phase.phase).toBe(when === 'before' ? 'completed' : 'forgotten');
  });
});

describe('a rollback', () => {
  test('works until the migration is forgotten, from the zone alone too', async () => {
    const [world, id] = await ended('completed');
    world.pass(30 * dayMs);
    await world.rollBack(id);
    expect((await world.runToEnd(id)).phase.phase).toBe('rolled-back');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('says afterwards that it is forgotten, and names the line that still works', async () => {
    const [world, id] = await ended('completed');
    world.pass(7 * dayMs);
    await forget(world, id);
    const stood = world.standing(www);
    const result = await world.migrations.rollBack(id, operator, new AbortController().signal);
    expect(result).toMatchObject({
      ok: false,
      error: {
        reason: 'conflict',
        message: expect.stringContaining('is forgotten') as unknown,
        fix: expect.stringContaining(
          `shiftctl rollback www.example.com --no-state --to ${herokuTarget.slice(0, -1)}`,
        ) as unknown,
      },
    });
    expect(world.standing(www)).toEqual(stood);
    const { zones, clock, ids, log } = world.engine;
    const request = { host: www, to: herokuTarget, only: false, zoneId: null };
    value(
      await rollBackWithoutState({ zones, clock, ids, log }, request as never, new AbortController().signal),
    );
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 60`]);
  });

  test('and another migration may begin', async () => {
    const [world, id] = await ended('rolled-back');
    world.pass(7 * dayMs);
    await forget(world, id);
    const plan = { ...(await world.plan()), id: 'again' };
    const { plan: begun } = value(await world.migrations.begin(plan));
    expect(begun.restoreTo?.[0]?.records[0]?.ttl).toBe(5);
  });
});
