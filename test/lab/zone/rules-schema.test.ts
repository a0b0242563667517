import { describe, expect, it } from 'vitest';
import type { SubmittedRecord } from '../../../src/lab/zone/record-schema.js';
import { change, invalidRequest, weighted, zoneFixture } from './zone-fixture.js';

const www = { name: 'www.example.com', type: 'CNAME', ttl: 300, values: ['old.test'] };
const withoutIdentifier = { ...www, weight: 1 };
const alias = { hostedZoneId: 'ZFIXTURE', dnsName: 'a.example.com', evaluateTargetHealth: false };
const fields = '[Action=CREATE, Name=WWW.example.com, Type=CNAME, SetIdentifier=null]';

/** The refusal of one CREATE, after checking that the fault is found before the zone is looked at. */
function schemaRefusal(record: SubmittedRecord): unknown {
  const { zones, refused } = zoneFixture();
  const refusal = refused(change('CREATE', record));
  expect(zones.change('ZNONE', [change('CREATE', record)])).toEqual(refusal);
  return refusal;
}

describe('the rules of the schema, 16 to 23 and 38', () => {
  it('16: a weight outside 0 to 255', () => {
    for (const weight of [-1, 256, 1.5, Number.NaN]) {
      expect(schemaRefusal(weighted('source', weight))).toMatchObject({
        code: 'InvalidInput',
        httpStatus: 400,
      });
    }
    expect(zoneFixture().batch(change('CREATE', weighted('source', 255)))).toMatchObject({
      kind: 'accepted',
    });
  });

  it('17: a routing field without SetIdentifier, the name as it was sent', () => {
    expect(schemaRefusal({ ...withoutIdentifier, name: 'WWW.example.com' })).toEqual(
      invalidRequest(`Invalid request: Missing field 'SetIdentifier' in Change with ${fields}`),
    );
  });

  it('18: MultiValueAnswer=false counts as a routing field', () => {
    const record = {
      ...www,
      name: 'WWW.example.com',
      otherRouting: { field: 'MultiValueAnswer', value: false },
    };
    expect(schemaRefusal(record)).toEqual(
      invalidRequest(`Invalid request: Missing field 'SetIdentifier' in Change with ${fields}`),
    );
  });

  it('19: SetIdentifier without a routing field, or with two', () => {
    const choice = 'Expected exactly one of [Weight, Region, Failover, GeoLocation, or MultiValueAnswer]';
    const identified = '[Action=CREATE, Name=www.example.com, Type=CNAME, SetIdentifier=source]';
    expect(schemaRefusal({ ...www, setIdentifier: 'source' })).toEqual(
      invalidRequest(`Invalid request: ${choice}, but found none in Change with ${identified}`),
    );
    const twice = { ...weighted('source', 1), otherRouting: { field: 'Region', value: 'eu-west-1' } };
    expect(schemaRefusal(twice)).toMatchObject({ code: 'InvalidInput' });
    const otherTwice = {
      ...www,
      setIdentifier: 'source',
      otherRouting: twice.otherRouting,
      furtherRouting: ['Failover'],
    };
    expect(schemaRefusal(otherTwice)).toMatchObject({
      code: 'InvalidInput',
    });
  });

  const choice =
    'Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]';

  it('20: neither an alias nor TTL and values', () => {
    const bare = { name: 'WWW.example.com', type: 'CNAME' };
    for (const record of [bare, { ...bare, ttl: 60 }, { ...bare, values: ['a.test'] }]) {
      expect(schemaRefusal(record)).toEqual(
        invalidRequest(`Invalid request: ${choice}, but found none in Change with ${fields}`),
      );
    }
  });

  it('21: an alias together with TTL or values', () => {
    const bare = { name: 'WWW.example.com', type: 'CNAME', alias };
    for (const record of [
      { ...bare, ttl: 60, values: ['a.test'] },
      { ...bare, ttl: 60 },
      { ...bare, values: ['a.test'] },
    ]) {
      expect(schemaRefusal(record)).toEqual(
        invalidRequest(`Invalid request: ${choice}, but found more than one in Change with ${fields}`),
      );
    }
  });

  it('22: a TTL of 0 is legal, the range ends at 2147483647', () => {
    for (const ttl of [-1, 2_147_483_648]) {
      expect(schemaRefusal({ ...www, ttl })).toMatchObject({ code: 'InvalidInput', httpStatus: 400 });
    }
    for (const ttl of [0, 2_147_483_647]) {
      expect(zoneFixture().batch(change('CREATE', { ...www, ttl }))).toMatchObject({ kind: 'accepted' });
    }
  });

  it('23: SetIdentifier has 1 to 128 characters and is unique per name and type', () => {
    for (const identifier of ['', 'x'.repeat(129)]) {
      expect(schemaRefusal(weighted(identifier, 1))).toMatchObject({ code: 'InvalidInput', httpStatus: 400 });
    }
    const { batch, refused } = zoneFixture();
    batch(change('CREATE', weighted('x'.repeat(128), 1)));
    expect(
      refused(change('CREATE', weighted('twice', 1)), change('CREATE', weighted('twice', 2))).message,
    ).toBe(
      "[Tried to create resource record set [name='www.example.com.', type='CNAME', set-identifier='twice'] but it already exists]",
    );
  });

  it('38: actions and types outside their enumerations', () => {
    const { refused } = zoneFixture();
    expect(refused(change('CREAT', www))).toEqual(
      invalidRequest(
        "Invalid XML ; cvc-enumeration-valid: Value 'CREAT' is not facet-valid with respect to enumeration " +
          "'[CREATE, DELETE, UPSERT]'. It must be a value from the enumeration.",
      ),
    );
    expect(schemaRefusal({ ...www, type: 'ALIAS' })).toMatchObject({ code: 'InvalidInput' });
  });

  it('38: empty lists, and text that is too long', () => {
    const { zones, zoneId, refused } = zoneFixture();
    expect(refused(change('CREATE', { ...www, values: [] })).message).toMatch(
      /^Invalid XML ; cvc-complex-type\.2\.4\.b: The content of element 'ResourceRecords' is not complete\./,
    );
    expect(refused().message).toContain("The content of element 'Changes' is not complete.");
    const txt = { ...www, type: 'TXT', values: ['"x" '.repeat(1001)] };
    expect(schemaRefusal(txt)).toMatchObject({ code: 'InvalidInput' });
    expect(schemaRefusal({ ...www, name: 'a.'.repeat(513) })).toMatchObject({ code: 'InvalidInput' });
    expect(zones.change(zoneId, [change('CREATE', www)], 'x'.repeat(257))).toMatchObject({
      code: 'InvalidInput',
    });
  });
});
