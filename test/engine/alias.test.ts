import { describe, expect, test } from 'vitest';
import type { Failure } from '../../src/core/failure.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { hostName, type RecordName } from '../../src/core/record-name.js';
import { statusOf } from '../../src/core/status.js';
import { instant } from '../../src/core/time.js';
import type { MigrationRequest } from '../../src/engine/plan-migration.js';
import { rollBackWithoutState } from '../../src/engine/roll-back-without-state.js';
import {
  albTarget,
  cname,
  herokuTarget,
  member,
  move,
  operator,
  policyOf,
  policyText,
  value,
  World,
  www,
} from './world.js';
import { create, marker, remove, rewriteMarker } from './zone-edits.js';

const signal = new AbortController().signal;
const albZone = 'Z32O12XQLNTSW2';
const dualstack = `dualstack.${albTarget}`;

function address(name: string, type: 'A' | 'AAAA'): object {
  return { name, type, ttl: 60, values: [type === 'A' ? '192.0.2.7' : '2001:db8::7'] };
}

/** The load balancer's own addresses, in a zone that is Amazon's. */
function serve(world: World, ...records: object[]): void {
  const nameServers = ['ns-1.lab', 'ns-2.lab', 'ns-3.lab', 'ns-4.lab'];
  const name = 'eu-west-1.elb.amazonaws.com';
  world.zones.createZone({ name, callerReference: 'elb', id: 'ZELB', nameServers });
  world.zones.change('ZELB', create(...records) as Parameters<typeof world.zones.change>[1]);
  world.zones.propagateNow();
}

async function completed(records: object[] = [address(albTarget, 'A')]): Promise<[World, string]> {
  const world = new World();
  serve(world, ...records);
  const id = await world.startedAt(10);
  expect((await world.runToEnd(id)).phase.phase).toBe('completed');
  return [world, id];
}

async function finalize(world: World, id: string): Promise<MigrationState> {
  const proposal = value(await world.migrations.proposeAlias(id, null, signal));
  value(await world.migrations.carryOut(proposal, operator));
  return world.runUntil(id, ({ phase }) => phase.phase !== 'finalizing');
}

async function refusal(world: World, id: string, zoneId: string | null = null): Promise<Failure> {
  const stood = world.standing(www);
  const proposal = await world.migrations.proposeAlias(id, zoneId, signal);
  if (proposal.ok) throw new Error('it was proposed');
  expect(world.standing(www)).toEqual(stood);
  return proposal.error;
}

/** Type and target of what stands at the host, in order. */
function aliases(world: World): string[] {
  return world.standing(www).sort();
}

describe('ending on an alias', () => {
  test.each<[string, object[], string[]]>([
    ['over IPv4 alone: A', [address(albTarget, 'A')], [`A ${albTarget}`]],
    [
      'over both families: A and AAAA',
      [address(albTarget, 'A'), address(dualstack, 'A'), address(dualstack, 'AAAA')],
      [`A ${dualstack}`, `AAAA ${dualstack}`],
    ],
    [
      'under its dualstack name over IPv4 alone: A',
      [address(albTarget, 'A'), address(dualstack, 'A')],
      [`A ${dualstack}`],
    ],
  ])('to a load balancer that answers %s', async (_name, records, expected) => {
    const [world, id] = await completed(records);
    expect(world.standing(www)).toEqual([`CNAME ${albTarget} 5`]);
    const state = await finalize(world, id);
    expect(state).toMatchObject({ share: 100, phase: { phase: 'completed' } });
    expect(aliases(world)).toEqual(expected);
    const [record] = state.image[0]!.records;
    expect(record?.alias).toMatchObject({ hostedZoneId: albZone, evaluateTargetHealth: true });
    expect(world.standing(marker).join()).toContain('state=ended');
  });

  test('of several hosts is one batch', async () => {
    const api = value(hostName('api.example.com'));
    const world = new World([cname(www, herokuTarget, 5), cname(api, herokuTarget, 5)]);
    serve(world, address(albTarget, 'A'));
    const id = await world.startedAt(10, { hosts: [move(www), move(api)] });
    await world.runToEnd(id);
    const written = world.batches.length;
    await finalize(world, id);
    expect(world.batches).toHaveLength(written + 1);
    expect([world.standing(www), world.standing(api)]).toEqual([[`A ${albTarget}`], [`A ${albTarget}`]]);
  });

  test('can be done twice, and restored from', async () => {
    const [world, id] = await completed();
    const summary = async (): Promise<string> =>
      value(await world.migrations.proposeAlias(id, null, signal)).summary;
    expect(await summary()).toContain('becomes an alias');
    await finalize(world, id);
    expect(await summary()).toContain('stands already');
    expect((await finalize(world, id)).phase.phase).toBe('completed');
    value(await world.migrations.carryOut(value(await world.migrations.propose(id, 'restore')), operator));
    expect((await world.runToEnd(id)).phase.phase).toBe('restored');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 5`]);
  });

  test.each([
    ['from the receipt', 0],
    ['while the reply is missing', 1],
  ])('is rolled back like any other end, %s', async (_name, dropReply) => {
    const [world, id] = await completed();
    world.faults.dropReply = dropReply;
    const timeout = { reason: 'timeout', provider: 'route53', operation: 'x', message: 'slow' } as const;
    const proposal = value(await world.migrations.proposeAlias(id, null, signal));
    if (dropReply > 0) world.faults.failRead = { ...timeout, details: [] };
    await world.migrations.carryOut(proposal, operator);
    world.faults.failRead = null;
    expect(aliases(world)).toEqual([`A ${albTarget}`]);
    await world.rollBack(id);
    expect((await world.runToEnd(id)).phase.phase).toBe('rolled-back');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('is settled by the next tick when the answer was lost', async () => {
    const [world, id] = await completed();
    const proposal = value(await world.migrations.proposeAlias(id, null, signal));
    world.faults.holdRequest = true;
    expect(await world.migrations.carryOut(proposal, operator)).toMatchObject({
      error: { reason: 'provider' },
    });
    world.faults.holdRequest = false;
    expect((await world.state(id)).phase.phase).toBe('completed');
    world.faults.dropReply = 1;
    expect((await finalize(world, id)).phase.phase).toBe('completed');
    expect(aliases(world)).toEqual([`A ${albTarget}`]);
  });

  test('loses to an edit between the look and the write', async () => {
    const [world, id] = await completed();
    const proposal = value(await world.migrations.proposeAlias(id, null, signal));
    world.write([{ action: 'UPSERT', record: cname(www, albTarget, 33) }]);
    expect(await world.migrations.carryOut(proposal, operator)).toMatchObject({
      error: { reason: 'conflict' },
    });
    expect(world.standing(www)).toEqual([`CNAME ${albTarget} 33`]);
    expect((await world.state(id)).phase.phase).toBe('completed');
    expect((await finalize(world, id)).phase.phase).toBe('completed');
  });
});

describe('ending on an alias is refused', () => {
  test.each<[string, (world: World) => void, string]>([
    [
      'where something else stands',
      (at) => at.write([...remove(at, www), ...create(cname(www, 'cdn.example.net.', 60))]),
      'cdn.example.net.',
    ],
    [
      'where a pair stands again',
      (at) => at.write([...remove(at, www), ...create(member('source', 50), member('target', 50))]),
      'shift-source weight 50',
    ],
    [
      'under the marker of another migration',
      (at) => rewriteMarker(at, (text) => text.replace(/ id=\S+/, ' id=later-1')),
      'another migration, later-1',
    ],
  ])('%s', async (_name, edit, message) => {
    const [world, id] = await completed();
    edit(world);
    const failure = await refusal(world, id);
    expect('message' in failure ? failure.message : '').toContain(message);
  });

  test('before completion', async () => {
    const world = new World();
    serve(world, address(albTarget, 'A'));
    const id = await world.startedAt(100);
    expect(await refusal(world, id)).toMatchObject({ reason: 'conflict' });
  });

  test('on Heroku, which has no hosted zone to alias to', async () => {
    const toHeroku: MigrationRequest['hosts'][number] = {
      host: www,
      from: { platform: 'aws', dnsName: albTarget as RecordName },
      to: { platform: 'heroku', app: 'my-app' },
    };
    const world = new World([cname(www, albTarget, 5)]);
    const id = await world.startedAt(10, { hosts: [toHeroku] });
    await world.runToEnd(id);
    expect(await refusal(world, id)).toMatchObject({ reason: 'refused', check: 'alias' });
  });

  test('where the target has no address any more', async () => {
    const [world, id] = await completed([address('other.eu-west-1.elb.amazonaws.com.', 'A')]);
    expect(await refusal(world, id)).toMatchObject({ reason: 'refused', check: 'alias' });
  });

  test('in a region that nothing tells the zone id of, unless it is given', async () => {
    const target = 'my-alb-1.mars-north-1.elb.amazonaws.com.';
    const world = new World();
    const hosts = [{ ...move(www), to: { platform: 'aws' as const, dnsName: target as RecordName } }];
    const id = await world.startedAt(10, { hosts });
    await world.runToEnd(id);
    expect(await refusal(world, id)).toMatchObject({
      reason: 'refused',
      check: 'alias zone',
      fix: expect.stringContaining('--alias-zone-id') as unknown,
    });
    expect(await refusal(world, id, 'Z32O12XQLNTSW2')).not.toMatchObject({ check: 'alias zone' });
  });
});

describe('a last stage that ends on an alias', () => {
  const aliasPolicy = policyOf(`${policyText}finalAs: alias\n`);
  const families = [address(dualstack, 'A'), address(dualstack, 'AAAA'), address(albTarget, 'A')];
  const both = [`A ${dualstack}`, `AAAA ${dualstack}`];

  test('by its policy: no plain record stands in between, and its rollback and restore are as ever', async () => {
    const world = new World();
    serve(world, ...families);
    const id = await world.startedAt(100, { policy: aliasPolicy });
    const written = world.batches.length;
    const state = await world.runToEnd(id);
    expect(state).toMatchObject({ share: 100, phase: { phase: 'completed' } });
    expect(world.batches).toHaveLength(written + 1);
    expect(aliases(world)).toEqual(both);
    expect(statusOf(state, instant(world.now)).because).toContain('with an alias');
    await world.rollBack(id);
    expect((await world.runToEnd(id)).phase.phase).toBe('rolled-back');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('by a word in the bake', async () => {
    const world = new World();
    serve(world, ...families);
    const id = await world.startedAt(100);
    await world.ticks(id, 3);
    const choice = { override: true, zoneId: null };
    value(await world.migrations.finalizeOnAlias(id, operator, choice, signal));
    expect((await world.runToEnd(id)).phase.phase).toBe('completed');
    expect(aliases(world)).toEqual(both);
    const [record] = (await world.state(id)).image[0]!.records;
    expect(record?.alias).toMatchObject({ hostedZoneId: albZone, evaluateTargetHealth: true });
  });

  test('and whose answer is lost is found in the zone', async () => {
    const world = new World();
    serve(world, ...families);
    const id = await world.startedAt(100, { policy: aliasPolicy });
    world.faults.dropReply = 1;
    expect((await world.runToEnd(id)).phase.phase).toBe('completed');
    expect(aliases(world)).toEqual(both);
  });

  test('is rolled back without a journal too', async () => {
    const world = new World();
    serve(world, ...families);
    await world.runToEnd(await world.startedAt(10, { policy: aliasPolicy }));
    const { zones, clock, ids, log } = world.engine;
    const request = { host: www, zoneId: null, to: herokuTarget as RecordName, only: false };
    value(await rollBackWithoutState({ zones, clock, ids, log }, request, signal));
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('is refused at planning in a region whose zone id nothing tells, unless it is given', async () => {
    const target = 'my-alb-1.mars-north-1.elb.amazonaws.com.';
    const hosts = [{ ...move(www), to: { platform: 'aws' as const, dnsName: target as RecordName } }];
    const world = new World();
    const refused = await world.tryPlan({ hosts, policy: aliasPolicy });
    expect(refused).toMatchObject({ ok: false, error: { reason: 'refused', check: 'alias zone' } });
    serve(world, address(albTarget, 'A'));
    const given = await world.tryPlan({ policy: aliasPolicy, aliasZoneId: 'ZGIVEN' });
    expect(value(given).hosts[0]?.aliasEnd).toMatchObject({ hostedZoneId: 'ZGIVEN' });
  });

  test('is refused at planning towards Heroku', async () => {
    const toHeroku: MigrationRequest['hosts'][number] = {
      host: www,
      from: { platform: 'aws', dnsName: albTarget as RecordName },
      to: { platform: 'heroku', app: 'my-app' },
    };
    const world = new World([cname(www, albTarget, 5)]);
    const refused = await world.tryPlan({ hosts: [toHeroku], policy: aliasPolicy });
    expect(refused).toMatchObject({ ok: false, error: { reason: 'refused', check: 'alias' } });
  });

  test('is not what a policy turns into on the way', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    const { plan } = await world.state(id);
    const change = { shown: plan.policy, policy: aliasPolicy };
    expect(await world.migrations.replan(id, operator, change)).toMatchObject({
      error: { message: expect.stringContaining('finalAs cannot change') as string },
    });
  });
});
