import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createRoute53 } from '../../../src/adapters/route53/route53.js';
import { trialBatch } from '../../../src/core/permission-trial.js';
import { err, ok } from '../../../src/core/result.js';
import type { Check } from '../../../src/engine/check.js';
import type { ZoneApi } from '../../../src/engine/ports.js';
import { lookAtPermissions } from '../../../src/engine/preflight/permissions-look.js';
import { startRoute53, type Route53Lab } from '../../../src/lab/route53/server.js';
import { canary, useCanaryCredentials } from '../../adapters/route53/aws-environment.js';
import { albTarget, cname, herokuTarget, member, providerFailure, www } from '../world.js';
import { PreflightWorld } from './preflight-world.js';

const never = new AbortController().signal;

beforeAll(useCanaryCredentials);

interface Looked {
  readonly checks: readonly Check[];
  readonly lab: Route53Lab;
  readonly seen: PreflightWorld;
}

/** What the look says over the wire, with credentials that may do this and nothing else; everything without a policy. */
async function look(statements?: readonly object[]): Promise<Looked> {
  const seen = new PreflightWorld();
  const plan = await seen.plan();
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const permissions = statements === undefined ? {} : { [canary.accessKeyId]: [document] };
  const lab = await startRoute53({ zones: seen.world.zones, host: '127.0.0.1', port: 0, permissions });
  onTestFinished(() => lab.close());
  const zones = await createRoute53({ endpoint: lab.url });
  return { seen, lab, checks: await lookAtPermissions({ ...seen.ports, zones }, plan, never) };
}

const key = (name: string): string => `route53:ChangeResourceRecordSets${name}`;

function changes(types: readonly string[], actions: readonly string[]): object {
  return {
    Effect: 'Allow',
    Action: ['route53:ChangeResourceRecordSets'],
    Resource: '*',
    Condition: {
      'ForAllValues:StringEquals': { [key('RecordTypes')]: types, [key('Actions')]: actions },
    },
  };
}

const getChange = { Effect: 'Allow', Action: ['route53:GetChange'], Resource: '*' };
const [types, actions] = [
  ['CNAME', 'TXT', 'A', 'AAAA'],
  ['CREATE', 'DELETE', 'UPSERT'],
];

describe('the permissions', () => {
  test('are ok when each batch is judged, and none of them changed anything', async () => {
    const { checks, lab, seen } = await look();
    expect(checks.map(({ verdict }) => verdict)).toEqual(['ok']);
    expect(lab.requests.filter(({ action }) => action === 'ChangeResourceRecordSets')).toHaveLength(3);
    expect(lab.requests.filter(({ committed }) => committed !== undefined)).toEqual([]);
    expect(seen.world.standing(www)).toEqual([`CNAME ${herokuTarget} 5`]);
  });

  test('are ok with a policy that allows exactly these types and actions', async () => {
    expect((await look([changes(types, actions), getChange])).checks[0]?.verdict).toBe('ok');
  });

  test('that lack UPSERT refuse a start: a rollback over the writes of others would be denied', async () => {
    const { checks } = await look([changes(types, ['CREATE', 'DELETE']), getChange]);
    expect(checks).toHaveLength(1);
    expect(checks[0]?.verdict).toBe('refused');
    expect(checks[0]?.fact).toContain(
      'missing for UPSERT of CNAME www.example.com, UPSERT of TXT _shift.www.example.com, needed for a rollback',
    );
    expect(checks[0]?.fix).toContain('shiftctl iam www.example.com --zone Z1EXAMPLE');
  });

  test('that lack DELETE are named for that action alone as far as can be told', async () => {
    const { checks } = await look([changes(types, ['CREATE', 'UPSERT']), getChange]);
    expect(checks.map(({ verdict }) => verdict)).toContain('refused');
    expect(checks[0]?.fact).toContain('DELETE of CNAME www.example.com');
  });

  test('that lack GetChange refuse a start', async () => {
    const { checks } = await look([changes(types, actions)]);
    expect(checks).toHaveLength(1);
    expect(checks[0]?.fact).toContain('route53:GetChange is missing');
  });

  test('that could not be seen are never ok', async () => {
    const seen = new PreflightWorld();
    const change: ZoneApi['change'] = () => Promise.resolve(err(providerFailure('timeout')));
    const zones = { ...seen.ports.zones, change };
    const checks = await lookAtPermissions({ ...seen.ports, zones }, await seen.plan(), never);
    expect(checks.map(({ verdict }) => verdict)).toEqual(['refused', 'refused', 'refused']);
    expect(checks[0]?.fact).toContain('could not be seen whether the credentials may DELETE');
  });

  test('are not taken for granted because a request could not even be read', async () => {
    const seen = new PreflightWorld();
    const change: ZoneApi['change'] = () => Promise.resolve(err(providerFailure('invalid')));
    const zones = { ...seen.ports.zones, change };
    const checks = await lookAtPermissions({ ...seen.ports, zones }, await seen.plan(), never);
    expect(checks[0]?.verdict).toBe('refused');
  });

  test('of an endpoint that takes an impossible batch refuse a start', async () => {
    const seen = new PreflightWorld();
    const zones = { ...seen.ports.zones, change: () => Promise.resolve(ok({ changeId: 'C1' })) };
    const checks = await lookAtPermissions({ ...seen.ports, zones }, await seen.plan(), never);
    expect(checks[0]?.fact).toContain('accepted a batch that deletes a record that cannot exist');
  });

  test('are asked for again where Route 53 was only busy', async () => {
    const seen = new PreflightWorld();
    let calls = 0;
    const change: ZoneApi['change'] = (...args) =>
      (calls += 1) < 3 ? Promise.resolve(err(providerFailure('busy'))) : seen.ports.zones.change(...args);
    const checks = await lookAtPermissions(
      { ...seen.ports, zones: { ...seen.ports.zones, change } },
      await seen.plan(),
      never,
    );
    expect(checks[0]?.verdict).toBe('ok');
  });
});

describe('a batch that asks for permissions', () => {
  const alias = (type: string): object => ({
    name: 'www.example.com',
    type,
    alias: { hostedZoneId: 'Z1EXAMPLE', dnsName: 'real.example.com', evaluateTargetHealth: false },
  });
  const real = [
    { name: 'real.example.com', type: 'A', ttl: 60, values: ['192.0.2.7'] },
    { name: 'real.example.com', type: 'AAAA', ttl: 60, values: ['2001:db8::7'] },
  ];

  test.each<[string, object[]]>([
    ['a simple CNAME', [cname('www.example.com', herokuTarget, 300)]],
    ['the pair', [member('source', 75), member('target', 25)]],
    ['an alias A and AAAA', [...real, alias('A'), alias('AAAA')]],
    ['nothing', []],
  ])('can only fail over %s, whatever its action', async (_, records) => {
    const seen = new PreflightWorld();
    const plan = await seen.plan();
    const { world } = seen;
    world.write([{ action: 'DELETE', record: cname('www.example.com', herokuTarget, 5) }]);
    if (records.length > 0) world.write(records.map((record) => ({ action: 'CREATE', record })));
    const read = await world.engine.zones.records(world.zoneId, [www], never);
    const standing = read.ok ? read.value : [];
    const image = [{ host: www, records: standing, marker: [] }];
    const before = world.zones.records(world.zoneId);
    for (const action of ['CREATE', 'DELETE', 'UPSERT'] as const) {
      const batch = trialBatch(action, plan, image, 'n1');
      expect(await world.apply(batch)).toBe(false);
      expect(world.zones.records(world.zoneId)).toEqual(before);
      const atHost = batch.changes.filter(({ record }) => record.name === www);
      expect(atHost.length).toBeGreaterThan(0);
      // Not even by themselves could the changes at the live name do anything to what stands there.
      if (records.length === 0) continue;
      for (const change of atHost) await world.apply({ changes: [change], comment: '' });
      expect(world.zones.records(world.zoneId)).toEqual(before);
    }
  });

  test('never names the target', async () => {
    const plan = await new PreflightWorld().plan();
    for (const action of ['CREATE', 'DELETE', 'UPSERT'] as const) {
      expect(JSON.stringify(trialBatch(action, plan, plan.originals, 'n1'))).not.toContain(albTarget);
    }
  });
});
