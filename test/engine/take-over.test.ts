import { describe, expect, test } from 'vitest';
import type { Failure } from '../../src/core/failure.js';
import { hostName, type RecordName } from '../../src/core/record-name.js';
import type { MigrationRequest } from '../../src/engine/plan-migration.js';
import { albTarget, cname, herokuTarget, member, move, value, World, www } from './world.js';

const marker = `_shift.${www}`;
const albZone = 'Z32O12XQLNTSW2';

function alias(type: 'A' | 'AAAA', dnsName = `dualstack.${albTarget}`, name: string = www): object {
  return { name, type, alias: { hostedZoneId: albZone, dnsName, evaluateTargetHealth: true } };
}

/** A member under another set identifier than ours. */
function named(setIdentifier: string, record: object): object {
  return { ...record, setIdentifier };
}

function markerRecord(fields: string): object {
  return {
    name: marker,
    type: 'TXT',
    ttl: 60,
    values: [`"shift=1 ${fields} intent=old head=h due=1 hosts=${www}"`],
  };
}

const toHeroku: MigrationRequest['hosts'][number] = {
  host: www,
  from: { platform: 'aws', dnsName: albTarget as RecordName },
  to: { platform: 'heroku', app: 'my-app' },
};

describe('a take-over', () => {
  const pair = (source: string, target: string): string[] => [
    `CNAME shift-source 100 ${source} 2`,
    `CNAME shift-target 0 ${target} 2`,
  ];

  test.each<[string, object[], MigrationRequest['hosts'], string[]]>([
    ['one simple CNAME', [cname(www, herokuTarget, 30)], [move(www)], pair(herokuTarget, albTarget)],
    [
      'a CNAME in another spelling',
      [cname(www, 'Sleepy-Otter-0A1B2C.HerokuDNS.com', 30)],
      [move(www)],
      pair(herokuTarget, albTarget),
    ],
    ['an alias A', [alias('A')], [toHeroku], pair(albTarget, herokuTarget)],
    ['alias A and AAAA', [alias('A'), alias('AAAA')], [toHeroku], pair(albTarget, herokuTarget)],
    [
      'the pair of a migration that has ended',
      [member('source', 100, 60), member('target', 0, 60), markerRecord('id=old-1 state=ended gen=7')],
      [move(www)],
      pair(herokuTarget, albTarget),
    ],
    [
      'a weighted pair made by hand',
      [named('blue', member('source', 10, 60)), named('green', member('target', 0, 60))],
      [move(www)],
      pair(herokuTarget, albTarget),
    ],
    [
      'one weighted record made by hand',
      [named('only', member('source', 1, 60))],
      [move(www)],
      pair(herokuTarget, albTarget),
    ],
    [
      'a plain record beside the marker of a migration that has ended',
      [cname(www, herokuTarget, 60), markerRecord('id=old-1 state=ended gen=7')],
      [move(www)],
      pair(herokuTarget, albTarget),
    ],
  ])('makes the pair at 100/0 out of %s, in one batch', async (_name, records, hosts, expected) => {
    const world = new World(records);
    const id = await world.startedAt(0, { hosts });
    expect(world.standing(www)).toEqual(expected);
    expect(world.batches).toHaveLength(1);
    const isSecond = JSON.stringify(records).includes('gen=7');
    expect(world.standing(marker).join()).toContain(`gen=${isSecond ? '8' : '1'} `);
    expect((await world.runToEnd(id)).phase.phase).toBe('completed');
    expect(world.standing(www)).toHaveLength(1);
  });

  test('of an alias is rolled back to a plain CNAME of the load balancer', async () => {
    const world = new World([alias('A'), alias('AAAA')]);
    const id = await world.startedAt(10, { hosts: [toHeroku] });
    world.health.target = 'failed';
    expect((await world.runToEnd(id)).phase.phase).toBe('rolled-back');
    expect(world.standing(www)).toEqual([`CNAME ${albTarget} 2`]);
  });

  test.each([
    ['on a fresh host', []],
    ['beside the marker of a former migration', [markerRecord('id=old-1 state=ended gen=7')]],
  ])('whose records were changed after the plan was shown writes nothing %s', async (_name, beside) => {
    const world = new World([cname(www, herokuTarget, 5), ...beside]);
    const id = await world.startedAt(-1);
    world.write([{ action: 'UPSERT', record: cname(www, herokuTarget, 77) }]);
    expect((await world.ticks(id, 5)).phase).toMatchObject({ phase: 'halted', cause: 'drift' });
    expect(world.batches).toEqual([]);
  });
});

describe('a plan', () => {
  async function refusal(records: object[], change: Partial<MigrationRequest> = {}): Promise<Failure> {
    const world = new World(records);
    const before = JSON.stringify(world.zones.records(world.zoneId));
    const plan = await world.tryPlan(change);
    if (plan.ok) throw new Error('it was planned');
    expect(JSON.stringify(world.zones.records(world.zoneId))).toBe(before);
    expect(world.batches).toEqual([]);
    return plan.error;
  }

  test.each<[string, object[], string]>([
    [
      'an address',
      [{ name: www, type: 'A', ttl: 60, values: ['192.0.2.1'] }],
      'cannot be taken over: A -> 192.0.2.1',
    ],
    ['alias AAAA alone', [alias('AAAA')], 'cannot be taken over: AAAA'],
    [
      'aliases to two places',
      [alias('A'), alias('AAAA', 'other.eu-west-1.elb.amazonaws.com.')],
      'cannot be taken over',
    ],
    [
      'a pair made by hand that shares the traffic',
      [named('blue', member('source', 50)), named('green', member('target', 50))],
      'share the traffic, so a take-over would move some: CNAME blue weight 50',
    ],
    [
      'a pair made by hand of which nothing has weight',
      [named('blue', member('source', 0)), named('green', member('target', 0))],
      'cannot be taken over: CNAME blue weight 0',
    ],
    [
      'a member made by hand that points at neither side',
      [
        named('blue', member('source', 50)),
        { ...named('green', member('target', 0)), values: ['elsewhere.example.net.'] },
      ],
      'a weighted record to elsewhere.example.net, which is neither side',
    ],
    [
      "three of somebody else's members",
      [
        named('blue', member('source', 50)),
        named('green', member('target', 0)),
        named('red', member('target', 0)),
      ],
      'cannot be taken over',
    ],
    [
      'a third member beside our pair',
      [member('source', 100), member('target', 0), { ...member('target', 5), setIdentifier: 'x' }],
      'cannot be taken over',
    ],
    [
      'a text beside an alias',
      [alias('A'), { name: www, type: 'TXT', ttl: 60, values: ['"v=spf1 -all"'] }],
      'cannot be taken over',
    ],
    [
      'a member with latency routing',
      [
        {
          ...cname(www, herokuTarget, 60),
          setIdentifier: 'eu',
          otherRouting: { field: 'Region', value: 'eu-west-1' },
        },
      ],
      '(Region)',
    ],
    ['a pair that still gives traffic away', [member('source', 60), member('target', 40)], 'still gives 40%'],
    ['nothing', [], 'nothing stands at www.example.com'],
    [
      'a live migration',
      [cname(www, herokuTarget, 60), markerRecord('id=other-1 state=live gen=3')],
      'migration other-1 is live on www.example.com (generation 3)',
    ],
    [
      'garbage where the marker goes',
      [cname(www, herokuTarget, 60), { name: marker, type: 'TXT', ttl: 60, values: ['"hello"'] }],
      'something that is not a marker',
    ],
    ['the target already', [cname(www, albTarget, 60)], 'at the target already'],
  ])('refuses %s', async (_name, records, message) => {
    const failure = await refusal(records);
    expect(failure).toMatchObject({ reason: 'refused', check: 'records' });
    expect(failure.reason === 'refused' ? failure.message : '').toContain(message);
  });

  test('refuses a record that points elsewhere, and takes it when that is confirmed', async () => {
    const records = [cname(www, 'old-name.herokudns.com', 60)];
    const failure = await refusal(records);
    expect(failure).toMatchObject({ reason: 'refused', check: 'records' });
    expect(failure.reason === 'refused' ? failure.fix : '').toContain(
      '--source-endpoint old-name.herokudns.com',
    );
    expect((await refusal(records, { sourceEndpoint: 'something.else' })).reason).toBe('refused');
    const world = new World(records);
    const id = await world.startedAt(10, { sourceEndpoint: 'old-name.herokudns.com' });
    expect(world.standing(www)[0]).toBe('CNAME shift-source 90 old-name.herokudns.com. 2');
    await world.rollBack(id);
    expect(world.standing(www)).toEqual(['CNAME old-name.herokudns.com. 2']);
  });

  test('refuses an unknown app, by name', async () => {
    const hosts = [{ ...move(www), from: { platform: 'heroku', app: 'no-such-app' } as const }];
    expect(await refusal([cname(www, herokuTarget, 60)], { hosts })).toMatchObject({
      reason: 'refused',
      check: 'heroku',
      message: 'the app no-such-app does not exist',
    });
  });

  test('takes the apex for what it is: invalid, whatever stands there', async () => {
    const hosts = [move(value(hostName('example.com')))];
    const failure = await refusal([], { hosts });
    expect(failure).toMatchObject({
      reason: 'invalid-input',
      problems: [{ message: expect.stringContaining('move www.example.com') as unknown }],
    });
  });

  test('refuses hosts of two zones, and of none', async () => {
    const stranger = move(value(hostName('www.example.org')));
    expect(await refusal([cname(www, herokuTarget, 60)], { hosts: [move(www), stranger] })).toMatchObject({
      check: 'zone',
      message: expect.stringContaining('www.example.org is not in zone example.com') as unknown,
    });
    expect(await refusal([], { hosts: [stranger] })).toMatchObject({
      check: 'zone',
      message: expect.stringContaining('no public hosted zone') as unknown,
    });
    expect(await refusal([], { hosts: [] })).toMatchObject({ reason: 'invalid-input' });
  });

  test('fault 16: does not mistake a private zone, a zone of the same ending or one of two for the zone', async () => {
    const world = new World();
    const nameServers = ['ns-1.lab', 'ns-2.lab', 'ns-3.lab', 'ns-4.lab'];
    world.zones.createZone({
      name: 'internal.test',
      callerReference: 'p',
      id: 'ZPRIVATE',
      nameServers,
      privateZone: true,
    });
    const hidden = await world.tryPlan({ hosts: [move(value(hostName('www.internal.test')))] });
    expect(hidden).toMatchObject({
      error: { message: expect.stringContaining('only private ones') as unknown },
    });
    const ending = await world.tryPlan({ hosts: [move(value(hostName('www.notexample.com')))] });
    expect(ending).toMatchObject({ error: { check: 'zone' } });
    world.zones.createZone({ name: 'example.com', callerReference: 'b', id: 'Z2TWIN', nameServers });
    const twin = await world.tryPlan();
    expect(twin).toMatchObject({
      error: {
        check: 'zone',
        message: expect.stringContaining('Z1EXAMPLE, Z2TWIN') as unknown,
        fix: expect.stringContaining('--zone') as unknown,
      },
    });
    expect((await world.tryPlan({ zoneId: 'Z1EXAMPLE' })).ok).toBe(true);
    expect(await world.tryPlan({ zoneId: 'Z3' })).toMatchObject({ error: { check: 'zone' } });
  });

  test('says which provider did not answer, and that nothing was changed', async () => {
    const world = new World();
    world.faults.failRead = {
      reason: 'denied',
      provider: 'route53',
      operation: 'ListResourceRecordSets',
      message: 'no',
      details: [],
    };
    expect(await world.tryPlan()).toMatchObject({
      error: { reason: 'provider', changed: 'nothing was changed', failure: { reason: 'denied' } },
    });
  });

  test('is refused while one of its hosts is in a live migration, and not once that has ended', async () => {
    const world = new World();
    const plan = await world.plan();
    value(await world.migrations.begin(plan));
    const second = await world.migrations.begin({ ...plan, id: 'another' });
    expect(second).toMatchObject({
      ok: false,
      error: { reason: 'conflict', message: expect.stringContaining(plan.id) as unknown },
    });
    await world.rollBack(plan.id);
    await world.runToEnd(plan.id);
    expect((await world.migrations.begin({ ...plan, id: 'another' })).ok).toBe(true);
  });
});
