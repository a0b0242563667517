import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createRoute53 } from '../../src/adapters/route53/route53.js';
import type { Change } from '../../src/core/change-batch.js';
import { iamKinds, iamPolicy, type IamKind } from '../../src/core/iam-policy.js';
import { displayName, recordName, type RecordName } from '../../src/core/record-name.js';
import { plainCname, textRecord } from '../../src/core/record-set.js';
import type { Clock } from '../../src/engine/ports.js';
import { rollBackWithoutState } from '../../src/engine/roll-back-without-state.js';
import type { Check } from '../../src/engine/check.js';
import type { MigrationRequest } from '../../src/engine/plan-migration.js';
import { preflight } from '../../src/engine/preflight/preflight.js';
import { proveCompareAndSwap } from '../../src/engine/preflight/prove.js';
import { startRoute53, type Route53Lab } from '../../src/lab/route53/server.js';
import { useCanaryCredentials } from '../adapters/route53/aws-environment.js';
import { PreflightWorld } from './preflight/preflight-world.js';
import { albTarget, cname, herokuTarget, operator, value, www, type World } from './world.js';

const host = 'www.example.com.';
const never = new AbortController().signal;
const otherZone = 'Z2OTHER';

type Api = Awaited<ReturnType<typeof createRoute53>>;

beforeAll(useCanaryCredentials);

/** A world whose Route 53 is the lab's endpoint, where each kind of credentials has exactly the policy that is printed for it. */
class GuardedWorld {
  readonly preflight: PreflightWorld;
  readonly world: World;
  readonly lab: Route53Lab;
  readonly apis: ReadonlyMap<IamKind, Api>;
  private readonly openedAt: number;

  private constructor(preflight: PreflightWorld, lab: Route53Lab, apis: ReadonlyMap<IamKind, Api>) {
    this.preflight = preflight;
    this.world = preflight.world;
    this.lab = lab;
    this.apis = apis;
    Object.assign(this.world.engine, { clock: overWires(this.world.engine.clock) });
    this.openedAt = lab.requests.length;
  }

  static async open(records: readonly object[] = [cname(host, herokuTarget, 5)]): Promise<GuardedWorld> {
    const preflight = new PreflightWorld([...records, cname('api.example.com', herokuTarget, 5)]);
    const { world } = preflight;
    world.zones.createZone({ name: 'example.org', callerReference: 'b', id: otherZone });
    const scope = { zoneId: world.zoneId, hosts: [www], readsCloudWatch: false, usesHealthChecks: false };
    const permissions = Object.fromEntries(
      iamKinds.map((kind) => [keyOf(kind), [JSON.stringify(iamPolicy(kind, scope))]]),
    );
    const lab = await startRoute53({ zones: world.zones, host: '127.0.0.1', port: 0, permissions });
    onTestFinished(() => lab.close());
    const apis = new Map<IamKind, Api>();
    for (const kind of iamKinds) apis.set(kind, await apiOf(kind, lab));
    return new GuardedWorld(preflight, lab, apis);
  }

  /** From here on the engine works with these credentials. */
  as(kind: IamKind): World {
    Object.assign(this.world.engine, { zones: this.api(kind) });
    return this.world;
  }

  api(kind: IamKind): Api {
    const api = this.apis.get(kind);
    if (api === undefined) throw new Error(kind);
    return api;
  }

  /** What the checks that ask Route 53 say with these credentials. */
  async check(kind: IamKind): Promise<readonly Check[]> {
    const plan = await this.as(kind).plan();
    const api = this.api(kind);
    const ports = { ...this.preflight.ports, zones: api, inspection: api.inspection };
    return preflight(ports, plan, AbortSignal.timeout(20_000));
  }

  /** Calls that were refused for want of a permission. */
  denials(): readonly string[] {
    return this.lab.requests
      .slice(this.openedAt)
      .flatMap(({ outcome }) =>
        outcome.kind === 'refused' && outcome.code === 'AccessDenied' ? [outcome.message] : [],
      );
  }

  async write(kind: IamKind, zoneId: string, ...changes: readonly Change[]): Promise<string> {
    const result = await this.api(kind).change(zoneId, { changes, comment: 'test' }, 5_000, never);
    return result.ok ? 'accepted' : result.error.reason;
  }
}

const toHeroku: MigrationRequest['hosts'][number] = {
  host: www,
  from: { platform: 'aws', dnsName: name(albTarget) },
  to: { platform: 'heroku', app: 'my-app' },
};

/** A fifth of the virtual time passes in truth, so that answers over a wire come before the deadlines of those who wait for them. */
function overWires(clock: Clock): Clock {
  const sleep: Clock['sleep'] = async (ms, signal) => {
    await setTimeout(Math.min(ms / 5, 1_000), undefined, { signal }).catch(() => undefined);
    await clock.sleep(ms, signal);
  };
  return Object.assign(Object.create(clock) as Clock, { sleep });
}

function keyOf(kind: IamKind): string {
  return `AKID${kind.toUpperCase().replace('-', '')}`;
}

/** The SDK looks for credentials at its first call and keeps them, so one call is made before the next client is. */
async function apiOf(kind: IamKind, lab: Route53Lab): Promise<Api> {
  process.env['AWS_ACCESS_KEY_ID'] = keyOf(kind);
  const api = await createRoute53({ endpoint: lab.url });
  value(await api.zonesFor(www, never));
  // The writing client has credentials of its own; a batch without changes is refused whoever sends it.
  await api.change('Z0NONE', { changes: [], comment: '' }, 5_000, never);
  return api;
}

function name(text: string): RecordName {
  return value(recordName(text));
}

function create(text: string, type: 'CNAME' | 'TXT' | 'MX' = 'CNAME'): Change {
  const record =
    type === 'CNAME' ? plainCname(name(text), 'x.example.net', 60) : textRecord(name(text), '"x"', 60);
  return { action: 'CREATE', record: type === 'MX' ? { ...record, type, values: ['10 x.'] } : record };
}

describe('with the policy to run', () => {
  test('a whole migration goes to its end, and no call is denied', async () => {
    const guarded = await GuardedWorld.open();
    const world = guarded.as('run');
    const { plan } = await world.start();
    const { phase } = await world.runToEnd(plan.id);
    expect(phase.phase).toBe('completed');
    expect(guarded.denials()).toEqual([]);
    const used = new Set(guarded.lab.requests.map(({ accessKeyId, action }) => `${accessKeyId} ${action}`));
    expect(used).toContain(`${keyOf('run')} ChangeResourceRecordSets`);
    expect(used).toContain(`${keyOf('run')} GetChange`);
  });

  test('an operator rolls it back, and no call is denied', async () => {
    const guarded = await GuardedWorld.open();
    const world = guarded.as('run');
    const id = await world.startedAt(25);
    await world.rollBack(id);
    const { phase } = await world.runToEnd(id);
    expect(phase.phase).toBe('rolled-back');
    expect(world.standing(host)).toEqual([`CNAME ${herokuTarget} 2`]);
    expect(guarded.denials()).toEqual([]);
  });

  test('an alias is taken over, rolled back and restored, and no call is denied', async () => {
    const dnsName = `dualstack.${albTarget}`;
    const alias = { hostedZoneId: 'Z32O12XQLNTSW2', dnsName, evaluateTargetHealth: true };
    const records = ['A', 'AAAA'].map((type) => ({ name: host, type, alias }));
    const guarded = await GuardedWorld.open(records);
    const world = guarded.as('run');
    const before = world.standing(host);
    const id = await world.startedAt(25, { hosts: [toHeroku] });
    await world.rollBack(id);
    await world.runToEnd(id);
    value(await world.migrations.carryOut(value(await world.migrations.propose(id, 'restore')), operator));
    await world.runToEnd(id);
    expect(world.standing(host)).toEqual(before);
    expect(guarded.denials()).toEqual([]);
  });

  test('every check can be made and the compare-and-swap proved, and no call is denied', async () => {
    const guarded = await GuardedWorld.open();
    const checks = await guarded.check('run');
    expect(checks.find(({ name: check }) => check === 'permissions')?.verdict).toBe('ok');
    const proof = await proveCompareAndSwap(guarded.world.engine, await guarded.world.plan(), never);
    expect(proof.verdict).toBe('ok');
    expect(guarded.denials()).toEqual([]);
  });

  test.each<[string, string, Change[]]>([
    ['another name', 'Z1EXAMPLE', [create('api.example.com')]],
    ['a name below the host', 'Z1EXAMPLE', [create('x.www.example.com')]],
    [
      'another name beside a permitted one',
      'Z1EXAMPLE',
      [create('_shift.www.example.com', 'TXT'), create('mail.example.com')],
    ],
    ['another type', 'Z1EXAMPLE', [create('www.example.com', 'MX')]],
    ['another zone', otherZone, [create('www.example.com')]],
  ])('%s is denied', async (_what, zoneId, changes) => {
    const guarded = await GuardedWorld.open();
    const before = JSON.stringify(guarded.world.zones.records(zoneId));
    expect(await guarded.write('run', zoneId, ...changes)).toBe('denied');
    expect(JSON.stringify(guarded.world.zones.records(zoneId))).toBe(before);
  });

  test('another action is denied', async () => {
    const guarded = await GuardedWorld.open();
    const credential = `Credential=${keyOf('run')}/20260301/us-east-1/route53/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=00`;
    const call = (method: string, path: string): Promise<Response> =>
      fetch(`${guarded.lab.url}/2013-04-01/${path}`, { method, headers: { authorization } });
    expect((await call('GET', `hostedzone/${otherZone}/rrset`)).status).toBe(403);
    expect((await call('GET', 'hostedzone')).status).toBe(403);
    expect((await call('DELETE', `hostedzone/${guarded.world.zoneId}`)).status).toBe(403);
    expect((await call('POST', 'hostedzone')).status).toBe(403);
    expect((await call('GET', `hostedzone/${guarded.world.zoneId}/rrset`)).status).toBe(200);
  });
});

describe('with the policy to roll back', () => {
  test.each([10, 50, 100])('a rollback without the journal works at a share of %i', async (share) => {
    const guarded = await GuardedWorld.open();
    await guarded.as('run').startedAt(share);
    const world = guarded.as('rollback-only');
    const { zones, clock, ids, log } = world.engine;
    const request = { host: www, to: null, only: false, zoneId: null };
    const { written } = value(await rollBackWithoutState({ zones, clock, ids, log }, request, never));
    expect(written).toHaveLength(1);
    expect(world.standing(host)).toEqual([`CNAME ${herokuTarget} 2`]);
    expect(guarded.denials()).toEqual([]);
  });

  test('the break-glass files can be applied, one after the other', async () => {
    const guarded = await GuardedWorld.open();
    await guarded.as('run').startedAt(50);
    const files = guarded.world.files.at(-1);
    expect(await guarded.write('rollback-only', guarded.world.zoneId, ...(files?.drain.changes ?? []))).toBe(
      'accepted',
    );
    expect(
      await guarded.write('rollback-only', guarded.world.zoneId, ...(files?.collapse.changes ?? [])),
    ).toBe('accepted');
    expect(guarded.world.standing(host)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('another name is denied, that of the proof included', async () => {
    const guarded = await GuardedWorld.open();
    for (const other of ['api.example.com', '_shift-test.www.example.com'])
      expect(await guarded.write('rollback-only', guarded.world.zoneId, create(other, 'TXT'))).toBe('denied');
  });
});

describe('with the policy to read', () => {
  test('a plan is made and a change followed, and no call is denied', async () => {
    const guarded = await GuardedWorld.open();
    await guarded.as('run').startedAt(25);
    const world = guarded.as('read-only');
    const [zone] = value(await world.engine.zones.zonesFor(www, never));
    expect(zone?.id).toBe(world.zoneId);
    expect(value(await world.engine.zones.records(world.zoneId, [www], never))).toHaveLength(2);
    const changeId = guarded.lab.requests.findLast(({ committed }) => committed !== undefined)?.committed
      ?.changeId;
    expect(value(await world.engine.zones.changeStatus(changeId ?? '', never))).toBe('INSYNC');
    expect(guarded.denials()).toEqual([]);
  });

  test('a plan for a fresh host reads everything that it needs', async () => {
    const guarded = await GuardedWorld.open();
    const plan = await guarded.as('read-only').plan();
    expect(plan.hosts.map(({ host: planned }) => displayName(planned))).toEqual(['www.example.com']);
    expect(guarded.denials()).toEqual([]);
  });

  test('every check can be made, and only the one for permissions to write refuses', async () => {
    const guarded = await GuardedWorld.open();
    const verdicts = (checks: readonly Check[]): readonly string[] =>
      checks.map(({ name: check, verdict }) => `${check} ${verdict}`);
    const asRun = verdicts(await guarded.check('run'));
    const asReader = verdicts(await guarded.check('read-only'));
    expect(new Set(asReader.filter((verdict) => !asRun.includes(verdict)))).toEqual(
      new Set(['permissions refused']),
    );
    const actions = guarded.denials().map((message) => /perform: (\S+)/.exec(message)?.[1]);
    expect(new Set(actions)).toEqual(new Set(['route53:ChangeResourceRecordSets']));
  });

  test('every write is denied, whatever it names', async () => {
    const guarded = await GuardedWorld.open();
    for (const text of [host, '_shift.www.example.com', '_shift-test.www.example.com', 'api.example.com'])
      expect(await guarded.write('read-only', guarded.world.zoneId, create(text, 'TXT'))).toBe('denied');
  });

  test('the controller stops at the first write and moves nothing', async () => {
    const guarded = await GuardedWorld.open();
    const world = guarded.as('read-only');
    const { plan } = await world.start();
    await world.ticks(plan.id, 5);
    expect(world.standing(host)).toEqual([`CNAME ${herokuTarget} 5`]);
    expect(guarded.denials()[0]).toContain('is not authorized to perform: route53:ChangeResourceRecordSets');
  });
});
