import { expect, test } from 'vitest';
import { targetShareOf } from '../../src/lab/target-share.js';
import type { LabRecord } from '../../src/lab/zone/record.js';

const host = 'www.example.com.';
const target = 'my-alb-1.eu-west-1.elb.amazonaws.com.';
const source = 'sleepy-otter-1.herokudns.com';

function member(setIdentifier: string, weight: number, value: string): LabRecord {
  return { name: host, type: 'CNAME', setIdentifier, weight, ttl: 2, values: [value] };
}

function share(...records: LabRecord[]): unknown {
  return targetShareOf(records, host, target);
}

test('weights, whatever the identifiers and however the value is written', () => {
  const upperCase = 'My-ALB-1.eu-west-1.elb.amazonaws.com';
  expect(share(member('a', 75, source), member('b', 25, upperCase))).toEqual({
    percent: 25,
    weighted: true,
    ttlSeconds: 2,
  });
  expect(share(member('a', 0, source), member('b', 7, target))).toMatchObject({ percent: 100 });
  expect(share(member('a', 0, source), member('b', 0, target))).toMatchObject({ percent: 0 });
});

test('a plain record is all or nothing', () => {
  const plain: LabRecord = { name: host, type: 'CNAME', ttl: 5, values: [source] };
  expect(share(plain)).toEqual({ percent: 0, weighted: false, ttlSeconds: 5 });
  expect(share({ ...plain, values: [target] })).toMatchObject({ percent: 100, weighted: false });
});

test('aliases to the target are its share, without a TTL of their own', () => {
  const alias = { hostedZoneId: 'Z32O12XQLNTSW2', dnsName: target, evaluateTargetHealth: true };
  const records: LabRecord[] = [
    { name: host, type: 'A', alias },
    { name: host, type: 'AAAA', alias },
  ];
  expect(share(...records)).toEqual({ percent: 100, weighted: false, ttlSeconds: 0 });
});

test('other names and types do not count', () => {
  expect(
    share(
      { name: 'shop.example.com.', type: 'CNAME', ttl: 60, values: [target] },
      { name: host, type: 'TXT', ttl: 60, values: ['"x"'] },
    ),
  ).toEqual({ percent: 0, weighted: false, ttlSeconds: 0 });
});
