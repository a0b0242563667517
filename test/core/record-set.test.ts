import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordName, type RecordName } from '../../src/core/record-name.js';
import {
  describeRecord,
  plainCname,
  recordKey,
  sameRecord,
  sameRecords,
  textRecord,
  weight,
  weightedCname,
  withFinalDot,
  type RecordSet,
} from '../../src/core/record-set.js';

function name(text: string): RecordName {
  const parsed = recordName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const www = name('www.example.com');

function member(share: number, setIdentifier = 'shift-target'): RecordSet {
  return weightedCname({ name: www, target: 'alb.amazonaws.com', ttl: 60, setIdentifier, weight: share });
}

const alias: RecordSet = {
  ...plainCname(www, 'x.', 60),
  type: 'A',
  ttl: null,
  values: [],
  alias: { hostedZoneId: 'Z1', dnsName: 'alb.amazonaws.com.', evaluateTargetHealth: false },
};

test.each([-1, 256, 1.5, Number.NaN])('%d is no weight', (value) => {
  expect(() => weight(value)).toThrow('whole number from 0 to 255');
});

test('the ends of the range are weights', () => {
  expect([weight(0), weight(255)]).toEqual([0, 255]);
});

test('equal records are equal however their names are spelled', () => {
  expect(
    sameRecord(plainCname(www, 'App.HerokuDNS.com', 60), plainCname(www, 'app.herokudns.com.', 60)),
  ).toBe(true);
  const raw = { ...plainCname(www, 'x.', 60), values: ['App.HerokuDNS.COM'] };
  expect(sameRecord(raw, plainCname(www, 'app.herokudns.com', 60))).toBe(true);
  const upper = {
    ...alias,
    alias: { hostedZoneId: 'Z1', dnsName: 'ALB.amazonaws.com', evaluateTargetHealth: false },
  };
  expect(sameRecord(alias, upper)).toBe(true);
});

test('the order of values makes no difference, their number does', () => {
  const two = { ...plainCname(www, 'x.', 60), type: 'A', values: ['192.0.2.1', '192.0.2.2'] };
  expect(sameRecord(two, { ...two, values: ['192.0.2.2', '192.0.2.1'] })).toBe(true);
  expect(sameRecord(two, { ...two, values: ['192.0.2.1'] })).toBe(false);
});

test('text is compared as it stands, case included', () => {
  expect(sameRecord(textRecord(www, '"a"', 60), textRecord(www, '"A"', 60))).toBe(false);
});

test.each<[string, Partial<RecordSet>]>([
  ['name', { name: name('other.example.com') }],
  ['type', { type: 'TXT' }],
  ['set identifier', { setIdentifier: 'shift-source' }],
  ['weight', { weight: weight(11) }],
  ['TTL', { ttl: 61 }],
  ['value', { values: ['other.amazonaws.com.'] }],
  ['alias', { alias: alias.alias }],
  ['health check', { healthCheckId: 'h' }],
  ['routing', { foreignRouting: 'Region' }],
])('another %s makes another record', (_, change) => {
  expect(sameRecord(member(10), { ...member(10), ...change })).toBe(false);
});

test.each([
  { hostedZoneId: 'Z2', dnsName: 'alb.amazonaws.com.', evaluateTargetHealth: false },
  { hostedZoneId: 'Z1', dnsName: 'dualstack.alb.amazonaws.com.', evaluateTargetHealth: false },
  { hostedZoneId: 'Z1', dnsName: 'alb.amazonaws.com.', evaluateTargetHealth: true },
])('another alias target makes another record', (target) => {
  expect(sameRecord(alias, { ...alias, alias: target })).toBe(false);
});

test('sets of records are equal in any order and never when one is missing or doubled', () => {
  const pair = [member(10), member(90, 'shift-source')];
  fc.assert(
    fc.property(fc.shuffledSubarray(pair, { minLength: 2 }), (shuffled) => {
      expect(sameRecords(pair, shuffled)).toBe(true);
    }),
  );
  expect(sameRecords(pair, [member(10)])).toBe(false);
  expect(sameRecords(pair, [member(10), member(10)])).toBe(false);
  expect(sameRecords([], [])).toBe(true);
});

test('name, type and set identifier are the identity; weight and TTL are not', () => {
  expect(recordKey(member(10))).toBe(recordKey({ ...member(90), ttl: 5 }));
  expect(recordKey(member(10))).not.toBe(recordKey(member(10, 'shift-source')));
  expect(recordKey(member(10))).not.toBe(recordKey(plainCname(www, 'x.', 60)));
});

test('a target that is no name stays as it is', () => {
  expect(withFinalDot('a..b')).toBe('a..b');
  expect(withFinalDot('A.b')).toBe('a.b.');
});

test('a record is told in one line', () => {
  expect(describeRecord(member(10))).toBe('CNAME shift-target weight 10 -> alb.amazonaws.com. (ttl 60s)');
  expect(describeRecord(plainCname(www, 'x.herokudns.com', 300))).toBe(
    'CNAME -> x.herokudns.com. (ttl 300s)',
  );
  expect(describeRecord(alias)).toBe('A -> alias alb.amazonaws.com.');
  expect(describeRecord({ ...member(1), foreignRouting: 'Region' })).toContain('(Region)');
});
