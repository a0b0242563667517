import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import { recordSetOf, sdkChangeOf } from '../../../src/adapters/route53/mapping.js';
import { recordName, type RecordName } from '../../../src/core/record-name.js';
import { plainCname, sameRecord, textRecord, weightedCname } from '../../../src/core/record-set.js';

const name = nameOf('www.example.com');
const base: ResourceRecordSet = {
  Name: 'www.example.com.',
  Type: 'CNAME',
  TTL: 60,
  ResourceRecords: [{ Value: 'x.herokudns.com' }],
};

function nameOf(text: string): RecordName {
  const parsed = recordName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

describe('a record set from the API', () => {
  it('keeps every value a DELETE is matched against', () => {
    const member = { ...base, SetIdentifier: 'shift-source', Weight: 0, HealthCheckId: 'hc-1' };
    expect(recordSetOf(member, name)).toEqual({
      name,
      type: 'CNAME',
      setIdentifier: 'shift-source',
      weight: 0,
      ttl: 60,
      values: ['x.herokudns.com'],
      alias: null,
      healthCheckId: 'hc-1',
      foreignRouting: null,
    });
  });

  it('has no TTL and no values when it is an alias', () => {
    const alias: ResourceRecordSet = {
      Name: 'www.example.com.',
      Type: 'A',
      AliasTarget: {
        HostedZoneId: 'Z35SXDOTRQ7X7K',
        DNSName: 'DualStack.my-alb-1.us-east-1.elb.amazonaws.com.',
        EvaluateTargetHealth: true,
      },
    };
    expect(recordSetOf(alias, name)).toMatchObject({
      ttl: null,
      values: [],
      alias: {
        hostedZoneId: 'Z35SXDOTRQ7X7K',
        dnsName: 'dualstack.my-alb-1.us-east-1.elb.amazonaws.com.',
        evaluateTargetHealth: true,
      },
    });
  });

  it.each<[string, Partial<ResourceRecordSet>]>([
    ['Region', { Region: 'eu-west-1' }],
    ['GeoLocation', { GeoLocation: { CountryCode: 'DE' } }],
    ['Failover', { Failover: 'PRIMARY' }],
    ['MultiValueAnswer', { MultiValueAnswer: true }],
    ['MultiValueAnswer', { MultiValueAnswer: false }],
    ['GeoProximityLocation', { GeoProximityLocation: { AWSRegion: 'eu-west-1' } }],
    ['CidrRoutingConfig', { CidrRoutingConfig: { CollectionId: 'c', LocationName: 'l' } }],
    ['TrafficPolicyInstanceId', { TrafficPolicyInstanceId: 't' }],
  ])('names the foreign routing %s', (field, routing) => {
    expect(recordSetOf({ ...base, SetIdentifier: 's', ...routing }, name).foreignRouting).toBe(field);
  });

  it('is an error when its weight is none', () => {
    expect(() => recordSetOf({ ...base, Weight: 300 }, name)).toThrow('weight');
  });
});

describe('a record set for the API', () => {
  it.each([
    plainCname(name, 'x.herokudns.com', 300),
    weightedCname({ name, target: 'x.', ttl: 0, setIdentifier: 's', weight: 0, healthCheckId: 'hc' }),
    textRecord(nameOf('_shift.www.example.com'), '"a" "b"', 60),
    {
      ...plainCname(name, 'x', 60),
      type: 'A',
      ttl: null,
      values: [],
      alias: { hostedZoneId: 'Z1', dnsName: 'x.elb.amazonaws.com.', evaluateTargetHealth: false },
    },
  ])('comes back as it was: $type', (record) => {
    const sent = sdkChangeOf({ action: 'CREATE', record }).ResourceRecordSet;
    expect(sameRecord(recordSetOf(sent!, record.name), record)).toBe(true);
  });

  it('has no key for what is absent, least of all an empty list of values', () => {
    const sent = sdkChangeOf({ action: 'DELETE', record: plainCname(name, 'x', 60) });
    expect(sent).toStrictEqual({
      Action: 'DELETE',
      ResourceRecordSet: {
        Name: 'www.example.com.',
        Type: 'CNAME',
        TTL: 60,
        ResourceRecords: [{ Value: 'x.' }],
      },
    });
  });
});
