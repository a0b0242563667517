import { describe, expect, test } from 'vitest';
import type { Failure } from '../../src/core/failure.js';
import { hostName, type RecordName } from '../../src/core/record-name.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import type { MigrationRequest } from '../../src/engine/plan-migration.js';
import { albTarget, cname, herokuTarget, member, move, operator, value, World, www } from './world.js';
import { create, halted, marker, recordsAt, remove, rewriteMarker, weights } from './zone-edits.js';

const toHeroku: MigrationRequest['hosts'][number] = {
  host: www,
  from: { platform: 'aws', dnsName: albTarget as RecordName },
  to: { platform: 'heroku', app: 'my-app' },
};

function alias(type: 'A' | 'AAAA'): object {
  const dnsName = `dualstack.${albTarget}`;
  return { name: www, type, alias: { hostedZoneId: 'Z32O12XQLNTSW2', dnsName, evaluateTargetHealth: true } };
}

async function restore(world: World, id: string): Promise<MigrationState> {
  value(await world.migrations.carryOut(value(await world.migrations.propose(id, 'restore')), operator));
  return world.runUntil(id, ({ phase }) => phase.phase !== 'restoring');
}

/** A further migration of the same host. */
async function startedAgain(
  world: World,
  name: string,
  share: number,
  change: Partial<MigrationRequest> = {},
): Promise<string> {
  const { plan } = value(await world.migrations.begin({ ...(await world.plan(change)), id: name }));
  await world.runUntil(plan.id, (state) => state.phase.phase === 'observing' && state.share === share);
  return plan.id;
}

async function refusal(world: World, id: string): Promise<Failure> {
  const before = [world.standing(www), world.standing(marker)];
  const proposal = await world.migrations.propose(id, 'restore');
  if (proposal.ok) throw new Error('it was proposed');
  expect([world.standing(www), world.standing(marker)]).toEqual(before);
  return proposal.error;
}

describe('restoring puts back exactly what stood there', () => {
  test.each<[string, object[], MigrationRequest['hosts'][number]]>([
    ['a CNAME with its TTL', [cname(www, herokuTarget, 77)], move(www)],
    ['an alias A', [alias('A')], toHeroku],
    ['alias A and AAAA', [alias('A'), alias('AAAA')], toHeroku],
    [
      'a pair made by hand',
      [
        { ...member('source', 10, 60), setIdentifier: 'blue' },
        { ...member('target', 0, 60), setIdentifier: 'green' },
      ],
      move(www),
    ],
    ['a pair of a former migration', [member('source', 100, 60), member('target', 0, 60)], move(www)],
  ])('%s, after a rollback', async (_name, records, host) => {
    const world = new World(records);
    const before = recordsAt(world, www);
    const id = await world.startedAt(10, { hosts: [host] });
    await world.rollBack(id);
    await world.runToEnd(id);
    expect(recordsAt(world, www)).not.toEqual(before);
    expect((await restore(world, id)).phase).toMatchObject({ phase: 'restored', by: 'ann' });
    expect(recordsAt(world, www)).toEqual(before);
    expect(world.standing(marker).join()).toContain('state=ended');
  });

  test('after completion, all hosts in one batch', async () => {
    const api = value(hostName('api.example.com'));
    const world = new World([cname(www, herokuTarget, 77), cname(api, herokuTarget, 30)]);
    const id = await world.startedAt(0, { hosts: [move(www), move(api)] });
    await world.runToEnd(id);
    const written = world.batches.length;
    const state = await restore(world, id);
    expect(state).toMatchObject({ share: 0, phase: { phase: 'restored' } });
    expect(world.batches).toHaveLength(written + 1);
    expect([world.standing(www), world.standing(api)]).toEqual([
      [`CNAME ${herokuTarget} 77`],
      [`CNAME ${herokuTarget} 30`],
    ]);
  });

  test.each<[string, (world: World) => void]>([
    ['our pair at any weights', (at) => weights(at, 80)],
    ['our pair with both weights 0', (at) => weights(at, 0, 0)],
    ['one member of our pair', (at) => at.write(remove(at, www).slice(1))],
    [
      'a plain record to our target',
      (at) => at.write([...remove(at, www), ...create(cname(www, albTarget, 9))]),
    ],
    ['nothing', (at) => at.write(remove(at, www))],
    ['nothing, not even a marker', (at) => at.write([...remove(at, www), ...remove(at, marker)])],
    [
      'our pair under the marker of a clone of this controller',
      (at) =>
        rewriteMarker(at, (text) => text.replace(/intent=\S+/, 'intent=clone').replace(/gen=\d+/, 'gen=9')),
    ],
  ])('after drift: %s', async (_name, edit) => {
    const [world, id] = await halted(edit);
    expect((await restore(world, id)).phase.phase).toBe('restored');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 5`]);
    expect(world.standing(marker).join()).toMatch(/state=ended gen=(4|10) /);
  });

  test('when they stand there already', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    const proposal = await world.migrations.propose(id, 'restore');
    expect(proposal).toMatchObject({ ok: false, error: { reason: 'conflict' } });
    world.write([...remove(world, www), ...create(cname(www, herokuTarget, 5))]);
    expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'person' });
    expect(value(await world.migrations.propose(id, 'restore')).differences).toEqual([]);
    expect((await restore(world, id)).phase.phase).toBe('restored');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 5`]);
  });
});

describe('what nobody watched since the end is no gap', () => {
  const gaps = (world: World): string[] =>
    world.events.flatMap((event) =>
      event.type === 'gap-found' ? [`${event.only ?? 'all'}: ${event.because}`] : [],
    );

  async function rolledBack(): Promise<[World, string]> {
    const world = new World();
    const id = await world.startedAt(10);
    await world.rollBack(id);
    await world.runToEnd(id);
    return [world, id];
  }

  async function completed(): Promise<[World, string]> {
    const world = new World();
    const id = await world.startedAt(0);
    await world.runToEnd(id);
    return [world, id];
  }

  test.each([
    ['a rollback', rolledBack],
    ['completion', completed],
  ])('when the originals are put back hours after %s', async (_name, ended) => {
    const [world, id] = await ended();
    world.pass(2 * 3_600_000);
    expect((await restore(world, id)).phase.phase).toBe('restored');
    expect(gaps(world)).toEqual([]);
  });

  test('nor when the machine slept meanwhile, whose clock then seems to jump', async () => {
    const [world, id] = await rolledBack();
    world.now += 2 * 3_600_000;
    expect((await restore(world, id)).phase.phase).toBe('restored');
    expect(gaps(world)).toEqual([]);
  });

  test('nor with a scheduler that is slower than a gap', async () => {
    const [world, id] = await rolledBack();
    value(await world.migrations.carryOut(value(await world.migrations.propose(id, 'restore')), operator));
    for (let ticks = 0; ticks < 10; ticks += 1) await world.tick(id, 60_000);
    expect((await world.state(id)).phase.phase).toBe('restored');
    expect(gaps(world)).toEqual([]);
  });

  test('but a clock that jumps while cached answers are waited for begins their time again', async () => {
    const [world, id] = await rolledBack();
    value(await world.migrations.carryOut(value(await world.migrations.propose(id, 'restore')), operator));
    const agreed = ({ phase }: MigrationState): boolean =>
      phase.phase === 'restoring' && phase.settle !== null && phase.settle.agreedAt !== null;
    await world.runUntil(id, agreed);
    world.now += 3_600_000;
    const jumpedAt = world.now;
    const { phase } = (await world.tick(id)).state;
    expect(phase).toMatchObject({ phase: 'restoring', settle: { agreedAt: jumpedAt } });
    expect(gaps(world)).toEqual(['settling: the clock jumped forward by 1h']);
    expect((await world.runUntil(id, (state) => state.phase.phase !== 'restoring')).phase.phase).toBe(
      'restored',
    );
  });

  test('while a halt is put back, what nobody watched of the target is one as ever', async () => {
    const [world, id] = await halted((at) => weights(at, 80));
    world.pass(60_000);
    await world.tick(id);
    expect(gaps(world)).toEqual(['all: nobody looked for 1m1s']);
  });
});

describe('restoring is refused, and nothing is written,', () => {
  test.each<[string, (world: World) => void, string]>([
    [
      'where an address stands',
      (at) =>
        at.write([...remove(at, www), ...create({ name: www, type: 'A', ttl: 60, values: ['192.0.2.1'] })]),
      'A -> 192.0.2.1',
    ],
    [
      'where a third member stands',
      (at) => at.write(create({ ...member('target', 5), setIdentifier: 'somebody-else' })),
      'CNAME somebody-else',
    ],
    [
      'where a plain record leads elsewhere',
      (at) => at.write([...remove(at, www), ...create(cname(www, 'cdn.example.net.', 60))]),
      'cdn.example.net.',
    ],
    [
      'where our member points elsewhere',
      (at) =>
        at.write([{ action: 'UPSERT', record: { ...member('target', 25), values: ['x.example.net.'] } }]),
      'x.example.net.',
    ],
    [
      "under another migration's marker",
      (at) => rewriteMarker(at, (text) => text.replace(/ id=\S+/, ' id=other-1')),
      'that of another migration, other-1',
    ],
    ['where the marker is none', (at) => rewriteMarker(at, () => 'hello'), 'not a marker'],
  ])('%s', async (_name, edit, message) => {
    const [world, id] = await halted(edit);
    const failure = await refusal(world, id);
    expect('message' in failure ? failure.message : '').toContain(message);
  });

  test('while another live migration has the host', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    await world.rollBack(id);
    await world.runToEnd(id);
    const proposal = value(await world.migrations.propose(id, 'restore'));
    const second = value(await world.migrations.begin({ ...(await world.plan()), id: 'second' }));
    expect(await world.migrations.carryOut(proposal, operator)).toMatchObject({
      ok: false,
      error: { reason: 'conflict', message: expect.stringContaining(second.plan.id) as unknown },
    });
    await world.ticks(second.plan.id, 2);
    expect(await refusal(world, id)).toMatchObject({ reason: 'conflict' });
  });

  test('a second time', async () => {
    const [world, id] = await halted((at) => weights(at, 80));
    await restore(world, id);
    expect(await refusal(world, id)).toMatchObject({ reason: 'conflict', fix: 'nothing is left to do' });
  });
});

describe('while a restoration is under way', () => {
  test('an edit between the look and the write makes Route 53 refuse it', async () => {
    const [world, id] = await halted((at) => weights(at, 80));
    const proposal = value(await world.migrations.propose(id, 'restore'));
    weights(world, 70);
    const found = world.standing(www);
    expect(await world.migrations.carryOut(proposal, operator)).toMatchObject({
      ok: false,
      error: { reason: 'conflict' },
    });
    expect(world.standing(www)).toEqual(found);
    expect((await world.state(id)).phase.phase).toBe('halted');
  });

  test('a lost reply is no loss', async () => {
    const [world, id] = await halted((at) => weights(at, 80));
    world.faults.dropReply = 1;
    expect((await restore(world, id)).phase.phase).toBe('restored');
  });

  test.each(['halted', 'rolled-back', 'completed'])(
    'a request that never arrives leaves it %s, as it was',
    async (phase) => {
      const world = new World();
      const id = await world.startedAt(25);
      if (phase === 'halted') weights(world, 80);
      if (phase === 'rolled-back') await world.rollBack(id);
      await world.runUntil(id, (state) => state.phase.phase === phase);
      world.faults.holdRequest = true;
      const proposal = value(await world.migrations.propose(id, 'restore'));
      expect(await world.migrations.carryOut(proposal, operator)).toMatchObject({
        ok: false,
        error: { reason: 'provider' },
      });
      world.faults.holdRequest = false;
      expect((await world.state(id)).phase.phase).toBe(phase);
      expect((await restore(world, id)).phase.phase).toBe('restored');
      expect(await world.landLate()).toEqual([false]);
    },
  );

  test.each(['before', 'after'] as const)('a death %s the call is settled by the next tick', async (when) => {
    const [world, id] = await halted((at) => weights(at, 80));
    const proposal = value(await world.migrations.propose(id, 'restore'));
    world.onCall = (call, at) => {
      if (call === 'change' && at === when) throw new Error('killed');
    };
    await expect(world.migrations.carryOut(proposal, operator)).rejects.toThrow('killed');
    world.onCall = () => undefined;
    const { phase } = await world.runUntil(id, (state) => state.phase.phase !== 'restoring');
    expect(phase.phase).toBe(when === 'before' ? 'halted' : 'restored');
  });

  test('a person who changes the records before it has settled halts it', async () => {
    const [world, id] = await halted((at) => weights(at, 80));
    value(await world.migrations.carryOut(value(await world.migrations.propose(id, 'restore')), operator));
    world.write([{ action: 'UPSERT', record: cname(www, 'cdn.example.net.', 60) }]);
    expect((await world.ticks(id, 2)).phase).toMatchObject({ phase: 'halted', cause: 'drift' });
  });

  test('a rollback goes over it, before and after it has ended', async () => {
    const [world, id] = await halted((at) => weights(at, 80));
    value(await world.migrations.carryOut(value(await world.migrations.propose(id, 'restore')), operator));
    await world.rollBack(id);
    expect((await world.runToEnd(id)).phase.phase).toBe('rolled-back');
    expect((await restore(world, id)).phase.phase).toBe('restored');
    await world.rollBack(id);
    expect((await world.runToEnd(id)).phase.phase).toBe('rolled-back');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 5`]);
  });
});

describe('the originals survive any number of starts', () => {
  async function backAndForth(world: World, name: string, share = 10): Promise<string> {
    const id = await startedAgain(world, name, share);
    await world.rollBack(id);
    await world.runToEnd(id);
    return id;
  }

  test('each of which was rolled back', async () => {
    const world = new World([cname(www, herokuTarget, 77)]);
    await backAndForth(world, 'first');
    await backAndForth(world, 'second', 25);
    const last = await backAndForth(world, 'third');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
    expect((await restore(world, last)).phase.phase).toBe('restored');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 77`]);
  });

  test('and the TTL of the first of them returns when a later one is completed', async () => {
    const world = new World([cname(www, herokuTarget, 77)]);
    await backAndForth(world, 'first');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
    await world.runToEnd(await startedAgain(world, 'second', 10));
    expect(world.standing(www)).toEqual([`CNAME ${albTarget} 77`]);
  });

  test('and a restoration in between changes nothing in that', async () => {
    const world = new World([cname(www, herokuTarget, 77)]);
    await restore(world, await backAndForth(world, 'first'));
    await restore(world, await backAndForth(world, 'second'));
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 77`]);
  });

  test('unless somebody has changed the records since: then those are the originals', async () => {
    const world = new World([cname(www, herokuTarget, 77)]);
    await backAndForth(world, 'first');
    world.write([{ action: 'UPSERT', record: cname(www, herokuTarget, 33) }]);
    await restore(world, await backAndForth(world, 'second'));
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 33`]);
  });

  test('on the way back too, but never moves traffic to a target that it has not reached', async () => {
    const world = new World([cname(www, herokuTarget, 77)]);
    const there = await startedAgain(world, 'there', 10);
    await world.runToEnd(there);
    const half = await startedAgain(world, 'half', 10, { hosts: [toHeroku] });
    await world.rollBack(half);
    await world.runToEnd(half);
    const stood = world.standing(www);
    expect((await restore(world, half)).phase.phase).toBe('restored');
    expect(world.standing(www)).not.toEqual([`CNAME ${herokuTarget} 77`]);
    expect(world.standing(www).join()).toContain(albTarget);
    expect(stood.join()).toContain(albTarget);
    const back = await startedAgain(world, 'back', 10, { hosts: [toHeroku] });
    await world.runToEnd(back);
    const state = await restore(world, back);
    expect(state).toMatchObject({ share: 100, phase: { phase: 'restored' } });
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 77`]);
  });
});
