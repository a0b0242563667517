import { describe, expect, test } from 'vitest';
import { err, ok } from '../../../src/core/result.js';
import { plus } from '../../../src/core/time.js';
import { lookAtAccount } from '../../../src/engine/preflight/account-look.js';
import { lookAtClock } from '../../../src/engine/preflight/clock-look.js';
import { lookAtDelegation } from '../../../src/engine/preflight/delegation-look.js';
import { lookAtDnssec } from '../../../src/engine/preflight/dnssec-look.js';
import { lookAtNegativeCaching } from '../../../src/engine/preflight/negative-caching-look.js';
import { lookAtNeighbours } from '../../../src/engine/preflight/neighbours-look.js';
import { lookAtOwnership } from '../../../src/engine/preflight/ownership-look.js';
import { lookAtProtections } from '../../../src/engine/preflight/protections-look.js';
import { lookAtZone } from '../../../src/engine/preflight/zone-look.js';
import { albTarget, cname, herokuTarget, providerFailure, www } from '../world.js';
import { PreflightWorld } from './preflight-world.js';

const silent = err({ ...providerFailure('timeout'), provider: 'dns' as const });
const zoneId = 'Z1EXAMPLE';

describe('the zone', () => {
  test('that is public and pinned is ok, and recovery that is on too', async () => {
    const seen = new PreflightWorld();
    seen.world.zones.setAcceleratedRecovery(zoneId, 'ENABLED');
    const checks = await seen.look(lookAtZone);
    expect(checks.map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
    expect(checks[0]?.fact).toContain('example.com is the public zone Z1EXAMPLE, the longest that contains');
  });

  test('that a private one hides is a warning with the id of that one', async () => {
    const seen = new PreflightWorld();
    seen.world.zones.createZone({
      name: 'example.com',
      callerReference: 'p',
      id: 'ZPRIVATE',
      privateZone: true,
    });
    const [, shadow] = await seen.look(lookAtZone);
    expect(shadow).toMatchObject({ verdict: 'warning' });
    expect(shadow?.fact).toContain('a private zone contains the host too: example.com (ZPRIVATE)');
  });

  test('that cannot be read refuses a start', async () => {
    const seen = new PreflightWorld();
    seen.world.inspection.failing.set('GetHostedZone', 'denied');
    expect((await seen.look(lookAtZone))[0]?.verdict).toBe('refused');
  });

  test.each([
    [null, 'warning', /is off/],
    ['DISABLED', 'warning', /is off/],
    ['ENABLE_FAILED', 'warning', /is ENABLE_FAILED/],
    ['ENABLING_HOSTED_ZONE_LOCKED', 'refused', /takes no changes meanwhile/],
  ])('with accelerated recovery %s is %s', async (status, verdict, said) => {
    const seen = new PreflightWorld();
    if (status !== null) seen.world.zones.setAcceleratedRecovery(zoneId, status);
    const recovery = (await seen.look(lookAtZone)).find(({ name }) => name === 'recovery');
    expect(recovery?.verdict).toBe(verdict);
    expect(recovery?.fact).toMatch(said);
  });
});

describe('the delegation', () => {
  test('to exactly these name servers is ok', async () => {
    expect((await new PreflightWorld().look(lookAtDelegation))[0]?.verdict).toBe('ok');
  });

  test.each(['resolver', 'parent'] as const)(
    'that is elsewhere by the word of the %s refuses a start and says why',
    async (way) => {
      const seen = new PreflightWorld();
      seen.delegation = { ...seen.delegation, [way]: ok(['ns.other.example']) };
      const [check] = await seen.look(lookAtDelegation);
      expect(check?.verdict).toBe('refused');
      expect(check?.fact).toContain('delegated to ns.other.example');
      expect(check?.fact).toContain('nobody would see what is written');
    },
  );

  test('that only one way told is a warning, and that neither told refuses', async () => {
    const seen = new PreflightWorld();
    seen.delegation = { ...seen.delegation, parent: silent };
    expect((await seen.look(lookAtDelegation))[0]?.verdict).toBe('warning');
    seen.delegation = { ...seen.delegation, resolver: silent };
    expect((await seen.look(lookAtDelegation))[0]?.verdict).toBe('refused');
  });

  test('to servers of which one is foreign refuses a start', async () => {
    const seen = new PreflightWorld();
    seen.delegation = { ...seen.delegation, resolver: ok([...seen.own, 'ns.other.example']) };
    expect((await seen.look(lookAtDelegation))[0]?.verdict).toBe('refused');
  });
});

describe('DNSSEC', () => {
  test.each([
    ['NOT_SIGNING', false, 'ok', /is not signed/],
    ['SIGNING', true, 'warning', /keep DS records and keys for as long as their TTL/],
    ['SIGNING', false, 'warning', /no DS record at the parent yet/],
    ['NOT_SIGNING', true, 'refused', /resolvers that validate refuse its answers/],
    ['ACTION_NEEDED', true, 'refused', /in trouble/],
  ] as const)('%s with a DS record: %s is %s', async (status, isSigned, verdict, said) => {
    const seen = new PreflightWorld();
    seen.world.zones.setSigning(zoneId, status);
    seen.delegation = { ...seen.delegation, isSigned: ok(isSigned) };
    const [check] = await seen.look(lookAtDnssec);
    expect(check?.verdict).toBe(verdict);
    expect(check?.fact).toMatch(said);
  });

  test('that could not be looked at is never ok', async () => {
    const seen = new PreflightWorld();
    seen.delegation = { ...seen.delegation, isSigned: silent };
    expect((await seen.look(lookAtDnssec))[0]?.verdict).toBe('warning');
    seen.delegation = { ...seen.delegation, isSigned: ok(true) };
    seen.world.inspection.failing.set('GetDNSSEC', 'denied');
    const [check] = await seen.look(lookAtDnssec);
    expect(check).toMatchObject({ verdict: 'warning' });
    expect(check?.fix).toContain('allow route53:GetDNSSEC');
  });
});

describe('record protections', () => {
  test('that touch nothing of ours are ok', async () => {
    const seen = new PreflightWorld();
    seen.world.zones.createProtections(zoneId, [{ name: 'mail.example.com', type: 'MX' }]);
    expect((await seen.look(lookAtProtections))[0]?.verdict).toBe('ok');
  });

  test.each([www, `_shift.${www}`])('at %s refuse a start and are told with their comment', async (name) => {
    const seen = new PreflightWorld();
    const type = name === www ? 'AAAA' : 'TXT';
    seen.world.zones.createProtections(zoneId, [{ name, type, comment: 'ask Ann' }]);
    const [check] = await seen.look(lookAtProtections);
    expect(check?.verdict).toBe('refused');
    expect(check?.fact).toContain(`${type} ${name.slice(0, -1)} ("ask Ann")`);
  });

  test('that may not be listed, or that this endpoint does not know, are a warning', async () => {
    const seen = new PreflightWorld();
    for (const reason of ['denied', 'unknown'] as const) {
      seen.world.inspection.failing.set('ListResourceRecordSetProtections', reason);
      expect((await seen.look(lookAtProtections))[0]?.verdict).toBe('warning');
    }
  });
});

describe('the neighbours of the name', () => {
  const standing = cname('www.example.com', herokuTarget, 5);

  test('are ok when there are none', async () => {
    expect((await new PreflightWorld().look(lookAtNeighbours))[0]?.verdict).toBe('ok');
  });

  test('are a warning when a wildcard would answer in place of vanished records', async () => {
    const seen = new PreflightWorld([standing, cname('*.example.com', albTarget, 60)]);
    const [check] = await seen.look(lookAtNeighbours);
    expect(check?.verdict).toBe('warning');
    expect(check?.fact).toContain('a wildcard covers www.example.com');
  });

  test('refuse a start when another type has come beside an alias since the plan was made', async () => {
    const target = { name: 'real.example.com', type: 'A', ttl: 60, values: ['192.0.2.1'] };
    const seen = new PreflightWorld([standing, target]);
    const plan = await seen.plan();
    seen.world.write([
      { action: 'DELETE', record: standing },
      { action: 'CREATE', record: { name: www, type: 'CAA', ttl: 60, values: ['0 issue "ca.example"'] } },
    ]);
    const [check] = await lookAtNeighbours(seen.ports, plan, AbortSignal.timeout(5_000));
    expect(check).toMatchObject({ verdict: 'refused' });
    expect(check?.fact).toContain('CAA stands at www.example.com too, which no CNAME tolerates');
  });

  test('are a warning when an earlier proof has left its record', async () => {
    const left = {
      name: '_shift-test.www.example.com',
      type: 'TXT',
      setIdentifier: 'shift-test',
      weight: 1,
      ttl: 60,
      values: ['"shift test abc; may be removed"'],
    };
    const seen = new PreflightWorld([standing, left]);
    const [check] = await seen.look(lookAtNeighbours);
    expect(check).toMatchObject({ verdict: 'warning', fix: 'shiftctl preflight --prove removes it' });
  });
});

describe('the traces of other owners', () => {
  test('are ok when there are none', async () => {
    const seen = new PreflightWorld();
    seen.world.zones.setTags(zoneId, { team: 'web' });
    expect((await seen.look(lookAtOwnership))[0]?.verdict).toBe('ok');
  });

  test('are a warning for the ownership record of external-dns beside the host', async () => {
    const text = '"heritage=external-dns,external-dns/owner=default,external-dns/resource=ingress/web/www"';
    const seen = new PreflightWorld([
      cname('www.example.com', herokuTarget, 5),
      { name: 'cname-www.example.com', type: 'TXT', ttl: 300, values: [text] },
    ]);
    const [check] = await seen.look(lookAtOwnership);
    expect(check?.verdict).toBe('warning');
    expect(check?.fact).toContain('external-dns seems to manage records of example.com');
  });

  test.each([
    ['managed-by', 'terraform', 'Terraform'],
    ['aws:cloudformation:stack-name', 'dns', 'CloudFormation'],
    ['owner', 'octoDNS', 'octoDNS'],
    ['source', 'dnscontrol repo', 'dnscontrol'],
  ])('are a warning for the tag %s=%s', async (key, value, tool) => {
    const seen = new PreflightWorld();
    seen.world.zones.setTags(zoneId, { [key]: value });
    const [check] = await seen.look(lookAtOwnership);
    expect(check?.verdict).toBe('warning');
    expect(check?.fact).toContain(`${tool} seems to manage`);
  });

  test('are a warning when the tags may not be read', async () => {
    const seen = new PreflightWorld();
    seen.world.inspection.failing.set('ListTagsForResource', 'denied');
    expect((await seen.look(lookAtOwnership))[0]?.verdict).toBe('warning');
  });
});

describe('the negative caching time', () => {
  const soa = (ttl: number, minimum: number): object => ({
    name: 'example.com',
    type: 'SOA',
    ttl,
    values: [`ns-1.lab. hostmaster.example.com. 1 7200 900 1209600 ${minimum}`],
  });

  test.each([
    [900, 86_400, 'ok', '15m'],
    [86_400, 300, 'ok', '5m'],
    [86_400, 86_400, 'warning', '1d'],
  ])('of a SOA with TTL %s and minimum %s is %s', async (ttl, minimum, verdict, shown) => {
    const seen = new PreflightWorld();
    seen.world.write([{ action: 'UPSERT', record: soa(ttl, minimum) }]);
    const [check] = await seen.look(lookAtNegativeCaching);
    expect(check?.verdict).toBe(verdict);
    expect(check?.fact).toMatch(new RegExp(`remember for (${shown}|24h) `));
  });
});

describe("this machine's clock", () => {
  test.each([
    [2_000, 'ok'],
    [-29_000, 'ok'],
    [31_000, 'warning'],
    [-299_000, 'warning'],
    [301_000, 'refused'],
    [-3_600_000, 'refused'],
  ])('%s ms off Amazon’s is %s', async (offMs, verdict) => {
    const seen = new PreflightWorld();
    seen.world.inspection.answeredAt = plus(seen.ports.clock.now(), -offMs);
    const [check] = await seen.look(lookAtClock);
    expect(check?.verdict).toBe(verdict);
    if (verdict !== 'ok') expect(check?.fact).toContain(offMs > 0 ? 'ahead of' : 'behind');
  });

  test('is a warning where there is nothing to compare it with', async () => {
    const seen = new PreflightWorld();
    seen.world.inspection.answeredAt = null;
    expect((await seen.look(lookAtClock))[0]?.verdict).toBe('warning');
  });
});

describe('the account', () => {
  test('is pinned in the plan where the credentials say it', async () => {
    const seen = new PreflightWorld();
    expect((await seen.plan()).zone.accountId).toBe('123456789012');
    expect((await seen.look(lookAtAccount))[0]?.verdict).toBe('ok');
  });

  test('of other credentials than the plan was made with refuses a start', async () => {
    const seen = new PreflightWorld();
    const plan = await seen.plan();
    seen.world.inspection.accountId = '999999999999';
    const [check] = await lookAtAccount(seen.ports, plan, AbortSignal.timeout(5_000));
    expect(check?.verdict).toBe('refused');
    expect(check?.fact).toContain('wrong account or profile');
  });

  test('that cannot be asked for is a warning and no refusal', async () => {
    const seen = new PreflightWorld();
    const plan = await seen.plan();
    seen.world.inspection.failing.set('credentials', 'unavailable');
    const [check] = await lookAtAccount(seen.ports, plan, AbortSignal.timeout(5_000));
    expect(check?.verdict).toBe('warning');
    expect(check?.fact).toContain('whose credentials these are is not known');
  });

  test('is asked for beside everything else that a plan needs, and no longer than the plan takes', async () => {
    const { world } = new PreflightWorld();
    const { zones } = world.engine;
    const zonesFor = zones.zonesFor.bind(zones);
    let ask: (signal: AbortSignal) => void = () => undefined;
    const asked = new Promise<AbortSignal>((resolve) => (ask = resolve));
    world.inspection.account = (signal?: AbortSignal) => {
      if (signal !== undefined) ask(signal);
      return Promise.resolve(ok('210987654321'));
    };
    zones.zonesFor = async (host, signal) => {
      await asked;
      return zonesFor(host, signal);
    };
    expect((await world.plan()).zone.accountId).toBe('210987654321');
    expect((await asked).aborted).toBe(true);
  });

  test('that nobody told while the plan was made is not said to be in it', async () => {
    const seen = new PreflightWorld();
    seen.world.inspection.failing.set('credentials', 'timeout');
    const plan = await seen.plan();
    expect(plan.zone.accountId).toBeUndefined();
    seen.world.inspection.failing.clear();
    const [check] = await lookAtAccount(seen.ports, plan, AbortSignal.timeout(5_000));
    expect(check).toMatchObject({ verdict: 'ok' });
    expect(check?.fact).toContain('belong to account 123456789012; the plan is pinned by the id of the zone');
  });

  test('that the credentials do not say leaves the zone as the pin', async () => {
    const seen = new PreflightWorld();
    seen.world.inspection.accountId = null;
    expect((await seen.plan()).zone.accountId).toBeUndefined();
    expect((await seen.look(lookAtAccount))[0]?.fact).toContain('pinned by the id of the zone');
  });
});
