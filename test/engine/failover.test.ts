import { describe, expect, test } from 'vitest';
import type { MigrationState } from '../../src/core/migration-state.js';
import { hostName } from '../../src/core/record-name.js';
import {
  albTarget,
  herokuTarget,
  member,
  move,
  operator,
  policyOf,
  policyText,
  providerFailure,
  value,
  World,
  www,
} from './world.js';

const policy = policyOf(`${policyText}failover: { interval: 10s, healthyFor: 5s }\n`);
const api = value(hostName('api.example.com'));

/** Every checker of Amazon's says the same of every check that is not disabled. */
function checkersSay(world: World, health: 'ok' | 'failing', checkers = 6): void {
  for (const { id } of world.healthChecks.list()) {
    for (let index = 0; index < checkers; index += 1) {
      for (let times = 0; times < 3; times += 1) {
        const status = health === 'ok' ? 'Success: HTTP Status Code 200, OK' : 'Failure: connection refused';
        world.healthChecks.report(id, {
          region: 'us-east-1',
          ipAddress: `192.0.2.${index}`,
          status,
          checkedAtMs: world.now,
        });
      }
    }
  }
}

/** The health check that each member carries: `shift-source disabled`, `shift-target asks <name>`. */
function carried(world: World, name: string = www): string[] {
  const records = (world.zones.records(world.zoneId) ?? []).filter((record) => record.name === name);
  return records.flatMap(({ setIdentifier, healthCheckId }) => {
    const check = healthCheckId === undefined ? undefined : world.healthChecks.get(healthCheckId);
    if (check === undefined) return healthCheckId === undefined ? [] : [`${setIdentifier ?? ''} deleted`];
    const { disabled, domainName } = check.settings;
    return [`${setIdentifier ?? ''} ${disabled ? 'disabled' : `asks ${domainName ?? ''}`}`];
  });
}

const bothCarried = ['shift-source disabled', `shift-target asks ${albTarget.slice(0, -1)}`];

function at(share: number): (state: MigrationState) => boolean {
  return (state) => state.phase.phase === 'observing' && state.share === share;
}

/** Taken over, with checks that exist and that Amazon's checkers have found healthy from the start. */
async function healthyWorld(): Promise<{ world: World; id: string }> {
  const world = new World();
  const id = await world.startedAt(0, { policy });
  await world.tick(id);
  checkersSay(world, 'ok');
  return { world, id };
}

describe('failover by health checks', () => {
  test('waits at 0% until the checkers have found the target healthy for long enough, then attaches with the first stage', async () => {
    const { world, id } = await healthyWorld();
    const before = world.now;
    const state = await world.runUntil(id, ({ share }) => share === 10);
    expect(world.now - before).toBeGreaterThanOrEqual(5_000);
    expect(carried(world)).toEqual(bothCarried);
    expect(world.events.filter((event) => event.type === 'held').slice(-1)).toMatchObject([
      { topic: 'failover-not-ready' },
    ]);
    expect(state.generation).toBe(2);
  });

  test('creates one check for each target and one disabled one for all sources, tagged with the migration', async () => {
    const world = new World([
      { name: 'www.example.com', type: 'CNAME', ttl: 5, values: [herokuTarget] },
      { name: 'api.example.com', type: 'CNAME', ttl: 5, values: [herokuTarget] },
    ]);
    const id = await world.startedAt(0, { policy, hosts: [move(www), move(api)] });
    const checks = world.healthChecks.list().map(({ settings, tags, callerReference }) => ({
      disabled: settings.disabled,
      tag: tags.get('shift:migration'),
      name: tags.get('Name'),
      reference: callerReference,
    }));
    expect(checks).toEqual([
      { disabled: true, tag: id, name: 'shift www.example.com source', reference: `${id}/1` },
      { disabled: false, tag: id, name: 'shift www.example.com target', reference: `${id}/2` },
      { disabled: false, tag: id, name: 'shift api.example.com target', reference: `${id}/3` },
    ]);
  });

  test('goes to no stage while the checkers do not reach the target, and asks in the end', async () => {
    const world = new World();
    const id = await world.startedAt(0, { policy });
    checkersSay(world, 'failing');
    const state = await world.runUntil(id, ({ phase }) => phase.phase === 'waiting');
    expect(state.share).toBe(0);
    expect(state.phase).toMatchObject({
      because: expect.stringContaining('do not find the target') as string,
    });
    value(await world.migrations.approve(id, operator));
    await world.runUntil(id, ({ share }) => share === 10);
    expect(carried(world)).toEqual([]);
  });

  test('unhealthy in between begins the healthy time again', async () => {
    const { world, id } = await healthyWorld();
    await world.ticks(id, 3);
    checkersSay(world, 'failing');
    await world.tick(id);
    checkersSay(world, 'ok');
    const again = world.now;
    await world.runUntil(id, ({ share }) => share === 10);
    expect(world.now - again).toBeGreaterThanOrEqual(5_000);
  });

  test('keeps the same checks through every stage and drops them when it is finalized, then deletes them', async () => {
    const { world, id } = await healthyWorld();
    for (const share of [10, 25, 50, 100]) {
      await world.runUntil(id, at(share));
      expect(carried(world)).toEqual(bothCarried);
    }
    const state = await world.runToEnd(id);
    expect(state.phase.phase).toBe('completed');
    expect(world.standing(www)).toEqual([`CNAME ${albTarget} 5`]);
    expect(world.healthChecks.list()).toEqual([]);
    expect(state.healthChecks).toEqual([]);
  });

  test('with the target down, the name servers hand out the source alone, whatever the weights are', async () => {
    const { world, id } = await healthyWorld();
    await world.runUntil(id, at(50));
    checkersSay(world, 'failing');
    const state = await world.state(id);
    for (const { answers } of state.latest?.nameServers ?? [])
      expect(Object.keys(answers)).toEqual([herokuTarget]);
  });

  test('a rollback takes the checks off in its one write and deletes them after that only', async () => {
    const { world, id } = await healthyWorld();
    await world.runUntil(id, at(25));
    const draining = await world.rollBack(id);
    expect(draining.phase.phase).toBe('draining');
    expect(carried(world)).toEqual([]);
    expect(world.healthChecks.list()).toHaveLength(2);
    const written = world.batches.at(-1)?.changes.filter(({ action }) => action !== 'DELETE') ?? [];
    expect(written.map(({ record }) => record.healthCheckId)).toEqual([null, null]);
    const state = await world.runToEnd(id);
    expect(state.phase.phase).toBe('rolled-back');
    expect(world.healthChecks.list()).toEqual([]);
  });

  test('the break-glass file that drains drops the checks as well', async () => {
    const { world, id } = await healthyWorld();
    await world.runUntil(id, at(25));
    const drain = world.files.at(-1)?.drain;
    expect(drain !== undefined && (await world.apply(drain))).toBe(true);
    expect(carried(world)).toEqual([]);
  });

  test('a lost reply to a creation leads to the same check, not to a second', async () => {
    const world = new World();
    world.healthCheckApi.dropReply = 2;
    const id = await world.startedAt(0, { policy });
    await world.ticks(id, 3);
    expect(world.healthChecks.list()).toHaveLength(2);
    expect((await world.state(id)).healthChecks.map((check) => check.id)).toEqual(
      world.healthChecks.list().map((check) => check.id),
    );
  });

  test('a process that ends between two pieces of work leaves nothing double and nothing behind', async () => {
    const world = new World();
    let appends = 0;
    world.onCall = (call, when) => {
      if (call !== 'append' || when !== 'before') return;
      appends += 1;
      if (appends % 3 === 0) throw new Error('killed');
    };
    const { plan } = await world.start({ policy });
    const { signal } = new AbortController();
    for (let ticks = 0; ticks < 200; ticks += 1) {
      await world.migrations.tickOnce(plan.id, signal).catch(() => undefined);
      if (world.healthChecks.list().length > 0) checkersSay(world, 'ok');
      world.pass(1_000);
      if (carried(world).length > 0) break;
    }
    expect(carried(world)).toEqual(bothCarried);
    expect(world.healthChecks.list()).toHaveLength(2);
  });

  test('a check whose creation was never answered is found again by its reference and deleted', async () => {
    const world = new World();
    world.healthCheckApi.dropReply = 1;
    const id = await world.startedAt(-1, { policy });
    await world.runUntil(id, ({ healthChecks }) => healthChecks.length > 0);
    expect(world.healthChecks.list()).toHaveLength(1);
    world.healthCheckApi.fail = providerFailure('unavailable');
    await world.rollBack(id);
    await world.runToEnd(id);
    world.healthCheckApi.fail = null;
    world.pass(61_000);
    const state = await world.state(id);
    expect(state.phase.phase).toBe('rolled-back');
    expect(state.healthChecks).toEqual([]);
    expect(world.healthChecks.list()).toEqual([]);
  });

  test('a check that a record still carries is not deleted, however the migration ended', async () => {
    const { world, id } = await healthyWorld();
    await world.runUntil(id, at(25));
    const kept = (world.zones.records(world.zoneId) ?? []).filter(({ name }) => name === www);
    world.write(
      kept.map((record) => ({
        action: 'UPSERT',
        record: { ...record, weight: record.setIdentifier === 'shift-source' ? 100 : 0 },
      })),
    );
    const ended = await world.runToEnd(id);
    expect(ended.phase).toMatchObject({ phase: 'rolled-back', by: 'person' });
    world.pass(60_000);
    const state = await world.state(id);
    expect(carried(world)).toEqual(bothCarried);
    expect(state.healthChecks).toHaveLength(2);
    world.write(
      ['source', 'target'].map((side) => ({
        action: 'UPSERT',
        record: member(side as 'source', side === 'source' ? 100 : 0),
      })),
    );
    expect((await world.state(id)).healthChecks).toEqual([]);
    expect(world.healthChecks.list()).toEqual([]);
  });

  test('a check that somebody deleted is made anew and attached with the next stage', async () => {
    const { world, id } = await healthyWorld();
    await world.runUntil(id, at(10));
    const lost = world.healthChecks.list().find(({ settings }) => !settings.disabled)?.id ?? '';
    world.healthChecks.delete(lost);
    await world.ticks(id, 2);
    checkersSay(world, 'ok');
    await world.runUntil(id, at(25));
    expect(carried(world)).toEqual(bothCarried);
    expect(world.healthChecks.list()).toHaveLength(2);
    expect(world.healthChecks.get(lost)).toBeUndefined();
  });

  test('a policy without it creates and reads nothing', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    await world.runToEnd(id);
    expect(world.healthCheckApi.calls).toEqual([]);
  });
});
