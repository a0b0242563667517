import { expect, test } from 'vitest';
import { buildInternet, putRecords } from '../../src/lab/internet.js';
import { seededRandom } from '../../src/lab/random.js';
import { HostedZones } from '../../src/lab/zone/hosted-zones.js';
import type { ServedZone, ZoneSource } from '../../src/lab/zone/record.js';

const nameServers = [
  { name: 'ns-1.awsdns-01.com', address: '127.53.1.11' },
  { name: 'ns-4.awsdns-04.co.uk', address: '127.53.1.14' },
];
const alb = {
  name: 'my-alb-1.eu-west-1.elb.amazonaws.com',
  zone: 'eu-west-1.elb.amazonaws.com',
  addresses: ['127.53.1.31', '::1', '127.53.1.32'],
};

function build(...zoneNames: string[]): { account: HostedZones; internet: ZoneSource } {
  const common = { now: () => 1_000, random: seededRandom('internet') };
  const account = new HostedZones({ serverCount: 2, insyncDelayMs: 0, ...common });
  for (const name of zoneNames) account.createZone({ name, callerReference: name });
  return { account, internet: buildInternet({ account, nameServers, platforms: [alb], ...common }) };
}

function zoneOf(internet: ZoneSource, name: string): ServedZone | undefined {
  return internet.zoneFor(1, name);
}

function values(zone: ServedZone | undefined, name: string, type: string): readonly string[] | undefined {
  return zone?.at(name).find((record) => record.type === type)?.values;
}

test('every zone is delegated to from its parent, on all name servers', () => {
  const { internet } = build('example.com', 'example.co.uk', 'example.test');
  const servers = nameServers.map(({ name }) => `${name}.`);
  for (const [parent, child] of [
    ['com.', 'example.com.'],
    ['com.', 'eu-west-1.elb.amazonaws.com.'],
    ['com.', 'awsdns-01.com.'],
    ['co.uk.', 'example.co.uk.'],
    ['co.uk.', 'awsdns-04.co.uk.'],
    ['test.', 'example.test.'],
  ] as const) {
    expect(values(zoneOf(internet, parent), child, 'NS')).toEqual(servers);
    expect(zoneOf(internet, child)?.apex).toBe(child);
  }
  expect(zoneOf(internet, 'uk.')).toBeUndefined();
  expect(zoneOf(internet, 'example.org.')).toBeUndefined();
});

test('name servers have an address in their own zone, and with their parent', () => {
  const { internet } = build();
  const name = 'ns-4.awsdns-04.co.uk.';
  expect(zoneOf(internet, name)?.apex).toBe('awsdns-04.co.uk.');
  expect(values(zoneOf(internet, name), name, 'A')).toEqual(['127.53.1.14']);
  expect(values(zoneOf(internet, 'co.uk.'), name, 'A')).toEqual(['127.53.1.14']);
});

test('a platform has its addresses by family', () => {
  const zone = zoneOf(build().internet, `${alb.name}.`);
  expect(values(zone, `${alb.name}.`, 'A')).toEqual(['127.53.1.31', '127.53.1.32']);
  expect(values(zone, `${alb.name}.`, 'AAAA')).toEqual(['::1']);
});

test('what the account changes is seen at once; a scene that Route 53 would refuse is an error', () => {
  const { account, internet } = build('example.com');
  const id = account.zones()[0]?.id ?? '';
  const record = { name: 'www.example.com.', type: 'CNAME', ttl: 5, values: ['x.herokudns.com'] };
  putRecords(account, id, [record]);
  expect(values(zoneOf(internet, record.name), record.name, 'CNAME')).toEqual(['x.herokudns.com']);
  expect(() => putRecords(account, id, [record])).toThrow('could not set its scene');
});
