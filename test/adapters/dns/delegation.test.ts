import { describe, expect, test, onTestFinished } from 'vitest';
import { createDns } from '../../../src/adapters/dns/dns.js';
import type { RecordName } from '../../../src/core/record-name.js';
import type { Delegation, Delegations } from '../../../src/engine/inspection-ports.js';
import { startNameServer } from '../../../src/lab/dns/name-server.js';
import { startRecursive } from '../../../src/lab/dns/recursive.js';
import { buildInternet, type Internet } from '../../../src/lab/internet.js';
import { seededRandom } from '../../../src/lab/random.js';
import { HostedZones } from '../../../src/lab/zone/hosted-zones.js';
import { privateAddress } from '../../lab/loopback.js';

const zone = 'example.com.' as RecordName;
const never = new AbortController().signal;
const random = seededRandom('1');
const own = ['ns-1.awsdns-01.net', 'ns-2.awsdns-02.net'];
const elsewhere = ['a.other-dns.example', 'b.other-dns.example'];

interface World {
  readonly dns: Delegations;
  readonly internet: Internet;
  readonly account: HostedZones;
}

/** The zone `example.com` on one server, with its parents on the same one, and a resolver. */
async function world(): Promise<World> {
  const address = privateAddress();
  const account = new HostedZones({ serverCount: 1, insyncDelayMs: 0, now: () => 0, random });
  account.createZone({ name: 'example.com', callerReference: '1', id: 'Z1', nameServers: own });
  account.propagateNow();
  const nameServers = own.map((name) => ({ name, address }));
  const internet = buildInternet({ account, nameServers, platforms: [], now: () => 0, random });
  const server = await startNameServer({ zones: internet, serverIndex: 0, host: address, port: 0, random });
  const resolver = await startRecursive({ zones: internet, host: privateAddress(), port: 0, random });
  onTestFinished(async () => {
    await Promise.all([server.close(), resolver.close()]);
  });
  const at = { address: resolver.host, port: resolver.port };
  return { account, internet, dns: createDns({ resolver: at, dnsPort: server.port }) };
}

function told({ resolver, parent, isSigned }: Delegation): unknown[] {
  return [resolver, parent, isSigned].map((each) => (each.ok ? each.value : each.error.reason));
}

describe('who answers for a zone', () => {
  test('is what the resolver says, and what the servers of the parent say', async () => {
    const { dns } = await world();
    expect(told(await dns.delegation(zone, never))).toEqual([own, own, false]);
  });

  test('is somebody else once the parent delegates to others', async () => {
    const { dns, internet } = await world();
    internet.redelegate('example.com', elsewhere);
    expect((await dns.delegation(zone, never)).resolver).toEqual({ ok: true, value: elsewhere });
  });

  test('is read from the referral of a parent that does not serve the zone itself', async () => {
    const { dns, account } = await world();
    const values = elsewhere.map((name) => `${name}.`);
    account.change('Z1', [
      { action: 'CREATE', record: { name: 'sub.example.com', type: 'NS', ttl: 60, values } },
    ]);
    const found = await dns.delegation('sub.example.com.' as RecordName, never);
    expect(found.parent).toEqual({ ok: true, value: elsewhere });
    expect(found.isSigned).toEqual({ ok: true, value: false });
  });

  test('is signed when the parent has a DS for it', async () => {
    const { dns, internet } = await world();
    internet.redelegate('example.com', own, '12345 13 2 AABBCCDD');
    expect(told(await dns.delegation(zone, never))).toEqual([own, own, true]);
  });

  test('is not found, rather than somebody, for a zone that nobody delegates to', async () => {
    const { dns } = await world();
    const found = await dns.delegation('nobody.example.com.' as RecordName, never);
    expect(found.resolver).toMatchObject({ ok: false, error: { reason: 'not-found', provider: 'dns' } });
  });

  test('is unknown when the resolver cannot be reached', async () => {
    const dns = createDns({ resolver: { address: privateAddress(), port: 9 }, dnsPort: 9 });
    const found = await dns.delegation(zone, never);
    expect([found.resolver.ok, found.parent.ok, found.isSigned.ok]).toEqual([false, false, false]);
  });
});
